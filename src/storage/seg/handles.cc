#include "storage/seg/handles.h"

#include <utility>

namespace pelikan {

Handles::~Handles() {
  for (Handled* list : {first_, gone_.load(std::memory_order_relaxed)}) {
    while (list != nullptr) delete std::exchange(list, list->next_);
  }
}

bool Handles::hold(Handled& handled) noexcept {
  uint32_t holders = handled.holders_.load(std::memory_order_relaxed);
  while (holders != 0) {
    if (handled.holders_.compare_exchange_weak(holders, holders + 1, std::memory_order_relaxed))
      return true;
  }
  return false;
}

bool Handles::let_go(Handled& handled) noexcept {
  // acq_rel: whoever deletes it has seen what every holder did with it.
  if (handled.holders_.fetch_sub(1, std::memory_order_acq_rel) != 1) return false;
  waiting_.fetch_add(1, std::memory_order_relaxed);
  handled.next_ = gone_.load(std::memory_order_relaxed);
  while (!gone_.compare_exchange_weak(handled.next_, &handled, std::memory_order_release,
                                      std::memory_order_relaxed)) {
  }
  return true;
}

bool Handles::charge(Handled& handled, size_t bytes) noexcept {
  const size_t before = handled.charged_.exchange(bytes, std::memory_order_relaxed);
  return before != bytes && count(static_cast<int64_t>(bytes) - static_cast<int64_t>(before));
}

bool Handles::count(int64_t bytes) noexcept {
  const auto change = static_cast<size_t>(bytes);  // modulo 2^64
  const size_t all = charged_.fetch_add(change, std::memory_order_relaxed) + change;
  const size_t needed = (all + segment_bytes_ - 1) / segment_bytes_;
  size_t segments = segments_.load(std::memory_order_relaxed);
  const auto differs = [&] { return needed > segments || needed + 1 < segments || needed == 0; };
  while (segments != needed && differs()) {
    if (segments_.compare_exchange_weak(segments, needed, std::memory_order_relaxed)) return true;
  }
  return false;
}

// All of them left their items before the number was drawn.
void Handles::queue_gone(EpochDomain& epochs) noexcept {
  Handled* const newest = gone_.exchange(nullptr, std::memory_order_acquire);
  if (newest == nullptr) return;
  const uint64_t epoch = epochs.retire();
  Handled* before = nullptr;
  for (Handled* at = newest; at != nullptr;) {  // turns the stack around
    at->epoch_ = epoch;
    Handled* const next = std::exchange(at->next_, before);
    before = std::exchange(at, next);
  }
  (last_ == nullptr ? first_ : last_->next_) = before;
  last_ = newest;
}

bool Handles::collect(EpochDomain& epochs) noexcept {
  const std::unique_lock lock(mutex_, std::try_to_lock);
  if (!lock) return false;
  queue_gone(epochs);
  if (first_ == nullptr) return false;
  bool has_changed = false;
  const uint64_t horizon = epochs.horizon();
  for (int step = 0; step < kStepsAtOnce && first_ != nullptr; ++step) {
    if (first_->epoch_ > horizon) break;
    const size_t left = first_->destroy_some();
    has_changed |= charge(*first_, left);
    if (left != 0) continue;
    Handled* const done = std::exchange(first_, first_->next_);
    if (first_ == nullptr) last_ = nullptr;
    delete done;
    waiting_.fetch_sub(1, std::memory_order_relaxed);
  }
  return has_changed;
}

}  // namespace pelikan
