#include "load/engine/recorder.h"

namespace pelikan::load {

Counts RecordedSums::all_counts() const noexcept {
  Counts all = unsent;
  for (const Counts& one : counts) all.add(one);
  return all;
}

Latencies RecordedSums::all_latencies() const {
  Latencies all;
  for (const Latencies& one : latencies) all.add(one);
  return all;
}

void Recorder::add_to(RecordedSums& sums) const {
  for (size_t verb = 0; verb < kVerbs; ++verb) {
    const VerbCells& cells = *verbs_[verb];
    Counts counts;
    cells.counts.add_to(counts);
    if (counts[Count::kSent] == 0) continue;  // its histograms are empty
    sums.counts[verb].add(counts);
    Latencies& latencies = sums.latencies[verb];
    cells.service.add_to(latencies.service);
    (closed_loop_ ? cells.service : cells.response).add_to(latencies.response);
    if (!closed_loop_) cells.lag.add_to(latencies.lag);
  }
  unsent_.add_to(sums.unsent);
  if (!closed_loop_) own_lag_.add_to(sums.own_lag);
  sums.bytes_in += bytes_in_.load(std::memory_order_relaxed);
  sums.bytes_out += bytes_out_.load(std::memory_order_relaxed);
}

}  // namespace pelikan::load
