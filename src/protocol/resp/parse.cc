#include "protocol/resp/parse.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <optional>

#include "base/assertion.h"
#include "base/bytes.h"
#include "base/letters.h"
#include "base/tls_hello.h"
#include "protocol/resp/inline_words.h"
#include "protocol/resp/numbers.h"

namespace pelikan::resp {
namespace {

const char* find(const char* begin, const char* end, char byte) noexcept {
  return static_cast<const char*>(std::memchr(begin, byte, static_cast<size_t>(end - begin)));
}

ParsedHead failed(ProtocolError error, char got = 0) noexcept {
  return {.status = ParseStatus::kProtocolError, .error = error, .got = got};
}

// The type byte, one to three digits, CR and one byte more: nearly all heads are like that. Size 0:
// it is another one, or may not be whole.
struct ShortHead {
  uint32_t number = 0;
  uint32_t size = 0;
};
inline ShortHead parse_short_head(std::string_view in, char type) noexcept {
  const auto digit = [in](size_t at) { return static_cast<uint32_t>(in[at] - '0'); };
  if (in.size() < 6 || in[0] != type || digit(1) > 9) return {};
  if (in[2] == '\r') return {digit(1), 4};
  if (digit(1) == 0 || digit(2) > 9) return {};
  if (in[3] == '\r') return {10 * digit(1) + digit(2), 5};
  if (digit(3) > 9 || in[4] != '\r') return {};
  return {100 * digit(1) + 10 * digit(2) + digit(3), 6};
}

// The number between the type byte and CR, and one byte more, which nobody looks at.
ParsedHead parse_head(std::string_view in, ProtocolError invalid, ProtocolError too_big) noexcept {
  const char* digits = in.data() + 1;
  const char* end = in.data() + in.size();
  const char* line_end = find(in.data(), end, '\r');  // may be the type byte itself
  if (line_end == nullptr && in.size() > kMaxLine) return failed(too_big);
  if (line_end == nullptr || line_end + 1 == end) return {.status = ParseStatus::kIncomplete};
  if (line_end < digits) return failed(invalid);
  const auto number = parse_integer({digits, static_cast<size_t>(line_end - digits)});
  if (!number) return failed(invalid);
  return {.status = ParseStatus::kRequest,
          .number = *number,
          .size = static_cast<size_t>(line_end + 2 - in.data())};
}

Parsed incomplete(size_t have, uint64_t bound = 0) noexcept {
  return {.status = ParseStatus::kIncomplete, .size = std::max<uint64_t>(bound, have + 1)};
}

Parsed failed(const ParsedHead& head) noexcept {
  return {.status = ParseStatus::kProtocolError, .error = head.error, .got = head.got};
}

// Fills the request from the arguments that were read into `arguments` from `first` on.
Parsed finish(size_t first, const char* end, const Arguments& arguments,
              Request& request) noexcept {
  request.first = static_cast<uint32_t>(first);
  request.count = static_cast<uint32_t>(arguments.size() - first);
  request.end = end;
  const auto args = arguments.of(request);
  request.spec = find_command(args);
  if (request.spec == nullptr && is_browser_word(args[0])) return {.status = ParseStatus::kHangUp};
  return {.status = ParseStatus::kRequest};
}

// So many arguments, which begin at `rest`, the end of `in`.
Parsed parse_bulks(std::string_view in, std::string_view rest, uint64_t left, const Limits& limits,
                   Arguments& arguments, Request& request) {
  const size_t first = arguments.size();
  for (; left > 0; --left) {
    const uint64_t seen = in.size() - rest.size();
    ShortHead head = parse_short_head(rest, '$');
    if (head.size == 0) [[unlikely]] {
      const ParsedHead bulk = parse_bulk_head(rest, limits);
      if (bulk.status == ParseStatus::kIncomplete) {
        return incomplete(in.size(), seen + left * kMinArgument);
      }
      if (bulk.status != ParseStatus::kRequest) return failed(bulk);
      head = {static_cast<uint32_t>(bulk.number), static_cast<uint32_t>(bulk.size)};
    }
    const uint64_t whole = uint64_t{head.size} + head.number + 2;
    if (rest.size() < whole) {
      return incomplete(in.size(), seen + whole + (left - 1) * kMinArgument);
    }
    const char* bytes = head.number > limits.argument ? nullptr : rest.data() + head.size;
    arguments.add({bytes, head.number});
    rest.remove_prefix(static_cast<size_t>(whole));
  }
  return finish(first, rest.data(), arguments, request);
}

Parsed parse_multibulk(std::string_view in, const Limits& limits, Arguments& arguments,
                       Request& request) {
  const ShortHead brief = parse_short_head(in, '*');
  if (brief.number > 0 && limits.is_authenticated) [[likely]]
    return parse_bulks(in, in.substr(brief.size), brief.number, limits, arguments, request);
  const ParsedHead head = parse_multibulk_head(in, limits);
  if (head.status == ParseStatus::kIncomplete) return incomplete(in.size());
  if (head.status != ParseStatus::kRequest) return failed(head);
  if (head.number <= 0) return {.status = ParseStatus::kNothing, .size = head.size};
  return parse_bulks(in, in.substr(head.size), static_cast<uint64_t>(head.number), limits,
                     arguments, request);
}

Parsed parse_inline(std::string_view in, Arguments& arguments, Request& request) {
  if (in[0] == kTlsHandshake) return {.status = ParseStatus::kHangUp};
  const char* line_end = find(in.data(), in.data() + in.size(), '\n');
  if (line_end == nullptr) {
    if (in.size() <= kMaxLine) return incomplete(in.size());
    return {.status = ParseStatus::kProtocolError, .error = ProtocolError::kTooBigInline};
  }
  const size_t size = static_cast<size_t>(line_end - in.data());
  std::string_view line = in.substr(0, size);
  if (line.ends_with('\r')) line.remove_suffix(1);
  const size_t first = arguments.size();
  if (!add_inline_words(line, arguments)) {
    return {.status = ParseStatus::kProtocolError, .error = ProtocolError::kUnbalancedQuotes};
  }
  if (arguments.size() == first) return {.status = ParseStatus::kNothing, .size = size + 1};
  return finish(first, line_end + 1, arguments, request);
}

bool equals(std::string_view word, std::string_view lower) noexcept {
  return std::equal(word.begin(), word.end(), lower.begin(), lower.end(),
                    [](char a, char b) { return to_lower(a) == b; });
}

}  // namespace

ParsedHead parse_multibulk_head(std::string_view in, const Limits& limits) noexcept {
  ParsedHead head =
      parse_head(in, ProtocolError::kInvalidMultibulkLength, ProtocolError::kTooBigMultibulkCount);
  if (head.status != ParseStatus::kRequest) return head;
  if (head.number > std::numeric_limits<int32_t>::max()) {
    return failed(ProtocolError::kInvalidMultibulkLength);
  }
  const auto most = static_cast<int64_t>(kMaxUnauthenticatedArguments);
  if (!limits.is_authenticated && head.number > most) {
    return failed(ProtocolError::kUnauthenticatedMultibulkLength);
  }
  return head;
}

ParsedHead parse_bulk_head(std::string_view in, const Limits& limits) noexcept {
  if (in.empty()) return {.status = ParseStatus::kIncomplete};
  ParsedHead head =
      parse_head(in, ProtocolError::kInvalidBulkLength, ProtocolError::kTooBigBulkCount);
  if (head.status == ParseStatus::kIncomplete) return head;
  // Redis looks at the type when the line is whole.
  if (in[0] != '$' && head.error != ProtocolError::kTooBigBulkCount) {
    return failed(ProtocolError::kExpectedDollar, in[0]);
  }
  if (head.status != ParseStatus::kRequest) return head;
  if (head.number < 0 || static_cast<uint64_t>(head.number) > kMaxBulk) {
    return failed(ProtocolError::kInvalidBulkLength);
  }
  if (!limits.is_authenticated && static_cast<uint64_t>(head.number) > kMaxUnauthenticatedBulk) {
    return failed(ProtocolError::kUnauthenticatedBulkLength);
  }
  return head;
}

Parsed parse_request(std::string_view in, const Limits& limits, Arguments& arguments,
                     Request& request) {
  if (in.empty()) return incomplete(0);
  const size_t before = arguments.size();
  const Parsed parsed = in[0] == '*' ? parse_multibulk(in, limits, arguments, request)
                                     : parse_inline(in, arguments, request);
  if (parsed.status != ParseStatus::kRequest) arguments.drop_from(before);
  return parsed;
}

std::string_view protocol_error_text(char* to, ProtocolError error, char got) noexcept {
  const std::string_view reason = [error]() -> std::string_view {
    switch (error) {
      case ProtocolError::kInvalidMultibulkLength:
        return "invalid multibulk length";
      case ProtocolError::kUnauthenticatedMultibulkLength:
        return "unauthenticated multibulk length";
      case ProtocolError::kTooBigMultibulkCount:
        return "too big mbulk count string";
      case ProtocolError::kInvalidBulkLength:
        return "invalid bulk length";
      case ProtocolError::kUnauthenticatedBulkLength:
        return "unauthenticated bulk length";
      case ProtocolError::kTooBigBulkCount:
        return "too big bulk count string";
      case ProtocolError::kExpectedDollar:
        return "expected '$', got '";
      case ProtocolError::kUnbalancedQuotes:
        return "unbalanced quotes in request";
      case ProtocolError::kTooBigInline:
        return "too big inline request";
    }
    return {};
  }();
  constexpr std::string_view kBegin = "ERR Protocol error: ";
  char* end = std::copy(kBegin.begin(), kBegin.end(), to);
  end = std::copy(reason.begin(), reason.end(), end);
  if (error == ProtocolError::kExpectedDollar) {
    *end++ = got == '\r' || got == '\n' ? ' ' : got;
    *end++ = '\'';
  }
  DCHECK(static_cast<size_t>(end - to) <= kMaxProtocolErrorText);
  return {to, static_cast<size_t>(end - to)};
}

bool is_browser_word(std::string_view name) noexcept {
  if (is_too_long(name)) return false;  // of such a word there is only the size
  return equals(name, "post") || equals(name, "host:");
}

}  // namespace pelikan::resp
