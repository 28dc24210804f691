#include "load/workload/zipf.h"

#include <algorithm>
#include <cmath>

#include "base/assertion.h"

namespace pelikan::load {

// The hat over the bars k = 1..n is the density x^-theta from k - 1/2 to k + 1/2: convex, so its
// area over a bar is at least the bar. The first bar's hat is cut to the bar's own area, 1.
Zipf::Zipf(uint64_t n, double theta) : last_(static_cast<int64_t>(n)), theta_(theta) {
  CHECK(n > 0 && n <= kMaxRanks && theta > 0);
  first_area_ = area(1.5) - 1;
  last_area_ = area(static_cast<double>(n) + 0.5);
  sure_ = 2 - area_inverse(area(2.5) - density(2));
}

uint64_t Zipf::operator()(Random& random) const noexcept {
  while (true) {
    const double drawn = last_area_ + random.open_unit() * (first_area_ - last_area_);
    const double x = area_inverse(drawn);
    // Rounded to the bar; as an integer, for a call of floor() costs more than all else here.
    // NOLINTNEXTLINE(bugprone-incorrect-roundings): x is positive, and lround() is slower
    const int64_t bar = std::clamp<int64_t>(static_cast<int64_t>(x + 0.5), 1, last_);
    const auto k = static_cast<double>(bar);
    // A draw in the bar's own part of the hat, its right one, is taken.
    if (k - x <= sure_ || drawn >= area(k + 0.5) - density(k)) {
      return static_cast<uint64_t>(bar) - 1;
    }
  }
}

double Zipf::density(double x) const noexcept { return std::exp(-theta_ * std::log(x)); }

// The integral of the density, (x^(1-theta) - 1) / (1-theta), and the logarithm at 1. Near 1 the
// difference from 1 would lose the digits that count, which expm1 and log1p keep; elsewhere log and
// exp take half the time.
double Zipf::area(double x) const noexcept {
  const double power = 1 - theta_;
  return power == 0 ? std::log(x) : std::expm1(power * std::log(x)) / power;
}

double Zipf::area_inverse(double area) const noexcept {
  const double power = 1 - theta_;
  if (power == 0) return std::exp(area);
  // Rounding may leave the domain at the tail's far end.
  const double grown = std::max(area * power, -1.0);
  constexpr double kNear = 1e-3;
  const double log_grown = std::abs(power) < kNear ? std::log1p(grown) : std::log(1 + grown);
  return std::exp(log_grown / power);
}

}  // namespace pelikan::load
