// RespHold: CLIENT PAUSE. Requests are held back until a time, all of them or those that write.
//
// Thread safety: all methods from any thread.
#pragma once

#include <atomic>
#include <cstdint>

namespace pelikan {

class RespHold {
 public:
  enum class Mode : uint8_t { kNone, kWrites, kAll };

  // Looked at by every worker once in a turn.
  [[nodiscard]] Mode mode(int64_t now_ms) const noexcept {
    // relaxed: a hold that a worker sees a moment later began or ended a moment later for it.
    if (all_until_ms_.load(std::memory_order_relaxed) > now_ms) [[unlikely]]
      return Mode::kAll;
    if (writes_until_ms_.load(std::memory_order_relaxed) > now_ms) [[unlikely]]
      return Mode::kWrites;
    return Mode::kNone;
  }
  // A longer hold that is on already stays.
  void begin(Mode mode, int64_t until_ms) noexcept {
    std::atomic<int64_t>& until = mode == Mode::kAll ? all_until_ms_ : writes_until_ms_;
    int64_t before = until.load(std::memory_order_relaxed);
    while (before < until_ms &&
           !until.compare_exchange_weak(before, until_ms, std::memory_order_relaxed)) {
    }
  }
  void end() noexcept {
    all_until_ms_.store(0, std::memory_order_relaxed);
    writes_until_ms_.store(0, std::memory_order_relaxed);
  }

 private:
  // Written by the worker that a client asked, read by all.
  std::atomic<int64_t> all_until_ms_{0};
  std::atomic<int64_t> writes_until_ms_{0};
};

}  // namespace pelikan
