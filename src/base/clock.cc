#include "base/clock.h"

#include <ctime>

namespace pelikan {
namespace {

timespec read_clock(clockid_t id) noexcept {
  timespec time{};
  clock_gettime(id, &time);  // cannot fail for the clocks named here
  return time;
}

int64_t to_ms(const timespec& time) noexcept {
  return int64_t{time.tv_sec} * 1000 + time.tv_nsec / 1'000'000;
}

}  // namespace

int64_t SystemTime::boot_ms() const noexcept { return to_ms(read_clock(CLOCK_BOOTTIME)); }
int64_t SystemTime::unix_ms() const noexcept { return to_ms(read_clock(CLOCK_REALTIME)); }
int64_t SystemTime::precise_ns() const noexcept {
  const timespec time = read_clock(CLOCK_MONOTONIC);
  return int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

}  // namespace pelikan
