// Series: the time series of a run, taken from its threads while they work.
//
// Thread safety: one thread, which may not be one of those.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "load/engine/load_thread.h"
#include "load/engine/result.h"
#include "load/workload/schedule.h"

namespace pelikan::load {

using LoadThreads = std::vector<std::unique_ptr<LoadThread>>;

class Series {
 public:
  // No schedule: a closed loop. REQUIRES: threads and schedule outlive it
  Series(const LoadThreads& threads, const Schedule* schedule)
      : threads_(threads), schedule_(schedule) {}

  // What came since the last call, which ends now, `at_s` after the measured part began.
  [[nodiscard]] Interval take(double at_s);
  // Answers until now.
  [[nodiscard]] uint64_t done() const;

 private:
  const LoadThreads& threads_;
  const Schedule* schedule_;
  double last_s_ = 0;
  Counts counts_;  // until last_s_, as the rest
  HistogramSnapshot response_;
  HistogramSnapshot lag_;
  uint64_t bytes_in_ = 0;
  uint64_t bytes_out_ = 0;
};

[[nodiscard]] RecordedSums measured_sums(const LoadThreads& threads);

}  // namespace pelikan::load
