// LineRing: whole lines on their way from the thread that writes them to the one that puts them
// into a file. The bytes of the lines lie one after the other, so the file takes them from where
// they are.
//
// Thread safety: push() from one thread; the rest from one other.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>

namespace pelikan {

class LineRing {  // NOLINT(clang-analyzer-optin.performance.Padding): two threads' lines apart
 public:
  // Holds `bytes`, rounded up to a power of two.
  explicit LineRing(size_t bytes)
      : mask_(std::bit_ceil(bytes) - 1),
        bytes_(std::make_unique_for_overwrite<char[]>(mask_ + 1)) {}

  // Appends the line; false when it does not fit now, and nothing was appended.
  [[nodiscard]] bool push(std::string_view line) noexcept {
    const size_t tail = tail_.load(std::memory_order_relaxed);
    // acquire: meets drop()'s release, so bytes are overwritten only after the file took them.
    const size_t used = tail - head_.load(std::memory_order_acquire);
    if (line.size() > mask_ + 1 - used) return false;
    const size_t at = tail & mask_;
    const size_t to_end = std::min(line.size(), mask_ + 1 - at);
    std::memcpy(&bytes_[at], line.data(), to_end);
    if (to_end != line.size()) [[unlikely]]
      std::memcpy(&bytes_[0], line.data() + to_end, line.size() - to_end);
    // release: meets pending()'s acquire, so a line is seen only when it is whole.
    tail_.store(tail + line.size(), std::memory_order_release);
    return true;
  }

  // All bytes there are, oldest first: whole lines, but for a start that was dropped. In two parts,
  // for the memory's end may lie between; the second is empty when it does not. Valid until drop().
  [[nodiscard]] std::array<std::string_view, 2> pending() const noexcept {
    const size_t head = head_.load(std::memory_order_relaxed);
    const size_t used = tail_.load(std::memory_order_acquire) - head;
    const size_t to_end = std::min(used, mask_ + 1 - (head & mask_));
    return {std::string_view(&bytes_[head & mask_], to_end),
            std::string_view(&bytes_[0], used - to_end)};
  }
  [[nodiscard]] bool is_empty() const noexcept { return pending()[0].empty(); }

  // Forgets the oldest n bytes. REQUIRES: so many are pending
  void drop(size_t n) noexcept {
    head_.store(head_.load(std::memory_order_relaxed) + n, std::memory_order_release);
  }

 private:
  static constexpr size_t kCacheLine = 64;

  const size_t mask_;
  const std::unique_ptr<char[]> bytes_;
  // Ever-growing positions: a byte's place is its position & mask_.
  alignas(kCacheLine) std::atomic<size_t> tail_{0};  // written by push()
  alignas(kCacheLine) std::atomic<size_t> head_{0};  // written by drop()
};

}  // namespace pelikan
