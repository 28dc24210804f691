// FollowUps: requests that answers called for, in the order they were called for, each when it is
// due. Bounded: what does not fit is refused.
//
// Thread safety: one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>

#include "load/engine/source.h"

namespace pelikan::load {

class FollowUps {
 public:
  static constexpr size_t kCapacity = 64 * 1024;
  static constexpr int64_t kNever = std::numeric_limits<int64_t>::max();

  FollowUps() : slots_(std::make_unique<FollowUp[]>(kCapacity)) {}

  [[nodiscard]] bool push(const FollowUp& what) noexcept {
    if (tail_ - head_ == kCapacity) return false;
    slots_[tail_++ % kCapacity] = what;
    return true;
  }
  // When the first one is due; kNever when there is none. With delays that differ, a later one may
  // be due before, and waits.
  [[nodiscard]] int64_t due_ns() const noexcept {
    return head_ == tail_ ? kNever : slots_[head_ % kCapacity].due_ns;
  }
  // REQUIRES: there is one
  [[nodiscard]] const FollowUp& pop() noexcept { return slots_[head_++ % kCapacity]; }
  void clear() noexcept { head_ = tail_; }

 private:
  std::unique_ptr<FollowUp[]> slots_;
  size_t head_ = 0;  // both only count up
  size_t tail_ = 0;
};

}  // namespace pelikan::load
