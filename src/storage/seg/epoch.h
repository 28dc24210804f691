// Epochs: when nobody can hold on to retired memory any more.
//
// Each thread has a line: 0 outside an epoch, else the global epoch it entered with. Memory is
// unlinked first, then retired with the number retire() draws; it may be reused when every line is
// 0 or not older.
//
// Why the orders suffice: horizon() reads a line by read-modify-write, so in that line's order it
// stands either behind the thread's exchange, and sees the thread, or before it; then the exchange
// reads from it (acq_rel on both) and the thread sees everything that was unlinked before
// horizon(). No fence is needed, which the thread sanitizer would not follow.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>

#include "base/assertion.h"
#include "storage/seg/step.h"

namespace pelikan {

class EpochDomain {
 public:
  explicit EpochDomain(size_t lines) : lines_(new Line[lines]), count_(lines) {}

  // A free line, for one thread; empty when all are taken.
  [[nodiscard]] std::optional<size_t> claim_line() noexcept {
    for (size_t i = 0; i < count_; ++i) {
      // acquire pairs with give_back_line: the line's next owner sees it at 0.
      if (!lines_[i].claimed.exchange(true, std::memory_order_acquire)) return i;
    }
    return std::nullopt;
  }
  void give_back_line(size_t line) noexcept {
    DCHECK(!is_inside(line));
    lines_[line].claimed.store(false, std::memory_order_release);
  }

  // By the line's own thread.
  void enter(size_t line) noexcept {
    DCHECK(!is_inside(line));
    const uint64_t epoch = global_.load(std::memory_order_acquire);
    PELIKAN_STEP("epoch.enter");
    lines_[line].epoch.exchange(epoch, std::memory_order_acq_rel);
  }
  // release: what was read inside is read before the memory is reused.
  void leave(size_t line) noexcept { lines_[line].epoch.store(0, std::memory_order_release); }
  // relaxed: the thread reads what it wrote itself.
  [[nodiscard]] bool is_inside(size_t line) const noexcept {
    return lines_[line].epoch.load(std::memory_order_relaxed) != 0;
  }

  // The number under which what was unlinked before is retired.
  [[nodiscard]] uint64_t retire() noexcept {
    return global_.fetch_add(1, std::memory_order_acq_rel) + 1;
  }
  // What was retired with at most this number can be reused.
  [[nodiscard]] uint64_t horizon() noexcept {
    uint64_t oldest = std::numeric_limits<uint64_t>::max();
    for (size_t i = 0; i < count_; ++i) {
      const uint64_t epoch = lines_[i].epoch.fetch_add(0, std::memory_order_acq_rel);
      if (epoch != 0 && epoch < oldest) oldest = epoch;
    }
    return oldest;
  }

 private:
  struct alignas(64) Line {
    std::atomic<uint64_t> epoch{0};
    std::atomic<bool> claimed{false};
  };

  std::unique_ptr<Line[]> lines_;
  size_t count_;
  alignas(64) std::atomic<uint64_t> global_{1};
};

}  // namespace pelikan
