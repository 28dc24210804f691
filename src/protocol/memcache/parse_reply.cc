#include "protocol/memcache/parse_reply.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <limits>

#include "base/bytes.h"
#include "protocol/memcache/request.h"

namespace pelikan::memcache {
namespace {

// Cuts the next word off a line.
std::string_view take_word(std::string_view& line) noexcept {
  const std::string_view word = line.substr(0, line.find(' '));
  line.remove_prefix(std::min(line.size(), word.size() + 1));
  return word;
}

constexpr std::string_view kValue = "VALUE ";

template <Reply kLine>
bool parse_line(std::string_view in, ParsedReply& reply) noexcept {
  constexpr std::string_view kText = reply_line(kLine);
  if (!in.starts_with(kText)) return false;
  reply = ParsedReply{};
  reply.kind = ReplyKind::kLine;
  reply.line = kLine;
  reply.size = kText.size();
  reply.text = kText.substr(0, kText.size() - 2);
  return true;
}

// Reads the digits before `end` that fit into the number; returns where they stop.
const char* read_digits(const char* at, const char* end, uint32_t& number) noexcept {
  constexpr ptrdiff_t kSafeDigits = std::numeric_limits<uint32_t>::digits10;
  end = std::min(end, at + std::min(end - at, kSafeDigits));
  for (number = 0; at < end && *at >= '0' && *at <= '9'; ++at) {
    number = number * 10 + static_cast<uint32_t>(*at - '0');
  }
  return at;
}

// "VALUE key flags size" as nearly all are, and all of it there. False for what has a cas, or is
// not whole, or no value at all: that takes a closer look.
bool parse_plain_value(std::string_view in, ParsedReply& reply) noexcept {
  if (!in.starts_with(kValue)) return false;
  const char* const end = in.data() + in.size();
  const char* const key = in.data() + kValue.size();
  const auto* key_end =
      static_cast<const char*>(std::memchr(key, ' ', static_cast<size_t>(end - key)));
  if (key_end == nullptr) return false;
  const auto key_size = static_cast<size_t>(key_end - key);
  if (std::memchr(key, '\n', key_size) != nullptr) return false;  // the space is another line's
  uint32_t flags = 0;
  uint32_t size = 0;
  const char* at = read_digits(key_end + 1, end, flags);
  if (at == key_end + 1 || at == end || *at != ' ') return false;
  const char* const size_begin = at + 1;
  at = read_digits(size_begin, end, size);
  if (at == size_begin || size > kMaxValue || static_cast<size_t>(end - at) < size + 4) {
    return false;
  }
  const auto is_line_end = [](const char* two) { return std::memcmp(two, "\r\n", 2) == 0; };
  if (!is_line_end(at) || !is_line_end(at + 2 + size)) return false;
  reply.kind = ReplyKind::kValue;
  reply.line = Reply::kError;
  reply.flags = flags;
  reply.number = 0;
  reply.key = {key, key_size};
  reply.text = {at + 2, size};
  reply.size = static_cast<size_t>(at + 2 + size + 2 - in.data());
  return true;
}

// Almost every answer is one of these.
bool parse_frequent(std::string_view in, ParsedReply& reply) noexcept {
  return parse_plain_value(in, reply) || parse_line<Reply::kEnd>(in, reply) ||
         parse_line<Reply::kStored>(in, reply);
}

// "key flags size[ cas]" and the bytes behind the line; false while they are not all there.
bool parse_value(std::string_view words, std::string_view behind, ParsedReply& reply) noexcept {
  reply.key = take_word(words);
  const auto flags = parse_u64(take_word(words));
  const auto size = parse_u64(take_word(words));
  const auto cas = words.empty() ? 0 : parse_u64(words);
  constexpr uint64_t kMaxFlags = std::numeric_limits<uint32_t>::max();
  if (!flags || *flags > kMaxFlags || !size || *size > kMaxValue || !cas) return true;
  if (behind.size() < *size || behind.size() - *size < 2) return false;
  reply.size += *size + 2;
  if (behind.substr(*size, 2) != "\r\n") return true;
  reply.kind = ReplyKind::kValue;
  reply.flags = static_cast<uint32_t>(*flags);
  reply.number = *cas;
  reply.text = behind.substr(0, *size);
  return true;
}

std::optional<MetaStatus> meta_status(std::string_view line) noexcept {
  if (line.size() > 2 && line[2] != ' ') return std::nullopt;
  constexpr std::array<std::string_view, 7> kLetters = {"VA", "HD", "EN", "NF", "NS", "EX", "ME"};
  const auto found = std::ranges::find(kLetters, line.substr(0, 2));
  if (found == kLetters.end()) return std::nullopt;
  return static_cast<MetaStatus>(found - kLetters.begin());
}

// The flags of an answer to a meta command, and the bytes of VA behind the line; false while they
// are not all there.
bool parse_meta(std::string_view flags, std::string_view behind, MetaStatus status,
                ParsedReply& reply) noexcept {
  if (status == MetaStatus::kVa) {
    const auto size = parse_u64(take_word(flags));
    if (!size || *size > kMaxValue) return true;
    if (behind.size() < *size || behind.size() - *size < 2) return false;
    reply.size += *size + 2;
    if (behind.substr(*size, 2) != "\r\n") return true;
    reply.text = behind.substr(0, *size);
  }
  const auto cas = meta_flag(flags, 'c');
  const auto number = cas && status != MetaStatus::kMe ? parse_u64(*cas) : 0;
  if (!number) return true;
  reply.kind = ReplyKind::kMeta;
  reply.meta = status;
  reply.key = flags;
  reply.number = *number;
  return true;
}

bool parse_fixed(std::string_view line, ParsedReply& reply) noexcept {
  constexpr std::array kLines = {
      Reply::kStored,  Reply::kNotStored, Reply::kExists, Reply::kNotFound, Reply::kDeleted,
      Reply::kTouched, Reply::kOk,        Reply::kReset,  Reply::kEnd,      Reply::kMetaNoop};
  for (const Reply candidate : kLines) {
    std::string_view text = reply_line(candidate);
    text.remove_suffix(2);
    if (line != text) continue;
    reply.kind = ReplyKind::kLine;
    reply.line = candidate;
    return true;
  }
  return false;
}

}  // namespace

bool parse_reply(std::string_view in, ParsedReply& reply) noexcept {
  if (parse_frequent(in, reply)) return true;
  const size_t lf = in.find('\n');
  if (lf == std::string_view::npos) return false;
  reply = ParsedReply{};
  reply.size = lf + 1;
  std::string_view line = in.substr(0, lf);
  if (line.ends_with('\r')) line.remove_suffix(1);
  reply.text = line;

  if (line.starts_with(kValue)) {
    return parse_value(line.substr(kValue.size()), in.substr(lf + 1), reply);
  }
  if (const auto status = meta_status(line)) {
    return parse_meta(line.substr(std::min<size_t>(line.size(), 3)), in.substr(lf + 1), *status,
                      reply);
  }
  if (parse_fixed(line, reply)) return true;
  std::string_view words = line;
  const std::string_view first = take_word(words);
  if (first == "STAT") {
    reply.kind = ReplyKind::kStat;
    reply.key = take_word(words);
    reply.text = words;
  } else if (first == "VERSION") {
    reply.kind = ReplyKind::kVersion;
    reply.text = words;
  } else if (const auto number = parse_u64(line)) {
    reply.kind = ReplyKind::kNumber;
    reply.number = *number;
  }
  return true;
}

std::optional<std::string_view> meta_flag(std::string_view flags, char letter) noexcept {
  while (!flags.empty()) {
    const std::string_view flag = take_word(flags);
    if (flag.starts_with(letter)) return flag.substr(1);
  }
  return std::nullopt;
}

}  // namespace pelikan::memcache
