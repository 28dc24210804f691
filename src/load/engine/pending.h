// The requests of one connection that wait for their answers, in the order they were sent.
//
// Thread safety: the connection's thread only.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "base/assertion.h"
#include "load/engine/wire.h"

namespace pelikan::load {

// A key asked for. A request of n keys is n of these, `more` set in all but the last.
struct Pending {
  int64_t planned_ns = 0;
  int64_t sent_ns = 0;
  KeyReference key;
  Verb verb = Verb::kGet;
  bool more = false;
  bool is_hit = false;
  bool fills = false;
  bool verifies = false;
  bool then_cas = false;
  bool measured = false;
};

class PendingRing {
 public:
  // Room for that many keys; rounded up.
  explicit PendingRing(size_t capacity)
      : mask_(std::bit_ceil(capacity) - 1), slots_(std::make_unique<Pending[]>(mask_ + 1)) {}

  [[nodiscard]] bool is_empty() const noexcept { return head_ == tail_; }
  [[nodiscard]] size_t size() const noexcept { return tail_ - head_; }
  void push(const Pending& pending) noexcept {
    DCHECK(size() <= mask_);
    slots_[tail_++ & mask_] = pending;
  }
  // The i-th oldest. REQUIRES: i < size()
  [[nodiscard]] Pending& operator[](size_t i) noexcept {
    DCHECK(i < size());
    return slots_[(head_ + i) & mask_];
  }
  [[nodiscard]] Pending& front() noexcept { return (*this)[0]; }
  void pop() noexcept { ++head_; }

 private:
  size_t mask_;
  std::unique_ptr<Pending[]> slots_;
  size_t head_ = 0;  // both only count up
  size_t tail_ = 0;
};

}  // namespace pelikan::load
