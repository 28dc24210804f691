#include "protocol/resp/parse_reply.h"

#include <algorithm>
#include <cstring>
#include <optional>

#include "protocol/resp/numbers.h"

namespace pelikan::resp {
namespace {

struct Line {
  std::string_view text;  // behind the type byte
  size_t size;            // with type and line end
};

ReplyStatus find_line(std::string_view in, Line& line) noexcept {
  const size_t end = in.find("\r\n");
  if (end == std::string_view::npos) {
    return in.size() > kMaxReplyLine ? ReplyStatus::kMalformed : ReplyStatus::kIncomplete;
  }
  line = {in.substr(1, end - 1), end + 2};
  return ReplyStatus::kWhole;
}

ReplyStatus whole(ReplyItem& item, ReplyKind kind, const Line& line, int64_t number = 0) noexcept {
  item = {.kind = kind, .number = number, .text = line.text, .size = line.size};
  return ReplyStatus::kWhole;
}

// "$5", "=9", "!7" and their bytes.
ReplyStatus parse_bulk(std::string_view in, const Line& line, ReplyKind kind,
                       ReplyItem& item) noexcept {
  const auto size = parse_integer(line.text);
  if (size == -1) return whole(item, ReplyKind::kNull, line);
  if (!size || *size < 0 || *size > kMaxReplyBulk) return ReplyStatus::kMalformed;
  const auto bytes = static_cast<size_t>(*size);
  const std::string_view rest = in.substr(line.size);
  if (rest.size() < bytes + 2) return ReplyStatus::kIncomplete;
  if (rest.substr(bytes, 2) != "\r\n") return ReplyStatus::kMalformed;
  item = {.kind = kind, .text = rest.substr(0, bytes), .size = line.size + bytes + 2};
  constexpr size_t kFormat = 4;  // "txt:"
  if (in[0] != '=') return ReplyStatus::kWhole;
  if (bytes < kFormat || item.text[kFormat - 1] != ':') return ReplyStatus::kMalformed;
  item.text.remove_prefix(kFormat);
  return ReplyStatus::kWhole;
}

ReplyStatus parse_aggregate(const Line& line, ReplyKind kind, ReplyItem& item) noexcept {
  const auto count = parse_integer(line.text);
  if (count == -1 && kind == ReplyKind::kArray) return whole(item, ReplyKind::kNull, line);
  if (!count || *count < 0 || *count > kMaxReplyElements) return ReplyStatus::kMalformed;
  const bool has_pairs = kind == ReplyKind::kMap || kind == ReplyKind::kAttribute;
  return whole(item, kind, line, has_pairs ? 2 * *count : *count);
}

}  // namespace

bool parse_plain_bulk(std::string_view in, ReplyItem& item) noexcept {
  constexpr size_t kMaxDigits = 7;
  if (in.size() < 2 || in[0] != '$' || in[1] == '0') return false;
  const char* const digits = in.data() + 1;
  const char* const end = digits + in.size() - 1;
  const char* const limit = std::min(end, digits + kMaxDigits);
  const char* at = digits;
  size_t bytes = 0;
  for (; at < limit && *at >= '0' && *at <= '9'; ++at) {
    bytes = bytes * 10 + static_cast<size_t>(*at - '0');
  }
  if (at == digits || static_cast<size_t>(end - at) < bytes + 4) return false;
  const char* const text = at + 2;
  if (std::memcmp(at, "\r\n", 2) != 0 || std::memcmp(text + bytes, "\r\n", 2) != 0) return false;
  item.kind = ReplyKind::kBulk;
  item.number = 0;
  item.text = {text, bytes};
  item.size = static_cast<size_t>(text + bytes + 2 - in.data());
  return true;
}

ReplyStatus parse_item(std::string_view in, ReplyItem& item) noexcept {
  Line line;
  if (in.empty()) return ReplyStatus::kIncomplete;
  if (parse_plain_bulk(in, item)) return ReplyStatus::kWhole;
  if (std::string_view("+-:$*_#,(=!%~>|").find(in[0]) == std::string_view::npos) {
    return ReplyStatus::kMalformed;
  }
  const ReplyStatus status = find_line(in, line);
  if (status != ReplyStatus::kWhole) return status;
  switch (in[0]) {
    case '+':
      return whole(item, ReplyKind::kSimple, line);
    case '-':
      return whole(item, ReplyKind::kError, line);
    case ':':
      if (const auto number = parse_integer(line.text)) {
        return whole(item, ReplyKind::kInteger, line, *number);
      }
      return ReplyStatus::kMalformed;
    case '$':
    case '=':
      return parse_bulk(in, line, ReplyKind::kBulk, item);
    case '!':
      return parse_bulk(in, line, ReplyKind::kError, item);
    case '_':
      return line.text.empty() ? whole(item, ReplyKind::kNull, line) : ReplyStatus::kMalformed;
    case '#':
      if (line.text != "t" && line.text != "f") return ReplyStatus::kMalformed;
      return whole(item, ReplyKind::kBoolean, line, line.text == "t" ? 1 : 0);
    case ',':
      return whole(item, ReplyKind::kDouble, line);
    case '(':
      return whole(item, ReplyKind::kBigNumber, line);
    case '*':
      return parse_aggregate(line, ReplyKind::kArray, item);
    case '%':
      return parse_aggregate(line, ReplyKind::kMap, item);
    case '~':
      return parse_aggregate(line, ReplyKind::kSet, item);
    case '>':
      return parse_aggregate(line, ReplyKind::kPush, item);
    default:
      return parse_aggregate(line, ReplyKind::kAttribute, item);
  }
}

ReplyStatus ReplyEnd::find(std::string_view in, size_t& taken) noexcept {
  taken = 0;
  if (open_ == 0) open_ = 1;
  while (open_ > 0) {
    ReplyItem item;
    const ReplyStatus status = parse_item(in.substr(taken), item);
    if (status != ReplyStatus::kWhole) return status;
    taken += item.size;
    // An attribute's pairs come before what it is about.
    if (item.kind != ReplyKind::kAttribute) open_ -= 1;
    if (is_aggregate(item.kind)) open_ += static_cast<uint64_t>(item.number);
    // Each item takes 3 bytes at least: nobody can get here by sending so much.
    if (open_ > uint64_t{1} << 60) return ReplyStatus::kMalformed;
  }
  return ReplyStatus::kWhole;
}

ReplyStatus parse_reply_size(std::string_view in, size_t& size) noexcept {
  return ReplyEnd().find(in, size);
}

}  // namespace pelikan::resp
