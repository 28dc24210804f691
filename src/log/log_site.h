// LogSite: one LOG_ statement in the code, which may write so many lines a second and no more: what
// goes wrong for one request often goes wrong for each of them.
//
// Thread safety: all methods from any thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>

namespace pelikan {

class LogSite {
 public:
  // Empty: this second has had its lines, leave this one out. Else write it, and say how many were
  // left out since the last line that was written.
  [[nodiscard]] std::optional<uint64_t> admit(int64_t now_s, uint64_t lines_per_second) noexcept {
    // relaxed throughout: threads agree on the numbers themselves, which order nothing else.
    uint64_t seen = state_.load(std::memory_order_relaxed);
    uint64_t next = 0;
    do {
      const bool same_second = seen >> kCountBits == static_cast<uint64_t>(now_s) + 1;
      next = same_second ? seen + 1 : ((static_cast<uint64_t>(now_s) + 1) << kCountBits) + 1;
      if ((next & kCountMask) > lines_per_second) {
        left_out_.fetch_add(1, std::memory_order_relaxed);
        return std::nullopt;
      }
    } while (!state_.compare_exchange_weak(seen, next, std::memory_order_relaxed));
    return left_out_.exchange(0, std::memory_order_relaxed);
  }

 private:
  static constexpr unsigned kCountBits = 24;
  static constexpr uint64_t kCountMask = (uint64_t{1} << kCountBits) - 1;

  std::atomic<uint64_t> state_{
      0};  // the second (plus one: 0 is never), and its lines so far in the low bits
  std::atomic<uint64_t> left_out_{0};
};

}  // namespace pelikan
