// PhaseWatch: what each phase of a schedule achieved, told when it ends.
//
// Thread safety: that of the Series.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "load/engine/result.h"
#include "load/engine/series.h"

namespace pelikan::load {

class PhaseWatch {
 public:
  // No schedule: a closed loop, which is one phase. REQUIRES: both outlive it
  PhaseWatch(const Schedule* schedule, const Series& series)
      : schedule_(schedule), series_(series) {}

  // When the current phase ends; never for the last one, whose end is the run's.
  [[nodiscard]] double next_end_s() const {
    constexpr double kNever = std::numeric_limits<double>::infinity();
    if (schedule_ == nullptr || phases_.size() + 1 >= schedule_->phases().size()) return kNever;
    const Schedule::Phase& phase = schedule_->phases()[phases_.size()];
    return phase.begin_s + phase.seconds;
  }
  void end_one(double now_s) {
    PhaseResult phase{.plan = "closed loop", .start_s = begin_s_, .seconds = now_s - begin_s_};
    if (schedule_ != nullptr) {
      const Schedule::Phase& planned = schedule_->phases()[phases_.size()];
      phase.plan = planned.text;
      phase.planned_rate = planned.count / planned.seconds;
    }
    const uint64_t done = series_.done();
    if (phase.seconds > 0) {
      phase.achieved_rate = static_cast<double>(done - done_) / phase.seconds;
    }
    phases_.push_back(std::move(phase));
    begin_s_ = now_s;
    done_ = done;
  }
  // The run has ended.
  [[nodiscard]] std::vector<PhaseResult> finish(double now_s) {
    end_one(now_s);
    return std::move(phases_);
  }

 private:
  const Schedule* schedule_;
  const Series& series_;
  std::vector<PhaseResult> phases_;
  double begin_s_ = 0;
  uint64_t done_ = 0;
};

}  // namespace pelikan::load
