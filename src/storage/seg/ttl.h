// Engine time and TTL buckets.
//
// Expiry is stored in ticks of 1/8 s since shortly before the store, or its pool, began: 32 bits
// reach 17 years. A time to live is rounded up to the next tick, so an item is never dead too early
// and at most 125 ms too late (docs/decisions/0002-expiry-ticks.md). An exact expiry has beside its
// tick by how many ms it is before it (docs/decisions/0007-exact-expiry.md).
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "storage/store.h"

namespace pelikan {

inline constexpr int64_t kTickMs = 125;
inline constexpr uint32_t kTicksPerSecond = 8;
inline constexpr uint32_t kNoExpiry = 0;
inline constexpr uint32_t kLastTick = UINT32_MAX - 1;

// Rule without exception: dead when now >= expiry.
[[nodiscard]] constexpr bool is_expired(uint32_t expiry, uint32_t now) noexcept {
  return expiry - 1 < now;  // no expiry: 2^32 - 1, which no tick exceeds
}
// Dead, or an exact expiry may be over before its tick.
[[nodiscard]] constexpr bool is_nearly_expired(uint32_t expiry, uint32_t now) noexcept {
  return expiry - 1 <= now;
}

// An expiry as an item holds it: ms before the tick 8 | tick 32.
inline constexpr unsigned kEarlyShift = 32;
inline constexpr uint64_t kExactExpiryMask = (uint64_t{0xff} << kEarlyShift) | UINT32_MAX;
[[nodiscard]] constexpr uint32_t tick_of(uint64_t expiry) noexcept {
  return static_cast<uint32_t>(expiry);
}

class EngineTime {
 public:
  // Starts a second late, so that no tick is 0 and an expiry in the past can be told; or goes on
  // with what had passed at `start_ms`.
  explicit constexpr EngineTime(int64_t start_ms, int64_t passed_ms = 1000) noexcept
      : base_ms_(start_ms - passed_ms) {}

  [[nodiscard]] constexpr int64_t passed_ms(int64_t now_ms) const noexcept {
    return now_ms - base_ms_;
  }

  // The ticks that have passed whole.
  [[nodiscard]] constexpr uint32_t now(int64_t now_ms) const noexcept {
    return clamp((now_ms - base_ms_) / kTickMs);
  }
  // When an item of this expiry, a tick or an exact one, dies: on the clock that expiry() was
  // given.
  [[nodiscard]] constexpr Expiry expiry_at(uint64_t expiry) const noexcept {
    if (expiry == kNoExpiry) return {};
    return {base_ms_ + int64_t{tick_of(expiry)} * kTickMs -
            static_cast<int64_t>(expiry >> kEarlyShift)};
  }
  // The first tick at or after `expiry`; one that is not after `now_ms` is dead at once. What lies
  // beyond the range is clamped.
  [[nodiscard]] constexpr uint32_t expiry(Expiry expiry, int64_t now_ms) const noexcept {
    if (expiry.at_ms == Expiry::kNever) return kNoExpiry;
    if (expiry.at_ms <= now_ms) return now(now_ms);
    if (expiry.at_ms - now_ms > int64_t{kLastTick} * kTickMs) return kLastTick;
    return clamp((expiry.at_ms - base_ms_ + kTickMs - 1) / kTickMs);
  }
  // The same with the ms before that tick.
  [[nodiscard]] constexpr uint64_t exact_expiry(Expiry expiry, int64_t now_ms) const noexcept {
    const uint32_t tick = this->expiry(expiry, now_ms);
    if (tick == kNoExpiry || tick == kLastTick || expiry.at_ms <= now_ms) return tick;
    return tick | static_cast<uint64_t>(expiry_at(tick).at_ms - expiry.at_ms) << kEarlyShift;
  }

 private:
  [[nodiscard]] static constexpr uint32_t clamp(int64_t ticks) noexcept {
    return static_cast<uint32_t>(std::clamp<int64_t>(ticks, 1, kLastTick));
  }

  int64_t base_ms_;
};

// TTL buckets group items that expire about together: one per second below 16 s, then eight per
// octave (12.5 % wide at most) up to 194 days, and one for items that never expire.
inline constexpr size_t kOctaves = 20;
inline constexpr size_t kTtlBuckets = 16 + kOctaves * 8 + 1;
inline constexpr size_t kNeverBucket = kTtlBuckets - 1;

[[nodiscard]] constexpr size_t ttl_bucket(uint32_t expiry, uint32_t now) noexcept {
  if (expiry == kNoExpiry) return kNeverBucket;
  const uint32_t ticks = expiry > now ? expiry - now : 0;
  const uint32_t seconds = (ticks + kTicksPerSecond - 1) / kTicksPerSecond;
  if (seconds < 16) return seconds;
  const auto octave = static_cast<size_t>(std::bit_width(seconds)) - 5;
  const size_t eighth = seconds >> (octave + 1) & 7;
  return std::min(16 + octave * 8 + eighth, kNeverBucket - 1);
}

}  // namespace pelikan
