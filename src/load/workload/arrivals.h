// Arrivals: when one thread is to send its requests, so that all threads together follow the
// schedule.
//
// Poisson arrivals are those of a Poisson process whose rate is the schedule's (exponential
// distances in counts, turned into times by inverting the integral of the rate: "time change");
// even ones lie one count apart, the threads' ones between each other's.
//
// Thread safety: one thread.
#pragma once

#include <cstdint>
#include <limits>

#include "load/workload/random.h"
#include "load/workload/schedule.h"
#include "load/workload/share.h"

namespace pelikan::load {

enum class ArrivalKind : uint8_t { kPoisson, kEven };

class Arrivals {
 public:
  static constexpr int64_t kNever = std::numeric_limits<int64_t>::max();

  // REQUIRES: the schedule outlives it
  Arrivals(const Schedule& schedule, ArrivalKind kind, Share share, Random random);

  // The next planned time, in nanoseconds from the start of the schedule; never less than the one
  // before. kNever when the schedule is over, and ever after.
  [[nodiscard]] int64_t next() noexcept;

 private:
  const Schedule& schedule_;
  ArrivalKind kind_;
  double threads_;
  Random random_;
  size_t segment_ = 0;
  double begin_s_ = 0;  // of the segment
  double count_;        // of the schedule's requests, from the segment's begin to the last arrival
};

}  // namespace pelikan::load
