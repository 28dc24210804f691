// Schedule: how many requests are to be sent when. Phases, one after the other, between semicolons:
//
//   const R D                       R requests a second for D
//   ramp R1 R2 D                    from R1 to R2 in a straight line
//   step R1 R2 dR D [shuffle|mirror]   R1, R1 + dR, ... up (or down) to R2, each for D; in random
//                                   order, or there and back
//   sine MEAN AMP PERIOD D          MEAN + AMP * sin(2 pi t / PERIOD)
//   burst BASE PEAK LEN EVERY D     each EVERY begins with LEN of PEAK, the rest is BASE
//   file PATH                       lines `SECONDS,RATE`, straight lines between them; the last
//   ends it
//
// Rates are decimal (20k is 20,000), times are like 250ms, 30s, 5m.
//
// The planned number of requests up to a time is the exact integral of the rate, and Arrivals
// inverts it.
//
// Thread safety: read-only after construction.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "load/workload/segment.h"
#include "load/workload/words.h"

namespace pelikan::load {

class Schedule {
 public:
  // What a report prints planned against achieved for.
  struct Phase {
    std::string text;  // as it was given
    double begin_s;
    double seconds;
    double count;
  };

  // Throws a SetupError that names the phase when it is none, or impossible (negative rates, bursts
  // longer than their distance). `seed` is that of shuffles.
  Schedule(const Setting& setting, uint64_t seed);
  // One rate. REQUIRES: rate >= 0, seconds > 0 (CHECK)
  Schedule(double rate, double seconds);

  [[nodiscard]] double seconds() const noexcept { return seconds_; }
  [[nodiscard]] double count() const noexcept { return count_; }
  [[nodiscard]] double max_rate() const noexcept { return max_rate_; }
  // 0 behind the end.
  [[nodiscard]] double rate_at(double time) const noexcept;
  [[nodiscard]] double count_at(double time) const noexcept;
  [[nodiscard]] const std::vector<Phase>& phases() const noexcept { return phases_; }
  [[nodiscard]] const std::vector<Segment>& segments() const noexcept { return segments_; }

 private:
  void add_phase(std::string_view text, const std::vector<Segment>& segments);

  std::vector<Phase> phases_;
  std::vector<Segment> segments_;
  double seconds_ = 0;
  double count_ = 0;
  double max_rate_ = 0;
};

}  // namespace pelikan::load
