#include "option/option.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <span>
#include <system_error>

#include "base/assertion.h"

namespace pelikan {
namespace {

using std::chrono::milliseconds;

struct Unit {
  std::string_view name;
  uint64_t factor;
};

// The first name of a factor is how we write it.
constexpr Unit kByteUnits[] = {
    {"B", 1},    {"KiB", kKiB}, {"MiB", kMiB}, {"GiB", kGiB}, {"TiB", kTiB},
    {"", 1},     {"KB", kKiB},  {"MB", kMiB},  {"GB", kGiB},  {"TB", kTiB},
    {"k", kKiB}, {"m", kMiB},   {"g", kGiB},   {"t", kTiB},
};
constexpr Unit kTimeUnits[] = {
    {"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}, {"", 1000},
};

enum class Case : uint8_t { kExact, kIgnored };

bool same_text(std::string_view a, std::string_view b, Case letters) {
  const auto folded = [letters](char c) {
    return letters == Case::kIgnored && c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A'))
                                                             : c;
  };
  return std::ranges::equal(a, b, {}, folded, folded);
}

// "64MiB" in the given units; empty when it is no such number or does not fit.
std::optional<uint64_t> parse_with_unit(std::string_view text, std::span<const Unit> units,
                                        Case letters) {
  const size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const auto number = parse_u64(text.substr(0, digits));
  if (!number) return std::nullopt;
  const std::string_view name = text.substr(digits);
  const auto unit =
      std::ranges::find_if(units, [&](const Unit& u) { return same_text(u.name, name, letters); });
  if (unit == units.end()) return std::nullopt;
  uint64_t product = 0;
  if (__builtin_mul_overflow(*number, unit->factor, &product)) return std::nullopt;
  return product;
}

// In the largest unit that needs no fraction.
std::string text_with_unit(uint64_t number, std::span<const Unit> units) {
  const Unit* best = &units.front();
  for (const Unit& unit : units) {
    if (number != 0 && number % unit.factor == 0 && unit.factor > best->factor) best = &unit;
  }
  return std::to_string(number / best->factor).append(best->name);
}

// What the option's code needs to know of each type: its name, how to read it, what to say when it
// is no such thing, how to write it.
template <class T>
struct Type;

template <>
struct Type<bool> {
  static constexpr std::string_view kName = "yes|no";
  static constexpr std::string_view kWrong = "neither yes nor no";
  static std::optional<bool> parse(std::string_view text) {
    if (text == "yes") return true;
    if (text == "no") return false;
    return std::nullopt;
  }
  static std::string text(bool value) { return value ? "yes" : "no"; }
};

template <>
struct Type<uint64_t> {
  static constexpr std::string_view kName = "number";
  static constexpr std::string_view kWrong = "not a number without sign";
  static std::optional<uint64_t> parse(std::string_view text) { return parse_u64(text); }
  static std::string text(uint64_t value) { return std::to_string(value); }
};

template <>
struct Type<int64_t> {
  static constexpr std::string_view kName = "number";
  static constexpr std::string_view kWrong = "not a number";
  static std::optional<int64_t> parse(std::string_view text) { return parse_i64(text); }
  static std::string text(int64_t value) { return std::to_string(value); }
};

template <>
struct Type<double> {
  static constexpr std::string_view kName = "decimal";
  static constexpr std::string_view kWrong = "not a decimal number (like 0.25)";
  static std::optional<double> parse(std::string_view text) {
    double value = 0;
    const char* end = text.data() + text.size();
    // fixed: neither exponents, nor "inf" or "nan" further down
    const auto [stop, error] = std::from_chars(text.data(), end, value, std::chars_format::fixed);
    const bool finite = value >= std::numeric_limits<double>::lowest() &&
                        value <= std::numeric_limits<double>::max();
    if (error != std::errc() || stop != end || !finite) return std::nullopt;
    return value;
  }
  static std::string text(double value) {
    char digits[400];  // the longest double without exponent has 309 digits before the point
    return {digits,
            std::to_chars(digits, digits + sizeof digits, value, std::chars_format::fixed).ptr};
  }
};

template <>
struct Type<Bytes> {
  static constexpr std::string_view kName = "bytes";
  static constexpr std::string_view kWrong = "not a number of bytes (like 64MiB)";
  static std::optional<Bytes> parse(std::string_view text) {
    const auto number = parse_with_unit(text, kByteUnits, Case::kIgnored);
    if (!number) return std::nullopt;
    return Bytes{*number};
  }
  static std::string text(Bytes value) { return text_with_unit(value.value, kByteUnits); }
};

template <>
struct Type<milliseconds> {
  static constexpr std::string_view kName = "time";
  static constexpr std::string_view kWrong = "not a time (like 250ms, 10s, 5m, 1h, 7d)";
  static std::optional<milliseconds> parse(std::string_view text) {
    const auto number = parse_with_unit(text, kTimeUnits, Case::kExact);
    if (!number || *number > static_cast<uint64_t>(milliseconds::max().count()))
      return std::nullopt;
    return milliseconds(static_cast<int64_t>(*number));
  }
  static std::string text(milliseconds value) {
    return text_with_unit(static_cast<uint64_t>(value.count()), kTimeUnits);
  }
};

template <>
struct Type<std::string> {
  static constexpr std::string_view kName = "text";
  static constexpr std::string_view kWrong = "not text";
  static std::optional<std::string> parse(std::string_view text) { return std::string(text); }
  static std::string text(const std::string& value) { return value; }
};

bool is_name(std::string_view name) {
  return !name.empty() &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_.") == name.npos;
}

}  // namespace

OptionBase::OptionBase(OptionGroup* group, std::string_view name, std::string_view help)
    : name_(name), help_(help) {
  CHECK(is_name(name) && !help.empty());
  group->options_.push_back(this);
}

OneShot::OneShot(OptionGroup* group, std::string_view name, std::string_view help)
    : name_(name), help_(help) {
  CHECK(!name.empty() && !help.empty());
  group->one_shots_.push_back(this);
}

template <class T>
Option<T>::Option(OptionGroup* group, std::string_view name, T value, std::string_view help)
    : OptionBase(group, name, help), default_(value), value_(std::move(value)) {}

template <class T>
Option<T>::Option(OptionGroup* group, std::string_view name, T value, std::string_view help,
                  Range<T> range)
  requires Ranged<T>
    : OptionBase(group, name, help), default_(value), value_(value), range_(range) {
  CHECK(in_range(value));
}

template <class T>
void Option<T>::set(T value) {
  CHECK(in_range(value));
  value_ = std::move(value);
}

template <class T>
void Option<T>::set_default(T value) {
  set(value);
  default_ = std::move(value);
}

template <class T>
std::string Option<T>::type_text() const {
  return std::string(Type<T>::kName);
}

template <class T>
std::string Option<T>::default_text() const {
  return Type<T>::text(default_);
}

template <class T>
std::string Option<T>::current_text() const {
  return Type<T>::text(value_);
}

template <class T>
std::string Option<T>::range_text() const {
  if (!range_) return {};
  return Type<T>::text(range_->min) + ".." + Type<T>::text(range_->max);
}

template <class T>
std::string Option<T>::parse(std::string_view text) {
  std::optional<T> value = Type<T>::parse(text);
  if (!value) return std::string(Type<T>::kWrong);
  if (!in_range(*value)) return "out of range";
  value_ = std::move(*value);
  return {};
}

template <class T>
bool Option<T>::in_range(const T& value) const {
  return !range_ || (value >= range_->min && value <= range_->max);
}

template class Option<bool>;
template class Option<uint64_t>;
template class Option<int64_t>;
template class Option<double>;
template class Option<Bytes>;
template class Option<milliseconds>;
template class Option<std::string>;

Option<Choice>::Option(OptionGroup* group, std::string_view name, std::string_view word,
                       std::string_view help, std::initializer_list<std::string_view> words)
    : OptionBase(group, name, help), words_(words) {
  set_default(word);
}

void Option<Choice>::set(std::string_view word) {
  CHECK(std::ranges::find(words_, word) != words_.end());
  value_.word = word;
}

void Option<Choice>::set_default(std::string_view word) {
  set(word);
  default_ = value_;
}

std::string Option<Choice>::type_text() const { return "word"; }

std::string Option<Choice>::range_text() const {
  std::string text;
  for (const std::string_view word : words_) text.append(text.empty() ? "" : "|").append(word);
  return text;
}

std::string Option<Choice>::parse(std::string_view text) {
  if (std::ranges::find(words_, text) == words_.end()) return "not one of the words";
  value_.word = text;
  return {};
}

}  // namespace pelikan
