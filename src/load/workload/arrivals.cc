#include "load/workload/arrivals.h"

namespace pelikan::load {

Arrivals::Arrivals(const Schedule& schedule, ArrivalKind kind, Share share, Random random)
    : schedule_(schedule), kind_(kind), threads_(share.count), random_(random), count_(0) {
  // The first even arrivals of the threads are at counts 0.5, 1.5, 2.5, ...
  if (kind_ == ArrivalKind::kEven) count_ = share.index + 0.5 - threads_;
}

int64_t Arrivals::next() noexcept {
  // One of n threads sees a count of the schedule's n times as far apart.
  count_ += threads_ * (kind_ == ArrivalKind::kPoisson ? random_.exponential() : 1);
  const std::vector<Segment>& segments = schedule_.segments();
  while (segment_ < segments.size() && count_ >= segments[segment_].count()) {
    count_ -= segments[segment_].count();
    begin_s_ += segments[segment_].seconds();
    ++segment_;
  }
  if (segment_ == segments.size()) return kNever;
  return static_cast<int64_t>((begin_s_ + segments[segment_].time_of(count_)) * 1e9);
}

}  // namespace pelikan::load
