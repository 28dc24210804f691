// Time that threads turn while others read it.
#pragma once

#include <atomic>
#include <cstdint>

#include "base/clock.h"

namespace pelikan::test {

class TurningTime final : public TimeSource {
 public:
  [[nodiscard]] int64_t boot_ms() const noexcept override {
    // relaxed: a reading may be a little old, as any clock's.
    return now_ms_.load(std::memory_order_relaxed);
  }
  [[nodiscard]] int64_t unix_ms() const noexcept override { return boot_ms() + kUnixAheadMs; }
  [[nodiscard]] int64_t precise_ns() const noexcept override { return boot_ms() * 1'000'000; }

  void advance_ms(int64_t ms) noexcept { now_ms_.fetch_add(ms, std::memory_order_relaxed); }

 private:
  static constexpr int64_t kUnixAheadMs = 1'699'999'000'000;

  std::atomic<int64_t> now_ms_{1'000'000};
};

}  // namespace pelikan::test
