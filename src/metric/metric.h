// Counters, gauges and histograms, declared in one table per module:
//
//   struct SegMetrics : MetricGroup {
//     using MetricGroup::MetricGroup;
//     Counter evict{this, "seg_evict", "segments evicted"};
//   };
//
// An instance of a group is one thread's cells: only that thread adds, so adding is a plain load
// and store. The registry sums the instances of a metric when somebody reads. A metric joins the
// registry when it is constructed and leaves when it is destroyed; what a leaving counter or
// histogram has counted stays in the sum.
//
// Thread safety: add/record/set by the owning thread only; value() from any.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string_view>

#include "metric/histogram.h"

namespace pelikan {

class MetricRegistry;
class MetricGroup;

enum class MetricKind : uint8_t { kCounter, kGauge, kHistogram };

// A metric's row in its group's table. Names are literals: `seg_evict`, prefix first.
class Metric {
 public:
  Metric(const Metric&) = delete;
  Metric& operator=(const Metric&) = delete;

  [[nodiscard]] MetricKind kind() const noexcept { return kind_; }
  [[nodiscard]] std::string_view name() const noexcept { return name_; }
  [[nodiscard]] std::string_view help() const noexcept { return help_; }

 protected:
  // REQUIRES: name is [a-z0-9_]+; help is one line, not empty; both are literals
  Metric(MetricGroup* group, MetricKind kind, std::string_view name, std::string_view help);
  ~Metric() = default;

  // The registry reads from any thread, so a metric joins as the last act of its constructor and
  // leaves as the first of its destructor.
  void join();
  void leave() noexcept;

 private:
  MetricRegistry& registry_;
  std::string_view name_;
  std::string_view help_;
  MetricKind kind_;
};

// Only grows.
class Counter final : public Metric {
 public:
  Counter(MetricGroup* group, std::string_view name, std::string_view help)
      : Metric(group, MetricKind::kCounter, name, help) {
    join();
  }
  ~Counter() { leave(); }

  // relaxed: the reader wants a recent value, nothing is ordered by it; single writer, so no RMW.
  void add(uint64_t n = 1) noexcept {
    value_.store(value_.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
  }
  [[nodiscard]] uint64_t value() const noexcept { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<uint64_t> value_{0};
};

// Goes up and down; summed over the instances.
class Gauge final : public Metric {
 public:
  Gauge(MetricGroup* group, std::string_view name, std::string_view help)
      : Metric(group, MetricKind::kGauge, name, help) {
    join();
  }
  ~Gauge() { leave(); }

  void set(int64_t value) noexcept { value_.store(value, std::memory_order_relaxed); }
  void add(int64_t n) noexcept { set(value() + n); }
  [[nodiscard]] int64_t value() const noexcept { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<int64_t> value_{0};
};

// A distribution of times, in nanoseconds.
class Distribution final : public Metric {
 public:
  Distribution(MetricGroup* group, std::string_view name, std::string_view help)
      : Metric(group, MetricKind::kHistogram, name, help) {
    join();
  }
  ~Distribution() { leave(); }

  void record(uint64_t value_ns, uint64_t count = 1) noexcept {
    histogram_.record(value_ns, count);
  }
  [[nodiscard]] const Histogram& histogram() const noexcept { return histogram_; }

 private:
  Histogram histogram_;
};

// What a group does before the registry reads: the place to set gauges that are computed. Declared
// last in its group, so that it only ever sees whole ones:
//
//   Gauge uptime{this, "uptime", "seconds since start"};
//   BeforeRead refresh{this, [this] { uptime.set(...); }};
//
// Thread safety: the act runs on any thread that reads, one at a time; it may not construct or
// destroy metrics.
class BeforeRead {
 public:
  BeforeRead(MetricGroup* group, std::function<void()> act);
  ~BeforeRead();
  BeforeRead(const BeforeRead&) = delete;
  BeforeRead& operator=(const BeforeRead&) = delete;

  void operator()() const { act_(); }

 private:
  MetricRegistry& registry_;
  std::function<void()> act_;
};

class MetricGroup {
 public:
  explicit MetricGroup(MetricRegistry& registry) noexcept : registry_(registry) {}
  virtual ~MetricGroup() = default;
  MetricGroup(const MetricGroup&) = delete;
  MetricGroup& operator=(const MetricGroup&) = delete;

 private:
  friend class Metric;
  friend class BeforeRead;
  MetricRegistry& registry_;
};

}  // namespace pelikan
