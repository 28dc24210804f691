#include "load/workload/segment.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/assertion.h"

namespace pelikan::load {

Segment Segment::line(double from_rate, double to_rate, double seconds) {
  CHECK(from_rate >= 0 && to_rate >= 0 && seconds > 0);
  Segment segment;
  segment.seconds_ = seconds;
  segment.rate_ = from_rate;
  segment.slope_ = (to_rate - from_rate) / seconds;
  segment.count_ = (from_rate + to_rate) / 2 * seconds;
  return segment;
}

Segment Segment::sine(double mean, double amplitude, double period, double seconds) {
  CHECK(amplitude >= 0 && mean >= amplitude && period > 0 && seconds > 0);
  Segment segment;
  segment.seconds_ = seconds;
  segment.rate_ = mean;
  segment.amplitude_ = amplitude;
  segment.pulse_ = 2 * std::numbers::pi / period;
  segment.count_ = segment.count_at(seconds);
  return segment;
}

double Segment::max_rate() const noexcept {
  return amplitude_ > 0 ? rate_ + amplitude_ : std::max(rate_, rate_at(seconds_));
}

double Segment::rate_at(double time) const noexcept {
  if (amplitude_ > 0) return rate_ + amplitude_ * std::sin(pulse_ * time);
  return std::max(rate_ + slope_ * time, 0.0);
}

double Segment::count_at(double time) const noexcept {
  if (amplitude_ > 0) {
    return rate_ * time + amplitude_ / pulse_ * (1 - std::cos(pulse_ * time));
  }
  return (rate_ + slope_ * time / 2) * time;
}

double Segment::time_of(double count) const noexcept {
  const double time = amplitude_ > 0 ? sine_time_of(count) : line_time_of(count);
  return std::clamp(time, 0.0, seconds_);
}

// The root of slope/2 t^2 + rate t = count in the form that loses no digits when the slope is
// small.
double Segment::line_time_of(double count) const noexcept {
  if (count <= 0) return 0;
  const double root = std::sqrt(std::max(rate_ * rate_ + 2 * slope_ * count, 0.0));
  return 2 * count / (rate_ + root);
}

// Newton's method, kept between two times that enclose the root: where the rate is near 0 a step of
// Newton's may leave them, and half-way is taken instead.
double Segment::sine_time_of(double count) const noexcept {
  double low = std::max((count - 2 * amplitude_ / pulse_) / rate_, 0.0);
  double high = std::min(count / rate_, seconds_);
  double time = high;
  constexpr double kEnough = 1e-10;  // seconds
  constexpr int kMaxRounds = 100;
  for (int round = 0; round < kMaxRounds && high - low > kEnough; ++round) {
    const double excess = count_at(time) - count;
    (excess > 0 ? high : low) = time;
    const double next = time - excess / rate_at(time);
    const bool is_inside = next > low && next < high;
    if (is_inside && std::abs(next - time) < kEnough) return next;
    time = is_inside ? next : (low + high) / 2;
  }
  return time;
}

}  // namespace pelikan::load
