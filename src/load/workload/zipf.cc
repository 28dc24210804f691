#include "load/workload/zipf.h"

#include <algorithm>
#include <cmath>

#include "base/assertion.h"

namespace pelikan::load {

// The hat over the bars k = 1..n is the density x^-theta from k - 1/2 to k + 1/2: convex, so its
// area over a bar is at least the bar. The first bar's hat is cut to the bar's own area, 1.
Zipf::Zipf(uint64_t n, double theta) : n_(n), theta_(theta) {
  CHECK(n > 0 && theta > 0);
  first_area_ = area(1.5) - 1;
  last_area_ = area(static_cast<double>(n) + 0.5);
  sure_ = 2 - area_inverse(area(2.5) - density(2));
}

uint64_t Zipf::operator()(Random& random) const noexcept {
  const double last = static_cast<double>(n_);
  while (true) {
    const double drawn = last_area_ + random.open_unit() * (first_area_ - last_area_);
    const double x = area_inverse(drawn);
    const double k = std::clamp(std::floor(x + 0.5), 1.0, last);
    // A draw in the bar's own part of the hat, its right one, is taken.
    if (k - x <= sure_ || drawn >= area(k + 0.5) - density(k)) {
      return static_cast<uint64_t>(k) - 1;
    }
  }
}

double Zipf::density(double x) const noexcept { return std::exp(-theta_ * std::log(x)); }

// The integral of the density, (x^(1-theta) - 1) / (1-theta): exact to the last bits near theta 1
// as expm1, and the logarithm at 1.
double Zipf::area(double x) const noexcept {
  const double power = 1 - theta_;
  return power == 0 ? std::log(x) : std::expm1(power * std::log(x)) / power;
}

double Zipf::area_inverse(double area) const noexcept {
  const double power = 1 - theta_;
  if (power == 0) return std::exp(area);
  // Rounding may leave the domain at the tail's far end.
  return std::exp(std::log1p(std::max(area * power, -1.0)) / power);
}

}  // namespace pelikan::load
