#include "load/report/hgrm.h"

#include <fmt/format.h>

#include <cmath>

#include "load/engine/figures.h"

namespace pelikan::load {
namespace {

constexpr double kNanosecondsPerUnit = 1e6;
constexpr unsigned kTicksPerHalving = 5;

double shown(double nanoseconds) { return nanoseconds / kNanosecondsPerUnit; }

double standard_deviation(const HistogramSnapshot& values) {
  if (values.count() == 0) return 0;
  const double mean = mean_of(values);
  double sum = 0;
  for (size_t i = 0; i < values.buckets().size(); ++i) {
    const auto low = static_cast<double>(HistogramScale::lower_bound(i));
    const auto high = static_cast<double>(HistogramScale::lower_bound(i + 1) - 1);
    const double distance = (low + high) / 2 - mean;
    sum += static_cast<double>(values.buckets()[i]) * distance * distance;
  }
  return std::sqrt(sum / static_cast<double>(values.count()));
}

// The n-th share that has a line: 0, 0.1, ... 0.5, 0.55, ... 0.75, 0.775, ...
// Of whole numbers, so that a share that equals it compares equal.
double level_of(unsigned n) {
  const double pieces = 2 * kTicksPerHalving * std::exp2(n / kTicksPerHalving);
  return (pieces - 2 * kTicksPerHalving + n % kTicksPerHalving) / pieces;
}

// One line for each level that a bucket reaches; a bucket that holds many values has several.
std::string distribution(const HistogramSnapshot& values) {
  std::string text;
  unsigned lines = 0;
  uint64_t seen = 0;
  for (size_t i = 0; seen < values.count(); ++i) {
    if (values.buckets()[i] == 0) continue;
    seen += values.buckets()[i];
    const double share = static_cast<double>(seen) / static_cast<double>(values.count());
    // Half a value before the bucket's last: no rounding leads into the next bucket.
    const double inside = (static_cast<double>(seen) - 0.5) / static_cast<double>(values.count());
    const auto value = static_cast<double>(values.percentile(inside));
    for (; level_of(lines) <= share; ++lines) {
      const double level = level_of(lines);
      text += fmt::format("{:12.3f} {:2.12f} {:10} {:14.2f}\n", shown(value), level, seen,
                          1 / (1 - level));
      if (seen == values.count()) break;
    }
  }
  return text;
}

}  // namespace

std::string hgrm_text(const HistogramSnapshot& values) {
  const auto max = static_cast<double>(values.max());
  std::string text = fmt::format("{:>12} {:>14} {:>10} {:>14}\n\n", "Value", "Percentile",
                                 "TotalCount", "1/(1-Percentile)");
  text += distribution(values);
  if (values.count() > 0) {
    text += fmt::format("{:12.3f} {:2.12f} {:10}\n", shown(max), 1.0, values.count());
  }
  text += fmt::format("#[Mean    = {:12.3f}, StdDeviation   = {:12.3f}]\n", shown(mean_of(values)),
                      shown(standard_deviation(values)));
  text +=
      fmt::format("#[Max     = {:12.3f}, Total count    = {:12}]\n", shown(max), values.count());
  text += fmt::format("#[Buckets = {:12}, SubBuckets     = {:12}]\n",
                      HistogramScale::kTopBit - HistogramScale::kPartBits + 2,
                      1 << HistogramScale::kPartBits);
  return text;
}

}  // namespace pelikan::load
