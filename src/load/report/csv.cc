#include "load/report/csv.h"

#include <fmt/format.h>

#include <array>
#include <string_view>

#include "load/engine/figures.h"

namespace pelikan::load {
namespace {

struct Percentile {
  std::string_view name;
  double share;
};
constexpr std::array<Percentile, 4> kPercentiles = {
    {{"p50_us", 0.5}, {"p90_us", 0.9}, {"p99_us", 0.99}, {"p99.9_us", 0.999}}};

double microseconds(uint64_t nanoseconds) { return static_cast<double>(nanoseconds) / 1e3; }

std::string header() {
  std::string line = "start_s,seconds,planned_rate,rate";
  for (size_t i = 0; i < kCounts; ++i) {
    line += fmt::format(",{}", count_name(static_cast<Count>(i)));
  }
  line += ",hit_ratio,mean_us";
  for (const Percentile& percentile : kPercentiles) line += fmt::format(",{}", percentile.name);
  return line + ",max_us,lag_p99_us,bytes_in,bytes_out,connections\n";
}

std::string line_of(const Interval& interval) {
  const Counts& counts = interval.counts;
  const auto done = static_cast<double>(counts[Count::kDone]);
  std::string line =
      fmt::format("{:.3f},{:.3f},{:.1f},{:.1f}", interval.start_s, interval.seconds,
                  interval.planned_rate, interval.seconds > 0 ? done / interval.seconds : 0);
  for (const uint64_t count : counts.cells) line += fmt::format(",{}", count);
  const bool was_asked = counts[Count::kHits] + counts[Count::kMisses] > 0;
  line += was_asked ? fmt::format(",{:.6f}", counts.hit_ratio()) : std::string(",");
  line += fmt::format(",{:.3f}", mean_of(interval.response) / 1e3);
  for (const Percentile& percentile : kPercentiles) {
    line += fmt::format(",{:.3f}", microseconds(interval.response.percentile(percentile.share)));
  }
  return line + fmt::format(",{:.3f},{:.3f},{},{},{}\n", microseconds(interval.response.max()),
                            microseconds(interval.lag.percentile(0.99)), interval.bytes_in,
                            interval.bytes_out, interval.connections);
}

}  // namespace

std::string csv_text(const RunResult& result) {
  std::string text = header();
  for (const Interval& interval : result.series) text += line_of(interval);
  return text;
}

}  // namespace pelikan::load
