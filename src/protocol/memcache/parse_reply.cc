#include "protocol/memcache/parse_reply.h"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>

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

// Almost every answer is one of these: they are told by a compare of fixed length.
bool parse_frequent(std::string_view in, ParsedReply& reply) noexcept {
  for (const Reply candidate : {Reply::kEnd, Reply::kStored}) {
    const std::string_view line = reply_line(candidate);
    if (!in.starts_with(line)) continue;
    reply = ParsedReply{};
    reply.kind = ReplyKind::kLine;
    reply.line = candidate;
    reply.size = line.size();
    reply.text = line.substr(0, line.size() - 2);
    return true;
  }
  return false;
}

// Cuts the next word off a line and reads it as a number.
std::optional<uint64_t> take_number(std::string_view& line) noexcept {
  // Flags and sizes are short as a rule: digits that are read as they are found.
  uint64_t number = 0;
  size_t digits = 0;
  constexpr size_t kSafeDigits = std::numeric_limits<uint64_t>::digits10;
  for (; digits < line.size() && digits < kSafeDigits; ++digits) {
    const char c = line[digits];
    if (c < '0' || c > '9') break;
    number = number * 10 + static_cast<uint64_t>(c - '0');
  }
  if (digits == 0 || (digits < line.size() && line[digits] != ' '))
    return parse_u64(take_word(line));
  line.remove_prefix(std::min(line.size(), digits + 1));
  return number;
}

// "key flags size[ cas]" and the bytes behind the line; false while they are not all there.
bool parse_value(std::string_view words, std::string_view behind, ParsedReply& reply) noexcept {
  reply.key = take_word(words);
  const auto flags = take_number(words);
  const auto size = take_number(words);
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

  constexpr std::string_view kValue = "VALUE ";
  if (line.starts_with(kValue)) {
    return parse_value(line.substr(kValue.size()), in.substr(lf + 1), reply);
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

}  // namespace pelikan::memcache
