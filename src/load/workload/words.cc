#include "load/workload/words.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <span>

#include "base/escape.h"
#include "base/setup_error.h"

namespace pelikan::load {
namespace {

constexpr std::string_view kSpace = " \t\r\n";

struct Unit {
  std::string_view name;
  double factor;
};
constexpr Unit kCountUnits[] = {{"", 1}, {"k", 1e3}, {"m", 1e6}, {"g", 1e9}};
constexpr Unit kSizeUnits[] = {
    {"", 1},         {"b", 1},        {"k", 0x1p10},   {"m", 0x1p20},
    {"g", 0x1p30},   {"kb", 0x1p10},  {"mb", 0x1p20},  {"gb", 0x1p30},
    {"kib", 0x1p10}, {"mib", 0x1p20}, {"gib", 0x1p30},
};
constexpr Unit kTimeUnits[] = {{"", 1},   {"us", 1e-6},  {"ms", 1e-3}, {"s", 1},
                               {"m", 60}, {"h", 3600.0}, {"d", 86400}};

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

std::optional<double> parse_with_unit(std::string_view text, std::span<const Unit> units) noexcept {
  const size_t digits = std::min(text.find_first_not_of("0123456789.-"), text.size());
  const std::optional<double> number = parse_decimal(text.substr(0, digits));
  if (!number) return std::nullopt;
  for (const Unit& unit : units) {
    if (std::ranges::equal(text.substr(digits), unit.name, {}, lower)) return *number * unit.factor;
  }
  return std::nullopt;
}

}  // namespace

void Setting::refuse(std::string_view wrong, std::string_view allowed) const {
  throw SetupError(ExitCode::kConfig,
                   fmt::format("{}: '{}' is refused: {}{}{}", name, escaped(text), wrong,
                               allowed.empty() ? "" : "; allowed: ", allowed));
}

std::optional<double> parse_decimal(std::string_view text) noexcept {
  double value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value, std::chars_format::fixed);
  if (error != std::errc() || stop != end || !std::isfinite(value)) return std::nullopt;
  return value;
}
std::optional<double> parse_count(std::string_view text) noexcept {
  return parse_with_unit(text, kCountUnits);
}
std::optional<double> parse_size(std::string_view text) noexcept {
  return parse_with_unit(text, kSizeUnits);
}
std::optional<double> parse_seconds(std::string_view text) noexcept {
  return parse_with_unit(text, kTimeUnits);
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  if (text.empty()) return parts;
  for (size_t at = text.find(separator); at != text.npos; at = text.find(separator)) {
    parts.push_back(text.substr(0, at));
    text.remove_prefix(at + 1);
  }
  parts.push_back(text);
  return parts;
}

std::string_view trimmed(std::string_view text) noexcept {
  const size_t begin = text.find_first_not_of(kSpace);
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

std::string_view Words::word() noexcept {
  const std::string_view word = rest_.substr(0, rest_.find_first_of(kSpace));
  rest_ = trimmed(rest_.substr(word.size()));
  return word;
}

bool Words::take(std::string_view word) noexcept {
  if (rest_.substr(0, rest_.find_first_of(kSpace)) != word || word.empty()) return false;
  this->word();
  return true;
}

std::string_view Words::rest() noexcept { return std::exchange(rest_, {}); }

double Words::number(Parse parse, std::string_view what, double min, double max) {
  const std::string_view text = word();
  if (text.empty()) refuse(fmt::format("{} is missing", what));
  const std::optional<double> value = parse(text);
  if (!value) refuse(fmt::format("{} '{}' is not a number", what, escaped(text)));
  if (!(*value >= min)) refuse(fmt::format("{} {} is below {}", what, text, min));
  if (!(*value <= max)) refuse(fmt::format("{} {} is above {}", what, text, max));
  return *value;
}

void Words::end() const {
  if (!at_end()) refuse(fmt::format("'{}' is more than it takes", escaped(rest_)));
}

std::vector<Weighted> weighted_list(Words& words, Words::Parse parse_value) {
  std::vector<Weighted> list;
  double sum = 0;
  for (const std::string_view entry : split(words.word(), ',')) {
    const size_t colon = std::min(entry.find(':'), entry.size());
    const std::optional<double> value = parse_value(entry.substr(0, colon));
    const double weight =
        colon == entry.size() ? -1 : parse_decimal(entry.substr(colon + 1)).value_or(-1);
    if (!value || *value < 0) words.refuse(fmt::format("'{}' has no value", escaped(entry)));
    if (weight < 0) words.refuse(fmt::format("'{}' has no weight", escaped(entry)));
    list.push_back({.value = *value, .weight = weight});
    sum += weight;
  }
  if (list.empty()) words.refuse("the list is empty");
  if (!(sum > 0)) words.refuse("no entry has a weight");
  return list;
}

}  // namespace pelikan::load
