// memcached's exptime, as a store's Expiry. Source: memcached's doc/protocol.txt, "Expiration
// times".
#pragma once

#include <cstdint>

#include "base/clock.h"
#include "storage/store.h"

namespace pelikan {

// Longer times are points in time: seconds since 1970.
inline constexpr int64_t kMaxRelativeExptime = int64_t{30} * 24 * 60 * 60;

// 0: never; negative: stored, but dead at once; up to 30 days: seconds from now; above: a point in
// time, dead at once when it has passed. Takes all of 64 bits: what is too far away to be counted
// never comes.
[[nodiscard]] inline Expiry expiry_of(int64_t exptime, const Clock& clock) noexcept {
  if (exptime == 0) return {};
  const int64_t now_ms = clock.now_ms();
  if (exptime < 0) return {now_ms};
  if (exptime <= kMaxRelativeExptime) return {now_ms + exptime * 1000};
  constexpr int64_t kFarthestMs = int64_t{1} << 60;  // leaves room for the sums below
  if (exptime > kFarthestMs / 1000) return {};
  const int64_t left_ms = exptime * 1000 - clock.unix_ms();
  return {left_ms > 0 ? now_ms + left_ms : now_ms};
}

// The same for the delay of flush_all, where 0 is now.
[[nodiscard]] inline Expiry flush_time_of(int64_t delay, const Clock& clock) noexcept {
  return delay == 0 ? Expiry{clock.now_ms()} : expiry_of(delay, clock);
}

// Whole seconds until an item dies, -1: never. A second that has begun counts, but for the 125 ms
// that a store may add to a time to live.
[[nodiscard]] inline int64_t seconds_left(Expiry expiry, const Clock& clock) noexcept {
  if (expiry.at_ms == Expiry::kNever) return -1;
  constexpr int64_t kAddedMs = 125;
  const int64_t left_ms = expiry.at_ms - clock.now_ms() - kAddedMs;
  return left_ms <= 0 ? 0 : (left_ms + 999) / 1000;
}

}  // namespace pelikan
