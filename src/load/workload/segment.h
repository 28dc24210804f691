// Segment: a stretch of a schedule in which the rate is a straight line or one sine. Times are
// seconds from its begin, counts are requests from its begin.
#pragma once

namespace pelikan::load {

class Segment {
 public:
  static Segment line(double from_rate, double to_rate, double seconds);
  static Segment sine(double mean, double amplitude, double period, double seconds);

  [[nodiscard]] double seconds() const noexcept { return seconds_; }
  [[nodiscard]] double count() const noexcept { return count_; }  // of the whole segment
  [[nodiscard]] double max_rate() const noexcept;
  [[nodiscard]] double rate_at(double time) const noexcept;
  [[nodiscard]] double count_at(double time) const noexcept;
  // The time at which the count is reached. REQUIRES: 0 <= count <= count()
  [[nodiscard]] double time_of(double count) const noexcept;

 private:
  [[nodiscard]] double line_time_of(double count) const noexcept;
  [[nodiscard]] double sine_time_of(double count) const noexcept;

  double seconds_ = 0;
  double count_ = 0;
  double rate_ = 0;       // at the begin, or the mean of the sine
  double slope_ = 0;      // of the line
  double amplitude_ = 0;  // of the sine, 0 for a line
  double pulse_ = 0;      // 2 pi / period
};

}  // namespace pelikan::load
