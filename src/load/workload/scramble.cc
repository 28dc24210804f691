#include "load/workload/scramble.h"

#include <algorithm>
#include <numbers>
#include <numeric>

#include "base/assertion.h"

namespace pelikan::load {

__extension__ using Wide = unsigned __int128;

Scramble::Scramble(uint64_t n, uint64_t seed) noexcept
    : n_(n),
      begin_(product(mix(seed), n).high),
      factor_(static_cast<uint64_t>(static_cast<double>(n) / std::numbers::phi)),
      step_(0),
      is_small_(n < uint64_t{1} << 32) {
  CHECK(n > 0 && n <= uint64_t{1} << 62);
  factor_ = std::max<uint64_t>(factor_, 1);
  while (std::gcd(factor_, n) != 1) ++factor_;
  step_ = static_cast<uint64_t>(((static_cast<Wide>(factor_) << 64) + n - 1) / n);
}

uint64_t Scramble::modulo(const Product& p) const noexcept {
  return static_cast<uint64_t>((static_cast<Wide>(p.high) << 64 | p.low) % n_);
}

}  // namespace pelikan::load
