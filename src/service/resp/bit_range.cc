#include "service/resp/bit_range.h"

#include <algorithm>

#include "protocol/resp/numbers.h"
#include "service/resp/words.h"

namespace pelikan {

std::optional<size_t> parse_bit_offset(std::string_view text) noexcept {
  constexpr int64_t kMostBits = int64_t{1} << 32;  // of Redis' longest string
  const auto offset = resp::parse_integer(text);
  if (!offset || *offset < 0 || *offset >= kMostBits) return std::nullopt;
  return static_cast<size_t>(*offset);
}

std::optional<RespOutcome> RespBitRange::read(RespCall& call,
                                              std::span<const std::string_view> words,
                                              size_t least) noexcept {
  if (words.empty()) return std::nullopt;
  if (words.size() > 3 || words.size() < least) return call.reply_error(resp::Error::kSyntax);
  const auto start = resp::parse_integer(words[0]);
  if (!start) return call.reply_error(resp::Error::kNotInteger);
  start_ = *start;
  if (words.size() == 1) return std::nullopt;
  has_end_ = true;
  is_bits_ = words.size() == 3 && is_word(words[2], "BIT");
  if (words.size() == 3 && !is_bits_ && !is_word(words[2], "BYTE")) {
    return call.reply_error(resp::Error::kSyntax);
  }
  const auto end = resp::parse_integer(words[1]);
  if (!end) return call.reply_error(resp::Error::kNotInteger);
  end_ = *end;
  return std::nullopt;
}

bool RespBitRange::fit(size_t bytes) noexcept {
  const auto size = static_cast<int64_t>(is_bits_ ? bytes * 8 : bytes);
  const auto from_start = [size](int64_t at) {
    return at < 0 ? std::max(at + size, int64_t{0}) : at;
  };
  start_ = from_start(start_);
  end_ = std::min(from_start(end_), size - 1);
  if (start_ > end_) return false;
  if (!is_bits_) {
    start_ *= 8;
    end_ = end_ * 8 + 7;
  }
  return true;
}

}  // namespace pelikan
