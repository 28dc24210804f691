// Scramble: a bijection over 0..n-1 without visible order, so that popular ranks are not
// neighbouring keys.
//
// A few multiplications and shifts permute the numbers below the next power of two; a result of n
// or more is permuted again until it falls below n ("cycle walking": Black and Rogaway, "Ciphers
// with arbitrary finite domains", 2002), fewer than two rounds on average.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>

#include "base/assertion.h"
#include "load/workload/random.h"

namespace pelikan::load {

class Scramble {
 public:
  // REQUIRES: 0 < n <= 2^63
  Scramble(uint64_t n, uint64_t seed) noexcept
      : n_(n),
        bits_(std::max(static_cast<int>(std::bit_width(n - 1)), 2)),
        mask_((uint64_t{1} << bits_) - 1),
        add_(derived_seed(seed, 1)),
        factor_(derived_seed(seed, 2) | 1) {
    CHECK(n > 0 && n <= uint64_t{1} << 63);
  }

  // REQUIRES: number < n
  [[nodiscard]] uint64_t operator()(uint64_t number) const noexcept {
    do {
      number = permuted(number);
    } while (number >= n_);
    return number;
  }

 private:
  // Every step is a bijection of bits_ bits: adding, multiplying by an odd number, and xor with
  // one's own upper half.
  [[nodiscard]] uint64_t permuted(uint64_t number) const noexcept {
    const int half = (bits_ + 1) / 2;
    number = (number + add_) & mask_;
    number ^= number >> half;
    number = (number * factor_) & mask_;
    number ^= number >> half;
    number = (number * 0xd6e8'feb8'6659'fd93) & mask_;
    return number ^ (number >> half);
  }

  uint64_t n_;
  int bits_;
  uint64_t mask_;
  uint64_t add_;
  uint64_t factor_;
};

}  // namespace pelikan::load
