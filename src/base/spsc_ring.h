// SpscRing: a bounded queue from one thread to one other, without locks.
//
// Thread safety: push() from one thread, pop() from one other; is_empty() from the popping one.
#pragma once

#include <atomic>
#include <bit>
#include <cstddef>
#include <memory>
#include <optional>
#include <utility>

namespace pelikan {

template <class T>
class SpscRing {
 public:
  // Holds at least `capacity` elements.
  explicit SpscRing(size_t capacity)
      : mask_(std::bit_ceil(capacity) - 1), slots_(std::make_unique<T[]>(mask_ + 1)) {}

  // Moves the element in. False when the ring is full; then the element is untouched.
  [[nodiscard]] bool push(T& element) noexcept {
    const size_t tail = tail_.load(std::memory_order_relaxed);
    // acquire: meets pop()'s release, so a slot is written only after its element was moved out.
    if (tail - head_.load(std::memory_order_acquire) > mask_) return false;
    slots_[tail & mask_] = std::move(element);
    // release: meets pop()'s acquire, so the element is whole when it is seen.
    tail_.store(tail + 1, std::memory_order_release);
    return true;
  }

  [[nodiscard]] std::optional<T> pop() noexcept {
    const size_t head = head_.load(std::memory_order_relaxed);
    if (head == tail_.load(std::memory_order_acquire)) return std::nullopt;
    std::optional<T> element(std::move(slots_[head & mask_]));
    head_.store(head + 1, std::memory_order_release);
    return element;
  }

  [[nodiscard]] bool is_empty() const noexcept {
    return head_.load(std::memory_order_relaxed) == tail_.load(std::memory_order_acquire);
  }

 private:
  static constexpr size_t kCacheLine = 64;

  const size_t mask_;
  const std::unique_ptr<T[]> slots_;
  alignas(kCacheLine) std::atomic<size_t> tail_{0};  // written by push()
  alignas(kCacheLine) std::atomic<size_t> head_{0};  // written by pop()
};

}  // namespace pelikan
