// Counters, gauges and histograms, declared in one table per module:
//
//   struct SegMetrics : MetricGroup {
//     using MetricGroup::MetricGroup;
//     Counter evict{this, "seg_evict", "segments evicted"};
//   };
//
// An instance of a group is one thread's cells: only that thread adds, so adding is a plain load and store.
// The registry sums the instances of a metric when somebody reads. A group registers itself on construction
// and leaves on destruction.
//
// Thread safety: add/record/set by the owning thread only; value() from any.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "metric/histogram.h"

namespace pelikan {

class MetricRegistry;
class MetricGroup;

enum class MetricKind : uint8_t { kCounter, kGauge, kHistogram };

// A metric's row in its group's table. Names are literals: `seg_evict`, prefix first.
class Metric {
 public:
  Metric(MetricGroup* group, MetricKind kind, std::string_view name, std::string_view help);
  Metric(const Metric&) = delete;
  Metric& operator=(const Metric&) = delete;

  [[nodiscard]] MetricKind kind() const noexcept { return kind_; }
  [[nodiscard]] std::string_view name() const noexcept { return name_; }
  [[nodiscard]] std::string_view help() const noexcept { return help_; }

 private:
  MetricKind kind_;
  std::string_view name_;
  std::string_view help_;
};

// Only grows.
class Counter : public Metric {
 public:
  Counter(MetricGroup* group, std::string_view name, std::string_view help)
      : Metric(group, MetricKind::kCounter, name, help) {}
  // relaxed: the reader wants a recent value, nothing is ordered by it; single writer, so no RMW.
  void add(uint64_t n = 1) noexcept {
    value_.store(value_.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
  }
  [[nodiscard]] uint64_t value() const noexcept { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<uint64_t> value_{0};
};

// Goes up and down; summed over the instances.
class Gauge : public Metric {
 public:
  Gauge(MetricGroup* group, std::string_view name, std::string_view help)
      : Metric(group, MetricKind::kGauge, name, help) {}
  void set(int64_t value) noexcept { value_.store(value, std::memory_order_relaxed); }
  void add(int64_t n) noexcept { set(value() + n); }
  [[nodiscard]] int64_t value() const noexcept { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<int64_t> value_{0};
};

// A distribution, in nanoseconds unless its help says otherwise.
class Distribution : public Metric {
 public:
  Distribution(MetricGroup* group, std::string_view name, std::string_view help)
      : Metric(group, MetricKind::kHistogram, name, help) {}
  void record(uint64_t value, uint64_t count = 1) noexcept { histogram_.record(value, count); }
  [[nodiscard]] const Histogram& histogram() const noexcept { return histogram_; }

 private:
  Histogram histogram_;
};

class MetricGroup {
 public:
  explicit MetricGroup(MetricRegistry& registry);
  virtual ~MetricGroup();
  MetricGroup(const MetricGroup&) = delete;
  MetricGroup& operator=(const MetricGroup&) = delete;

  // Called before the registry reads: the place to refresh gauges that are computed. From the reader's thread.
  virtual void before_read() noexcept {}

  [[nodiscard]] const std::vector<Metric*>& metrics() const noexcept { return metrics_; }

 private:
  friend class Metric;
  MetricRegistry& registry_;
  std::vector<Metric*> metrics_;
};

}  // namespace pelikan
