#include "load/engine/series.h"

#include <utility>

namespace pelikan::load {

RecordedSums measured_sums(const LoadThreads& threads) {
  RecordedSums sums;
  for (const auto& thread : threads) thread->measured().add_to(sums);
  return sums;
}

Interval Series::take(double at_s) {
  const RecordedSums sums = measured_sums(threads_);
  const Latencies latencies = sums.all_latencies();
  Interval interval{.start_s = last_s_,
                    .seconds = at_s - last_s_,
                    .counts = sums.all_counts(),
                    .response = latencies.response,
                    .lag = latencies.lag,
                    .bytes_in = sums.bytes_in - std::exchange(bytes_in_, sums.bytes_in),
                    .bytes_out = sums.bytes_out - std::exchange(bytes_out_, sums.bytes_out)};
  interval.counts.subtract(std::exchange(counts_, interval.counts));
  interval.response.subtract(std::exchange(response_, interval.response));
  interval.lag.subtract(std::exchange(lag_, interval.lag));
  for (const auto& thread : threads_) interval.connections += thread->open_connections();
  if (schedule_ != nullptr && interval.seconds > 0) {
    const double planned = schedule_->count_at(at_s) - schedule_->count_at(last_s_);
    interval.planned_rate = planned / interval.seconds;
  }
  last_s_ = at_s;
  return interval;
}

uint64_t Series::done() const { return measured_sums(threads_).all_counts()[Count::kDone]; }

}  // namespace pelikan::load
