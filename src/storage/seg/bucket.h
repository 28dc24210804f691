// A bucket of the hash table: one cache line of eight words.
//
//   word 0, home:     overflow index 26 | version 32 | level 5 | lock 1        (bit 63 .. bit 0)
//   word 0, overflow: overflow index 26 (of the next), rest 0
//   words 1..7:       slots (slot.h)
//
// Level and version stay 0 until the table can grow: a split raises both in one store, and a reader
// that missed looks again when they changed while it looked.
#pragma once

#include <sched.h>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "storage/seg/slot.h"
#include "storage/seg/word.h"

// ThreadSanitizer takes a plain load of what others store for a race.
#if defined(__SSE2__) && !defined(__SANITIZE_THREAD__)
#define PELIKAN_MATCH_SSE2
#include <emmintrin.h>
#endif

namespace pelikan {

struct alignas(64) Bucket {
  static constexpr size_t kSlots = 7;
  static constexpr uint64_t kLockBit = 1;
  static constexpr unsigned kOverflowShift = 38;
  static constexpr uint64_t kOverflowMask = ~uint64_t{0} << kOverflowShift;
  static constexpr uint32_t kMaxOverflowIndex = (uint32_t{1} << 26) - 1;

  uint64_t words[1 + kSlots];

  // Overflow index 0: none. Others count from 1.
  [[nodiscard]] static constexpr uint32_t overflow_index(uint64_t word) noexcept {
    return static_cast<uint32_t>(word >> kOverflowShift);
  }
  [[nodiscard]] static constexpr bool same_layout(uint64_t a, uint64_t b) noexcept {
    return ((a ^ b) & ~kOverflowMask & ~kLockBit) == 0;
  }
  // acquire: what the one that linked an overflow bucket wrote into it is seen.
  [[nodiscard]] uint64_t word() const noexcept {
    return load_word(words[0], std::memory_order_acquire);
  }
  [[nodiscard]] uint64_t slot(size_t i) const noexcept {
    return load_word(words[i], std::memory_order_acquire);
  }
  // By the holder of the home's lock; release publishes the bucket that is linked.
  void link(uint32_t index) noexcept {
    const uint64_t rest = load_word(words[0], std::memory_order_relaxed) & ~kOverflowMask;
    store_word(words[0], rest | uint64_t{index} << kOverflowShift, std::memory_order_release);
  }

  // Which of the slots 1..7 (bits 1..7) have this tag and kind; kEmpty is what empty ones have. A
  // hint: what decides is an atomic load of the slot. The compiler may not move that load before
  // this look.
  [[nodiscard]] unsigned match(uint64_t pattern) const noexcept {
    return match(pattern, pattern).first;
  }
  // The same for two at once.
  struct Matches {
    unsigned first;
    unsigned second;
  };
  [[nodiscard]] Matches match(uint64_t first, uint64_t second) const noexcept;
};
static_assert(sizeof(Bucket) == 64);

#ifdef PELIKAN_MATCH_SSE2

// Tag and kind stand in the upper halves of the words: they are gathered into four lanes and
// compared at once. Plain vector loads: x86 neither tears an aligned 8-byte word nor reorders
// loads. None of them reads word 0: who holds the lock has just stored it, and a load of 16 bytes
// that has these 8 waits until they have reached the cache.
inline Bucket::Matches Bucket::match(uint64_t first, uint64_t second) const noexcept {
  const __m128i mask = _mm_set1_epi32(static_cast<int>(slot::kTagAndKindMask >> 32));
  const auto at = [this](size_t i) { return reinterpret_cast<const __m128i*>(words + i); };
  const auto upper_halves = [mask](__m128i low, __m128i high) {
    const __m128 halves =
        _mm_shuffle_ps(_mm_castsi128_ps(low), _mm_castsi128_ps(high), _MM_SHUFFLE(3, 1, 3, 1));
    return _mm_and_si128(_mm_castps_si128(halves), mask);
  };
  const __m128i front = upper_halves(_mm_loadu_si128(at(1)), _mm_loadu_si128(at(3)));
  const __m128i back = upper_halves(_mm_loadu_si128(at(5)), _mm_loadl_epi64(at(7)));
  const auto slots_with = [&](uint64_t pattern) {
    const __m128i wanted = _mm_set1_epi32(static_cast<int>(pattern >> 32));
    const auto equal = [&](__m128i halves) {
      const __m128i lanes = _mm_cmpeq_epi32(halves, wanted);
      return static_cast<unsigned>(_mm_movemask_ps(_mm_castsi128_ps(lanes)));
    };
    constexpr unsigned kAllSlots = 0xfe;  // there is nothing behind slot 7
    return (equal(front) << 1 | equal(back) << 5) & kAllSlots;
  };
  const Matches found{slots_with(first), slots_with(second)};
  std::atomic_signal_fence(std::memory_order_acq_rel);
  return found;
}

#else

inline Bucket::Matches Bucket::match(uint64_t first, uint64_t second) const noexcept {
  Matches found{};
  for (size_t i = 1; i <= kSlots; ++i) {
    const uint64_t pattern = slot(i) & slot::kTagAndKindMask;
    found.first |= static_cast<unsigned>(pattern == first) << i;
    found.second |= static_cast<unsigned>(pattern == second) << i;
  }
  return found;
}

#endif

// Holds the lock of a home bucket, which covers its whole chain. Held for a few stores only: never
// while memory is waited for.
class BucketLock {
 public:
  explicit BucketLock(Bucket& home) noexcept : home_(&home) {
    constexpr int kSpins = 100;
    for (int spins = 0; !try_lock(); ++spins) {
      if (spins >= kSpins) sched_yield();  // its holder may have lost its processor
    }
  }
  BucketLock(const BucketLock&) = delete;
  BucketLock& operator=(const BucketLock&) = delete;
  ~BucketLock() {
    if (home_ != nullptr) unlock();
  }

  // release: the next holder sees the slots as this one left them.
  void unlock() noexcept {
    Bucket& home = *std::exchange(home_, nullptr);
    const uint64_t word = load_word(home.words[0], std::memory_order_relaxed);
    store_word(home.words[0], word & ~Bucket::kLockBit, std::memory_order_release);
  }

 private:
  bool try_lock() noexcept {
    const uint64_t word = load_word(home_->words[0], std::memory_order_relaxed);
    return (word & Bucket::kLockBit) == 0 &&
           exchange_word_if(home_->words[0], word, word | Bucket::kLockBit,
                            std::memory_order_acquire);
  }

  Bucket* home_;
};

}  // namespace pelikan
