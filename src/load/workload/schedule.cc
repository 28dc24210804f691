#include "load/workload/schedule.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/assertion.h"
#include "load/workload/random.h"
#include "load/workload/schedule_phase.h"

namespace pelikan::load {

Schedule::Schedule(const Setting& setting, uint64_t seed) {
  for (const std::string_view text : split(setting.text, ';')) {
    const std::string_view phase = trimmed(text);
    if (phase.empty()) continue;  // behind a last semicolon
    add_phase(phase, parse_phase(Setting(setting.name, phase), derived_seed(seed, phases_.size())));
  }
  if (phases_.empty()) setting.refuse("it has no phase", kPhaseForms);
  if (!(count_ > 0)) setting.refuse("its rate is 0 all the time");
}

Schedule::Schedule(double rate, double seconds) {
  CHECK(rate >= 0 && seconds > 0);
  add_phase(fmt::format("const {} {}s", rate, seconds), {Segment::line(rate, rate, seconds)});
}

void Schedule::add_phase(std::string_view text, const std::vector<Segment>& segments) {
  Phase phase{.text = std::string(text), .begin_s = seconds_, .seconds = 0, .count = 0};
  for (const Segment& segment : segments) {
    phase.seconds += segment.seconds();
    phase.count += segment.count();
    max_rate_ = std::max(max_rate_, segment.max_rate());
    segments_.push_back(segment);
  }
  seconds_ += phase.seconds;
  count_ += phase.count;
  phases_.push_back(std::move(phase));
}

double Schedule::rate_at(double time) const noexcept {
  for (const Segment& segment : segments_) {
    if (time < segment.seconds()) return segment.rate_at(std::max(time, 0.0));
    time -= segment.seconds();
  }
  return 0;
}

double Schedule::count_at(double time) const noexcept {
  double count = 0;
  for (const Segment& segment : segments_) {
    if (time < segment.seconds()) return count + segment.count_at(std::max(time, 0.0));
    time -= segment.seconds();
    count += segment.count();
  }
  return count;
}

}  // namespace pelikan::load
