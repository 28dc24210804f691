#include "load/engine/figures.h"

#include <fmt/format.h>

#include <array>
#include <span>
#include <string_view>

namespace pelikan::load {
namespace {

struct Step {
  double from;  // the least value shown so
  std::string_view unit;
};

// Three digits, in the largest unit that leaves one before the point.
std::string in_units(double value, std::span<const Step> steps) {
  const Step* step = &steps.front();
  for (const Step& next : steps) {
    if (value >= next.from) step = &next;
  }
  const double shown = value / step->from;
  const int decimals = step == &steps.front() || shown >= 100 ? 0 : shown >= 10 ? 1 : 2;
  return fmt::format("{:.{}f}{}", shown, decimals, step->unit);
}

}  // namespace

std::string duration_text(double nanoseconds) {
  constexpr std::array<Step, 4> kSteps = {{{1, "ns"}, {1e3, "us"}, {1e6, "ms"}, {1e9, "s"}}};
  return in_units(nanoseconds, kSteps);
}

std::string count_text(double count) {
  constexpr std::array<Step, 4> kSteps = {{{1, ""}, {1e3, "k"}, {1e6, "M"}, {1e9, "G"}}};
  return in_units(count, kSteps);
}

std::string percent_text(double share) { return fmt::format("{:.1f}%", 100 * share); }

double mean_of(const HistogramSnapshot& values) {
  if (values.count() == 0) return 0;
  return static_cast<double>(values.sum()) / static_cast<double>(values.count());
}

}  // namespace pelikan::load
