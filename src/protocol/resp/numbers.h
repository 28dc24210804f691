// Numbers in text, as strictly as Redis takes them and in the form it writes them.
#pragma once

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/bytes.h"

namespace pelikan::resp {

// Decimal, 64 bits, a minus at most: no plus, no leading zero, no space, no "-0".
[[nodiscard]] inline std::optional<int64_t> parse_integer(std::string_view text) noexcept {
  if (text.empty() || text.size() > kMaxDecimal) return std::nullopt;
  const bool is_negative = text[0] == '-';
  const std::string_view digits = text.substr(is_negative ? 1 : 0);
  if (digits.empty() || (digits[0] == '0' && text.size() > 1)) return std::nullopt;
  return parse_i64(text);
}

// A number of things: an integer that is not less than `least`.
[[nodiscard]] inline std::optional<size_t> parse_count(std::string_view text,
                                                       int64_t least = 0) noexcept {
  const auto number = parse_integer(text);
  if (!number || *number < least) return std::nullopt;
  return static_cast<size_t>(*number);
}

// REQUIRES: kMaxInteger bytes at `to`
inline constexpr size_t kMaxInteger = kMaxDecimal + 1;
inline char* write_integer(char* to, int64_t number) noexcept {
  if (number >= 0 && number < 10) {
    *to = static_cast<char>('0' + number);
    return to + 1;
  }
  return std::to_chars(to, to + kMaxInteger, number).ptr;
}

// What INCRBYFLOAT adds to and by: what strtold takes, all of the text, no space before it, neither
// NaN nor out of range; infinity is a number.
[[nodiscard]] std::optional<long double> parse_long_double(std::string_view text) noexcept;

// 17 digits behind the point at most, trailing zeros cut, never an exponent: "3", "0.3", "inf".
// REQUIRES: kMaxLongDouble bytes at `to`
inline constexpr size_t kMaxLongDouble = 5 * 1024;
[[nodiscard]] char* write_long_double(char* to, long double number) noexcept;

// The shortest text that reads back as the same number: "0.1", "1e+20", "inf".
// REQUIRES: kMaxDouble bytes at `to`
inline constexpr size_t kMaxDouble = 32;
[[nodiscard]] char* write_double(char* to, double number) noexcept;

}  // namespace pelikan::resp
