// MetricRegistry: all metrics of a process, summed by name over the threads' instances when
// somebody reads.
//
// Thread safety: every method from any thread. A mutex guards the list of metrics, never the
// counting.
#pragma once

#include <cstdint>
#include <mutex>
#include <string_view>
#include <vector>

#include "metric/histogram.h"
#include "metric/metric.h"

namespace pelikan {

// A metric's value at one moment.
struct MetricReading {
  std::string_view name;
  std::string_view help;
  MetricKind kind;
  int64_t value = 0;            // counters and gauges
  HistogramSnapshot histogram;  // histograms
};

// All of them, in the order in which their names first joined.
class MetricSnapshot {
 public:
  explicit MetricSnapshot(std::vector<MetricReading> readings) noexcept
      : readings_(std::move(readings)) {}

  [[nodiscard]] const std::vector<MetricReading>& readings() const noexcept { return readings_; }
  [[nodiscard]] const MetricReading* find(std::string_view name) const noexcept;
  // A counter or gauge by its name; 0 when there is none.
  [[nodiscard]] int64_t value(std::string_view name) const noexcept;

 private:
  std::vector<MetricReading> readings_;
};

class MetricRegistry {
 public:
  MetricRegistry() = default;
  MetricRegistry(const MetricRegistry&) = delete;
  MetricRegistry& operator=(const MetricRegistry&) = delete;

  // Since the process started: what Prometheus gets, counters that never go back.
  [[nodiscard]] MetricSnapshot read();
  // The same with counters and histograms counted from the last reset(), gauges as they are:
  // `stats`.
  [[nodiscard]] MetricSnapshot read_since_reset();
  // Begins the count of read_since_reset() anew.
  void reset();

 private:
  friend class Metric;
  friend class BeforeRead;

  struct Row {
    MetricReading departed;  // what instances that have left counted; a gauge leaves nothing
    MetricReading baseline;  // what there was at the last reset()
    std::vector<const Metric*> instances;
  };

  void join(const Metric& metric);
  void leave(const Metric& metric) noexcept;
  void join(const BeforeRead& act);
  void leave(const BeforeRead& act) noexcept;

  // REQUIRES: mutex_ held
  [[nodiscard]] Row* find(std::string_view name) noexcept;
  [[nodiscard]] MetricReading total(const Row& row) const;
  void run_acts() const;

  std::mutex mutex_;
  std::vector<Row> rows_;
  std::vector<const BeforeRead*> acts_;
};

}  // namespace pelikan
