#include "service/resp/list_words.h"

#include <algorithm>

#include "protocol/resp/numbers.h"
#include "service/resp/key_locks.h"
#include "service/resp/refusal.h"
#include "service/resp/words.h"

namespace pelikan {
namespace {

// Zero: without a limit.
size_t or_all(size_t count) noexcept {
  return count == 0 ? std::numeric_limits<size_t>::max() : count;
}

}  // namespace

std::optional<RespListEnd> list_end(std::string_view word) noexcept {
  if (is_word(word, "LEFT")) return RespListEnd::kLeft;
  if (is_word(word, "RIGHT")) return RespListEnd::kRight;
  return std::nullopt;
}

std::optional<size_t> list_place(int64_t index, size_t size) noexcept {
  const int64_t place = index < 0 ? index + static_cast<int64_t>(size) : index;
  if (place < 0 || place >= static_cast<int64_t>(size)) return std::nullopt;
  return static_cast<size_t>(place);
}

std::optional<RespOutcome> RespListRange::read(RespCall& call) noexcept {
  const auto first = resp::parse_integer(call.args[2]);
  const auto last = resp::parse_integer(call.args[3]);
  if (!first || !last) return call.reply_error(resp::Error::kNotInteger);
  start = *first;
  stop = *last;
  return std::nullopt;
}

RespListRange::Part RespListRange::of(size_t size) const noexcept {
  const auto count = static_cast<int64_t>(size);
  const int64_t first = std::max(start < 0 ? start + count : start, int64_t{0});
  const int64_t last = std::min(stop < 0 ? stop + count : stop, count - 1);
  if (first > last) return {};
  return {static_cast<size_t>(first), static_cast<size_t>(last - first + 1)};
}

std::optional<RespOutcome> read_pop_count(RespCall& call, std::optional<size_t>& count) noexcept {
  if (call.args.size() > 3) return refuse_count(call);
  if (call.args.size() == 2) return std::nullopt;
  count = resp::parse_count(call.args[2]);
  if (!count) return call.reply_error(resp::Error::kNotPositive);
  return std::nullopt;
}

std::optional<RespOutcome> RespPositionOptions::read(RespCall& call) noexcept {
  for (size_t at = 3; at < call.args.size(); at += 2) {
    const std::string_view word = call.args[at];
    if (at + 1 == call.args.size()) return call.reply_error(resp::Error::kSyntax);
    const std::string_view text = call.args[at + 1];
    if (is_word(word, "RANK")) {
      const auto rank = resp::parse_integer(text);
      if (!rank) return call.reply_error(resp::Error::kNotInteger);
      if (*rank == 0) {
        return call.reply_error(
            "ERR RANK can't be zero: use 1 to start from the first match, 2 from the second ... or "
            "use negative to start from the end of the list");
      }
      is_backward = *rank < 0;
      skipped = static_cast<size_t>(is_backward ? -(*rank + 1) : *rank - 1);
    } else if (is_word(word, "COUNT")) {
      count = resp::parse_count(text);
      if (!count) return call.reply_error("ERR COUNT can't be negative");
      count = or_all(*count);
    } else if (is_word(word, "MAXLEN")) {
      const auto length = resp::parse_count(text);
      if (!length) return call.reply_error("ERR MAXLEN can't be negative");
      most = or_all(*length);
    } else {
      return call.reply_error(resp::Error::kSyntax);
    }
  }
  return std::nullopt;
}

std::optional<RespOutcome> RespListPops::read(RespCall& call) noexcept {
  const auto numkeys = resp::parse_count(call.args[1], 1);
  if (!numkeys) return call.reply_error(resp::Error::kNumkeys);
  if (*numkeys > call.args.size() - 3) return call.reply_error(resp::Error::kSyntax);
  keys = *numkeys;
  const auto options = call.args.subspan(2 + keys);
  const auto from = list_end(options[0]);
  if (!from) return call.reply_error(resp::Error::kSyntax);
  end = *from;
  if (keys > RespKeyLocks::kMostKeys) return call.reply_error(resp::Error::kTooManyKeys);
  if (options.size() == 1) return std::nullopt;
  if (options.size() == 2 || !is_word(options[1], "COUNT")) {
    return call.reply_error(resp::Error::kSyntax);
  }
  const auto wanted = resp::parse_count(options[2], 1);
  if (!wanted) return call.reply_error(resp::Error::kCountNotPositive);
  if (options.size() > 3) return call.reply_error(resp::Error::kSyntax);
  count = *wanted;
  return std::nullopt;
}

}  // namespace pelikan
