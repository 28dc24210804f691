// Zipf: ranks 0..n-1, rank r drawn with a probability proportional to 1 / (r + 1)^theta.
//
// Rejection-inversion (Hoermann and Derflinger, "Rejection-inversion to generate variates from
// monotone discrete distributions", 1996): constant memory and time for any exponent above 0, 1
// included; fewer than 1.1 rounds a draw.
//
// Thread safety: read-only after construction.
#pragma once

#include <cstdint>

#include "load/workload/random.h"

namespace pelikan::load {

class Zipf {
 public:
  static constexpr uint64_t kMaxRanks = uint64_t{1} << 52;

  // REQUIRES: 0 < n <= kMaxRanks, theta > 0 (CHECK)
  Zipf(uint64_t n, double theta);

  [[nodiscard]] uint64_t operator()(Random& random) const noexcept;

 private:
  [[nodiscard]] double density(double x) const noexcept;
  [[nodiscard]] double area(double x) const noexcept;
  [[nodiscard]] double area_inverse(double area) const noexcept;

  int64_t last_;  // bar, of 1..n
  double theta_;
  double first_area_;  // of the hat: from here
  double last_area_;   // to here
  double sure_;        // a number this close below its rounding is accepted unseen
};

}  // namespace pelikan::load
