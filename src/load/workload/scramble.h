// Scramble: a bijection over 0..n-1, so that popular ranks are not neighbouring keys but lie all
// over them: rank r is key (r * a + b) mod n, with a/n near the golden ratio, whose multiples fall
// into the widest gaps that those before have left.
//
// No branch depends on the number. (Permuting the next power of two and trying again outside n
// does; its misprediction, behind the long computation of a rank, costs 25 ns a draw.)
#pragma once

#include <cstdint>

#include "load/workload/random.h"

namespace pelikan::load {

class Scramble {
 public:
  // REQUIRES: 0 < n <= 2^62 (CHECK)
  Scramble(uint64_t n, uint64_t seed) noexcept;

  // REQUIRES: number < n
  [[nodiscard]] uint64_t operator()(uint64_t number) const noexcept {
    const uint64_t rest = n_ - begin_;
    number = number < rest ? number + begin_ : number - rest;
    if (is_small_) return product(number * step_, n_).high;
    return modulo(product(number, factor_));
  }

 private:
  // Of a product of two numbers below n.
  [[nodiscard]] uint64_t modulo(const Product& p) const noexcept;

  uint64_t n_;
  uint64_t begin_;   // from the seed
  uint64_t factor_;  // a
  // factor_ / n in 64 bits behind the point, rounded up: the fraction of number * step_ times n is
  // (number * a) mod n when the rounding of all n steps is less than 1, for n below 2^32 (Lemire,
  // Kaser and Kurz, "Faster remainder by direct computation", 2019).
  uint64_t step_;
  bool is_small_;
};

}  // namespace pelikan::load
