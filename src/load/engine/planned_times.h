// PlannedTimes: when one thread is to send: the warm-up's times, at the rate the schedule begins
// with, then the schedule's; all absolute. A thread that cannot keep up finds them where it left
// them: nothing is queued, and no planned time is lost.
//
// Thread safety: one thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "load/workload/arrivals.h"

namespace pelikan::load {

struct RunTimes {
  int64_t start_ns;
  int64_t measured_ns;  // where the warm-up ends; equal to the start when there is none
};

class PlannedTimes {
 public:
  // REQUIRES: the schedule outlives it
  PlannedTimes(const Schedule& schedule, ArrivalKind kind, Share share, uint64_t seed,
               const RunTimes& times);

  // The next one; Arrivals::kNever behind the last.
  [[nodiscard]] int64_t peek() const noexcept { return next_ns_; }
  [[nodiscard]] bool is_over() const noexcept { return next_ns_ == Arrivals::kNever; }
  void pop() noexcept;

 private:
  RunTimes times_;
  std::unique_ptr<Schedule> warmup_schedule_;
  std::optional<Arrivals> warmup_;  // none: it is over
  Arrivals schedule_;
  int64_t next_ns_ = 0;
};

}  // namespace pelikan::load
