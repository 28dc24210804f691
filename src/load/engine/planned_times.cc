#include "load/engine/planned_times.h"

#include "load/engine/source.h"

namespace pelikan::load {

PlannedTimes::PlannedTimes(const Schedule& schedule, ArrivalKind kind, Share share, uint64_t seed,
                           const RunTimes& times)
    : times_(times),
      schedule_(schedule, kind, share, Random::for_place(seed, share.index, kArrivalStream)) {
  const double rate = schedule.rate_at(0);
  const double seconds = static_cast<double>(times.measured_ns - times.start_ns) * 1e-9;
  if (seconds > 0 && rate > 0) {
    warmup_schedule_ = std::make_unique<Schedule>(rate, seconds);
    warmup_.emplace(*warmup_schedule_, kind, share,
                    Random::for_place(seed, share.index, kWarmupStream));
  }
  pop();
}

void PlannedTimes::pop() noexcept {
  if (warmup_) {
    const int64_t elapsed_ns = warmup_->next();
    if (elapsed_ns != Arrivals::kNever) {
      next_ns_ = times_.start_ns + elapsed_ns;
      return;
    }
    warmup_.reset();
  }
  const int64_t elapsed_ns = schedule_.next();
  next_ns_ = elapsed_ns == Arrivals::kNever ? elapsed_ns : times_.measured_ns + elapsed_ns;
}

}  // namespace pelikan::load
