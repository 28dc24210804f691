#include "structure/score.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>

#include "base/assertion.h"
#include "base/copy.h"

namespace pelikan::structure {
namespace {

// The shortest digits of a number, without sign and point: digits x 10^(point - count).
struct Digits {
  std::array<char, 24> text;
  int count = 0;
  int point = 0;  // so many digits stand before it
};

Digits digits_of(double magnitude) noexcept {
  std::array<char, kMaxScore> scientific;
  const char* const end = std::to_chars(scientific.data(), scientific.data() + scientific.size(),
                                        magnitude, std::chars_format::scientific)
                              .ptr;
  Digits digits;
  const char* at = scientific.data();
  for (; *at != 'e'; ++at) {
    if (*at != '.') digits.text[static_cast<size_t>(digits.count++)] = *at;
  }
  ++at;
  if (*at == '+') ++at;
  int exponent = 0;
  std::from_chars(at, end, exponent);
  digits.point = exponent + 1;
  return digits;
}

char* write_scientific(char* to, const Digits& digits) noexcept {
  *to++ = digits.text[0];
  if (digits.count > 1) {
    *to++ = '.';
    to = std::copy_n(&digits.text[1], digits.count - 1, to);
  }
  *to++ = 'e';
  const int exponent = digits.point - 1;
  *to++ = exponent < 0 ? '-' : '+';
  return std::to_chars(to, to + 4, std::abs(exponent)).ptr;
}

char* write_point(char* to, const Digits& digits) noexcept {
  if (digits.point <= 0) {
    to = write_text(to, "0.");
    to = std::fill_n(to, -digits.point, '0');
    return std::copy_n(digits.text.data(), digits.count, to);
  }
  to = std::copy_n(digits.text.data(), digits.point, to);
  *to++ = '.';
  return std::copy_n(&digits.text[static_cast<size_t>(digits.point)], digits.count - digits.point,
                     to);
}

}  // namespace

std::optional<double> parse_score(std::string_view text) noexcept {
  bool is_negative = false;
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) {
    is_negative = text[0] == '-';
    text.remove_prefix(1);
  }
  if (text.empty() || text[0] == '-') return std::nullopt;
  const bool is_hexadecimal =
      text.size() > 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
  if (is_hexadecimal) text.remove_prefix(2);
  double score = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] =
      std::from_chars(text.data(), end, score,
                      is_hexadecimal ? std::chars_format::hex : std::chars_format::general);
  if (error != std::errc() || stop != end || std::isnan(score)) return std::nullopt;
  return is_negative ? -score : score;
}

char* write_score(char* to, double score) noexcept {
  DCHECK(!std::isnan(score));
  constexpr double kWhole = 4611686018427387904.0;  // 2^62
  if (score >= -kWhole && score <= kWhole && score != 0) {
    const auto whole = static_cast<int64_t>(score);
    if (static_cast<double>(whole) == score) return std::to_chars(to, to + kMaxScore, whole).ptr;
  }
  if (std::signbit(score)) *to++ = '-';
  if (std::isinf(score)) return write_text(to, "inf");
  if (score == 0) return write_text(to, "0");
  const Digits digits = digits_of(std::abs(score));
  // Plain, if that takes few zeros at the end, at most six places behind the point, or if the
  // magnitude is below 10,000 and not below 0.001.
  const int places = digits.count - digits.point;
  const int exponent = digits.point - 1;
  if (places <= 0 && exponent < digits.count + 7) {
    to = std::copy_n(digits.text.data(), digits.count, to);
    return std::fill_n(to, -places, '0');
  }
  const bool is_plain = places > 0 && (places < 7 || std::abs(exponent) < 4);
  return is_plain ? write_point(to, digits) : write_scientific(to, digits);
}

}  // namespace pelikan::structure
