#include "load/workload/count_option.h"

#include <cmath>

#include "base/assertion.h"
#include "load/workload/words.h"

namespace pelikan::load {
namespace {

// In the largest unit that needs no fraction.
std::string count_in_units(uint64_t count) {
  constexpr std::string_view kUnits[] = {"", "k", "M", "G"};
  size_t unit = 0;
  for (; count != 0 && count % 1000 == 0 && unit + 1 < std::size(kUnits); ++unit) count /= 1000;
  return std::to_string(count).append(kUnits[unit]);
}

}  // namespace

CountOption::CountOption(OptionGroup* group, std::string_view name, uint64_t value,
                         std::string_view help, Range<uint64_t> range)
    : OptionBase(group, name, help), default_(value), value_(value), range_(range) {
  CHECK(in_range(value));
}

void CountOption::set(uint64_t value) {
  CHECK(in_range(value));
  value_ = value;
}

std::string CountOption::default_text() const { return count_in_units(default_); }
std::string CountOption::current_text() const { return count_in_units(value_); }
std::string CountOption::range_text() const {
  return count_in_units(range_.min) + ".." + count_in_units(range_.max);
}

std::string CountOption::parse(std::string_view text) {
  const auto count = parse_count(text);
  if (!count || *count < 0 || *count != std::floor(*count)) {
    return "not a whole number (like 250, 100k, 1M)";
  }
  // A double holds every whole number up to kMost.
  if (*count > static_cast<double>(kMost) || !in_range(static_cast<uint64_t>(*count))) {
    return "out of range";
  }
  value_ = static_cast<uint64_t>(*count);
  return {};
}

}  // namespace pelikan::load
