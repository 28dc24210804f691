// Time as the servers use it. TTLs run on CLOCK_BOOTTIME (suspend counts, wall-clock jumps do not);
// the wall clock serves only to convert absolute expiry times; latency is measured in nanoseconds
// of CLOCK_MONOTONIC. A thread reads the time once per round of its loop into its Clock and passes
// that on.
#pragma once

#include <cstdint>

namespace pelikan {

// Where time comes from: the system, or a test that turns it by hand.
class TimeSource {
 public:
  virtual ~TimeSource() = default;
  [[nodiscard]] virtual int64_t boot_ms() const noexcept = 0;  // CLOCK_BOOTTIME, milliseconds
  [[nodiscard]] virtual int64_t unix_ms()
      const noexcept = 0;  // wall clock, milliseconds since 1970
  [[nodiscard]] virtual int64_t precise_ns() const noexcept = 0;  // CLOCK_MONOTONIC, nanoseconds
};

// The kernel's clocks. Stateless: one instance serves all threads.
class SystemTime final : public TimeSource {
 public:
  [[nodiscard]] int64_t boot_ms() const noexcept override;
  [[nodiscard]] int64_t unix_ms() const noexcept override;
  [[nodiscard]] int64_t precise_ns() const noexcept override;
};

// Time that stands still until a test turns it.
class FakeTime final : public TimeSource {
 public:
  explicit FakeTime(int64_t boot_ms = 1'000'000, int64_t unix_ms = 1'700'000'000'000) noexcept
      : boot_ms_(boot_ms), unix_ms_(unix_ms) {}
  [[nodiscard]] int64_t boot_ms() const noexcept override { return boot_ms_; }
  [[nodiscard]] int64_t unix_ms() const noexcept override { return unix_ms_; }
  [[nodiscard]] int64_t precise_ns() const noexcept override { return boot_ms_ * 1'000'000; }

  void advance_ms(int64_t ms) noexcept { boot_ms_ += ms, unix_ms_ += ms; }
  void jump_wall_clock_ms(int64_t ms) noexcept { unix_ms_ += ms; }

 private:
  int64_t boot_ms_;
  int64_t unix_ms_;
};

// One thread's coarse clock. Thread safety: used by its own thread only.
class Clock {
 public:
  explicit Clock(const TimeSource& source) noexcept : source_(source) { refresh(); }

  // Reads the time; called once per round of the event loop.
  void refresh() noexcept { now_ms_ = source_.boot_ms(); }

  // CLOCK_BOOTTIME in milliseconds, as of the last refresh().
  [[nodiscard]] int64_t now_ms() const noexcept { return now_ms_; }
  // The wall clock, read anew: for absolute expiry times only.
  [[nodiscard]] int64_t unix_ms() const noexcept { return source_.unix_ms(); }
  [[nodiscard]] int64_t precise_ns() const noexcept { return source_.precise_ns(); }

 private:
  const TimeSource& source_;
  int64_t now_ms_ = 0;
};

}  // namespace pelikan
