// Recorder: what one thread counts and measures in one part of a run.
//
// Thread safety: written by its thread; add_to() by any. Readers may see a request in one cell and
// not yet in another.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>

#include "load/engine/counts.h"
#include "load/engine/result.h"
#include "load/workload/mix.h"
#include "metric/histogram.h"

namespace pelikan::load {

// Sums of one moment over the recorders added to it.
struct RecordedSums {
  std::array<Counts, kVerbs> counts;
  std::array<Latencies, kVerbs> latencies;
  HistogramSnapshot own_lag;
  Counts unsent;  // of no verb: drops
  uint64_t bytes_in = 0;
  uint64_t bytes_out = 0;

  [[nodiscard]] Counts all_counts() const noexcept;
  [[nodiscard]] Latencies all_latencies() const;
};

class Recorder {
 public:
  // In a closed loop a request is planned when it is sent: one histogram tells all.
  explicit Recorder(bool closed_loop) : closed_loop_(closed_loop) {
    for (auto& cells : verbs_) cells = std::make_unique<VerbCells>();
  }

  void count(Verb verb, Count what, uint64_t n = 1) noexcept { of(verb).counts.add(what, n); }
  void dropped(uint64_t n) noexcept { unsent_.add(Count::kDropped, n); }
  void received(uint64_t bytes) noexcept { bump(bytes_in_, bytes); }
  void sent(uint64_t bytes) noexcept { bump(bytes_out_, bytes); }

  // REQUIRES: planned_ns <= sent_ns <= now_ns
  void answered(Verb verb, int64_t planned_ns, int64_t sent_ns, int64_t now_ns) noexcept {
    VerbCells& cells = of(verb);
    cells.service.record(static_cast<uint64_t>(now_ns - sent_ns));
    if (!closed_loop_) cells.response.record(static_cast<uint64_t>(now_ns - planned_ns));
  }
  // REQUIRES: not a closed loop
  void lagged(Verb verb, int64_t lag_ns, int64_t own_lag_ns) noexcept {
    of(verb).lag.record(static_cast<uint64_t>(lag_ns));
    own_lag_.record(static_cast<uint64_t>(own_lag_ns));
  }

  void add_to(RecordedSums& sums) const;

 private:
  struct VerbCells {
    CountCells counts;
    Histogram response, service, lag;
  };
  static void bump(std::atomic<uint64_t>& cell, uint64_t n) noexcept {
    // relaxed: as CountCells
    cell.store(cell.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
  }
  [[nodiscard]] VerbCells& of(Verb verb) noexcept { return *verbs_[static_cast<size_t>(verb)]; }

  const bool closed_loop_;
  std::array<std::unique_ptr<VerbCells>, kVerbs> verbs_;
  CountCells unsent_;
  Histogram own_lag_;
  std::atomic<uint64_t> bytes_in_{0};
  std::atomic<uint64_t> bytes_out_{0};
};

}  // namespace pelikan::load
