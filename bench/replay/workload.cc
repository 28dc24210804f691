#include "workload.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace pelikan::replay {

namespace {

// Streams of randomness over the same numbers, kept apart by what is added before mixing.
constexpr uint64_t kRadius = 0x1000'0000'0000'0000;
constexpr uint64_t kAngle = 0x2000'0000'0000'0000;
constexpr uint64_t kTtl = 0x3000'0000'0000'0000;
constexpr uint64_t kWrite = 0x4000'0000'0000'0000;

// A standard normal number (Box and Muller, 1958).
double normal(uint64_t number) {
  const double radius = std::sqrt(-2 * std::log(mix_to_fraction(number + kRadius)));
  return radius * std::cos(2 * std::numbers::pi * mix_to_fraction(number + kAngle));
}

}  // namespace

// The finalizer of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).
uint64_t mix(uint64_t number) noexcept {
  number += 0x9e37'79b9'7f4a'7c15;
  number = (number ^ (number >> 30)) * 0xbf58'476d'1ce4'e5b9;
  number = (number ^ (number >> 27)) * 0x94d0'49bb'1331'11eb;
  return number ^ (number >> 31);
}

double mix_to_fraction(uint64_t number) noexcept {
  return (static_cast<double>(mix(number) >> 11) + 0.5) * 0x1p-53;
}

uint32_t KeyModel::value_size(uint32_t key) const {
  // The mean of exp(mu + sigma * normal) is exp(mu + sigma^2 / 2).
  const double mu = std::log(value_bytes) - sigma * sigma / 2;
  const double size = std::exp(mu + sigma * normal(key));
  return std::clamp(static_cast<uint32_t>(std::min(size, double{kMaxValueBytes})), min_value_bytes,
                    kMaxValueBytes);
}

uint32_t KeyModel::ttl_seconds(uint32_t key) const {
  double left = mix_to_fraction(key + kTtl);
  for (const TtlShare& ttl : ttls) {
    if (left < ttl.share) return ttl.seconds;
    left -= ttl.share;
  }
  return ttls.back().seconds;
}

bool Workload::is_set(size_t index) const { return mix_to_fraction(index + kWrite) < set_share; }

}  // namespace pelikan::replay
