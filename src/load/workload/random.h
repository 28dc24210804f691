// Random: a stream of random numbers that is the same on every machine for the same seed.
//
// The generator is xoshiro256++ (Blackman and Vigna, "Scrambled linear pseudorandom number
// generators", 2021); its state is filled by SplitMix64, as its authors advise.
//
// Thread safety: one thread; every thread and connection has a stream of its own, by for_place().
#pragma once

#include <bit>
#include <cstdint>

namespace pelikan::load {

inline constexpr uint64_t kSplitMixStep = 0x9e37'79b9'7f4a'7c15;

// SplitMix64's finalizer (Steele, Lea and Flood, OOPSLA 2014): a bijection whose result has no
// visible relation to the number.
[[nodiscard]] constexpr uint64_t mix(uint64_t number) noexcept {
  number += kSplitMixStep;
  number = (number ^ (number >> 30)) * 0xbf58'476d'1ce4'e5b9;
  number = (number ^ (number >> 27)) * 0x94d0'49bb'1331'11eb;
  return number ^ (number >> 31);
}

// A seed for what `number` names under another seed.
[[nodiscard]] constexpr uint64_t derived_seed(uint64_t seed, uint64_t number) noexcept {
  return mix(seed ^ mix(number));
}

// The 128-bit product of two 64-bit numbers.
struct Product {
  uint64_t high;
  uint64_t low;
};
[[nodiscard]] constexpr Product product(uint64_t a, uint64_t b) noexcept {
  __extension__ using Wide = unsigned __int128;
  const Wide wide = static_cast<Wide>(a) * b;
  return {.high = static_cast<uint64_t>(wide >> 64), .low = static_cast<uint64_t>(wide)};
}

class Random {
 public:
  explicit Random(uint64_t seed) noexcept {
    for (uint64_t& word : state_) {
      word = mix(seed);
      seed += kSplitMixStep;
    }
  }
  // The stream of one connection of one thread of a run.
  [[nodiscard]] static Random for_place(uint64_t seed, uint32_t thread,
                                        uint32_t connection) noexcept {
    return Random(derived_seed(seed, uint64_t{thread} << 32 | connection));
  }

  [[nodiscard]] uint64_t next() noexcept {
    const uint64_t result = std::rotl(state_[0] + state_[3], 23) + state_[0];
    const uint64_t shifted = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= shifted;
    state_[3] = std::rotl(state_[3], 45);
    return result;
  }

  // 0..n-1, all alike (Lemire, "Fast random integer generation in an interval", 2019).
  // REQUIRES: n > 0
  [[nodiscard]] uint64_t uniform(uint64_t n) noexcept {
    Product p = product(next(), n);
    if (p.low < n) [[unlikely]] {
      const uint64_t rejected = (0 - n) % n;  // 2^64 mod n of the products have one too many
      while (p.low < rejected) p = product(next(), n);
    }
    return p.high;
  }

  // In [0, 1), and in (0, 1).
  [[nodiscard]] double unit() noexcept { return static_cast<double>(next() >> 11) * 0x1p-53; }
  [[nodiscard]] double open_unit() noexcept {
    return (static_cast<double>(next() >> 11) + 0.5) * 0x1p-53;
  }

  // Of mean 1; of mean 0 and standard deviation 1.
  [[nodiscard]] double exponential() noexcept;
  [[nodiscard]] double normal() noexcept;

 private:
  uint64_t state_[4];
};

}  // namespace pelikan::load
