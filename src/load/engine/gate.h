// Gates: conditions on a run's figures, such as `p99.9<2ms, hit>0.9, errors=0`.
//
//   p50, p99.9, p100, max, mean   of the response time; service.p99 of the service time, lag.p99
//   hit                           hit ratio, 0..1
//   rate                          answers per second
//   errors, timeouts, dropped     counts
//
// The operators are < <= > >= =. Times have units (us, ms, s), rates and counts may (10k).
//
// Thread safety: values.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "load/engine/result.h"

namespace pelikan::load {

class Gate {
 public:
  enum class Time : uint8_t { kResponse, kService, kLag };
  enum class Relation : uint8_t { kLess, kLessOrEqual, kMore, kMoreOrEqual, kEqual };

  // Throws SetupError naming `option` and what is wrong.
  [[nodiscard]] static std::vector<Gate> parse_list(std::string_view option, std::string_view text);

  [[nodiscard]] AssertionResult check(const RunResult& result) const;

 private:
  enum class Figure : uint8_t {
    kPercentile,
    kMax,
    kMean,
    kHit,
    kRate,
    kErrors,
    kTimeouts,
    kDropped
  };

  [[nodiscard]] static Gate parse(std::string_view option, std::string_view text);
  [[nodiscard]] bool parse_figure(std::string_view name);
  [[nodiscard]] bool parse_name(std::string_view name);
  [[nodiscard]] const HistogramSnapshot& times(const RunResult& result) const noexcept;
  [[nodiscard]] double actual(const RunResult& result) const;
  [[nodiscard]] bool is_time() const noexcept { return figure_ <= Figure::kMean; }

  std::string text_;
  Figure figure_ = Figure::kMax;
  Time time_ = Time::kResponse;  // of percentiles, max and mean
  double percent_ = 0;           // of kPercentile
  Relation relation_ = Relation::kLess;
  double bound_ = 0;  // times in nanoseconds
};

}  // namespace pelikan::load
