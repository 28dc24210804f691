#include "storage/seg/segment_heap.h"

#include <cstring>

#include "base/assertion.h"
#include "storage/seg/large_value.h"
#include "storage/seg/step.h"

namespace pelikan {

// What a policy may choose from: looks once at the epochs, however often it is asked.
class SegmentHeap::Ready final : public EvictionCandidates {
 public:
  explicit Ready(const SegmentHeap& heap) noexcept
      : heap_(heap), horizon_(heap.epochs_.horizon()) {}

  [[nodiscard]] bool is_ready(SegmentId id) const noexcept {
    return is_sealed(id) && heap_.segments_[id].retire_epoch <= horizon_;
  }
  [[nodiscard]] SegmentId oldest() const noexcept override {
    SegmentId id = heap_.sealed_.front();
    while (id != kNoSegment && !is_sealed(id)) id = heap_.sealed_.after(id);  // being drained
    return id != kNoSegment && is_ready(id) ? id : kNoSegment;  // the others are younger
  }

 private:
  [[nodiscard]] bool is_sealed(SegmentId id) const noexcept {
    return heap_.segments_[id].state.load(std::memory_order_relaxed) == SegmentState::kSealed;
  }

  const SegmentHeap& heap_;
  uint64_t horizon_;
};

SegmentHeap::SegmentHeap(const SegGeometry& geometry, const Memory& memory, EpochDomain& epochs,
                         SegHeapMetrics& metrics) noexcept
    : memory_(memory.bytes, geometry.segment_shift),
      segments_(memory.segments),
      check_bytes_(geometry.check_bytes),
      receive_max_(geometry.receive_max(geometry.segments)),
      epochs_(epochs),
      metrics_(metrics),
      open_(SegGeometry::open_max(geometry.segments)),
      free_(segments_),
      sealed_(segments_),
      limbo_(segments_),
      withheld_(segments_),
      wheel_(segments_, memory.wheel_cells) {
  for (size_t id = 0; id < segments_.size(); ++id) push_free(static_cast<SegmentId>(id));
}

// relaxed: changed under the mutex alone; others read it as a hint.
void SegmentHeap::set_state(Segment& segment, SegmentState state) noexcept {
  segment.state.store(state, std::memory_order_relaxed);
}

void SegmentHeap::push_free(SegmentId id) noexcept {
  set_state(segments_[id], SegmentState::kFree);
  free_.push_back(id);
  free_count_.store(free_.size(), std::memory_order_relaxed);
}

// A free segment as new; its state and sequence are the caller's to set.
SegmentId SegmentHeap::pop_free() noexcept {
  if (free_.size() == 0) reclaim_locked();
  if (free_.size() == 0) return kNoSegment;
  const SegmentId id = free_.pop_front();
  free_count_.store(free_.size(), std::memory_order_relaxed);
  Segment& segment = segments_[id];
  segment.dead_bytes.store(0, std::memory_order_relaxed);
  segment.deadline.store(kNoExpiry, std::memory_order_relaxed);
  segment.cursor = 0;
  segment.drain = DrainKind::kEvict;
  segment.segment_class = SegmentClass::kItems;
  segment.tail.store(0, std::memory_order_relaxed);
  return id;
}

SegmentId SegmentHeap::open(size_t bucket) noexcept {
  const std::lock_guard lock(mutex_);
  if (const SegmentId id = open_.get(bucket); id != kNoSegment) return id;
  const SegmentId id = pop_free();
  if (id == kNoSegment) return kNoSegment;
  Segment& segment = segments_[id];
  segment.ttl_bucket = static_cast<uint16_t>(bucket);
  segment.sequence.store(draw_sequence(), std::memory_order_relaxed);
  set_state(segment, SegmentState::kOpen);
  open_.set(bucket, id);
  metrics_.open.add();
  return id;
}

void SegmentHeap::seal(SegmentId id) noexcept {
  segments_[id].mark_sealed();
  PELIKAN_STEP("seal.marked");
  const std::lock_guard lock(mutex_);
  // Whoever comes first does the rest; nobody waits for the one that set the bit.
  if (segments_[id].state.load(std::memory_order_relaxed) == SegmentState::kOpen) seal_locked(id);
}

void SegmentHeap::seal_locked(SegmentId id) noexcept {
  open_.clear(segments_[id].ttl_bucket);
  queue_sealed(id);
  retire_if_all_dead(id);
}

// The grace period begins: writers that still hold a reservation here are in older epochs.
void SegmentHeap::queue_sealed(SegmentId id) noexcept {
  Segment& segment = segments_[id];
  set_state(segment, SegmentState::kSealed);
  segment.retire_epoch = epochs_.retire();
  sealed_.push_back(id);
  const uint32_t deadline = segment.deadline.load(std::memory_order_relaxed);
  if (deadline != kNoExpiry) wheel_.insert(id, deadline);
}

std::optional<SegmentId> SegmentHeap::take_large(const LargeLayout& layout) noexcept {
  const std::lock_guard lock(mutex_);
  const size_t wanted = layout.bodies + 1;
  if (received_ + wanted > receive_max_) return std::nullopt;
  if (free_.size() < wanted) reclaim_locked();
  if (free_.size() < wanted) return std::nullopt;
  received_ += wanted;
  const SegmentId head = pop_large(layout.used(0));
  segments_[head].segment_class = SegmentClass::kLargeHead;
  const auto value_bytes = static_cast<uint32_t>(layout.value_bytes);
  std::memcpy(at(head) + layout.size_offset(), &value_bytes, sizeof value_bytes);
  for (size_t i = 0; i < layout.bodies; ++i) {
    const SegmentId body = pop_large(layout.used(i + 1));
    std::memcpy(at(head) + layout.ids_offset() + i * sizeof body, &body, sizeof body);
  }
  return head;
}

SegmentId SegmentHeap::pop_large(size_t used) noexcept {
  const SegmentId id = pop_free();
  set_state(segments_[id], SegmentState::kLarge);
  segments_[id].tail.store(used | Segment::kSealedBit, std::memory_order_relaxed);
  return id;
}

std::span<const SegmentId> SegmentHeap::bodies(SegmentId head) const noexcept {
  if (segments_[head].segment_class != SegmentClass::kLargeHead) return {};
  return large_bodies(at(head), segment_bytes());
}

void SegmentHeap::give_back_large(SegmentId head) noexcept {
  const std::lock_guard lock(mutex_);
  const auto rest = bodies(head);
  received_ -= 1 + rest.size();
  for (const SegmentId body : rest) push_free(body);
  push_free(head);
}

void SegmentHeap::seal_head(SegmentId head) noexcept {
  const std::lock_guard lock(mutex_);
  received_ -= 1 + bodies(head).size();
  segments_[head].sequence.store(draw_sequence(), std::memory_order_relaxed);
  queue_sealed(head);
}

void SegmentHeap::begin_drain(SegmentId id, DrainKind kind) noexcept {
  Segment& segment = segments_[id];
  // A drain that was broken off goes on; one of another kind begins at the start.
  if (segment.drain != kind) segment.cursor = 0;
  segment.drain = kind;
  wheel_.remove(id);
  set_state(segment, SegmentState::kDraining);
  pending_count_.fetch_add(1, std::memory_order_relaxed);
}

SegmentId SegmentHeap::take_due(uint32_t now_tick) noexcept {
  const std::lock_guard lock(mutex_);
  const SegmentId id = wheel_.pop_due(now_tick);
  if (id == kNoSegment) return kNoSegment;
  if (!Ready(*this).is_ready(id)) {  // its writers are still at work
    wheel_.insert(id, now_tick + kTicksPerSecond);
    return kNoSegment;
  }
  const bool moves = segments_[id].drain == DrainKind::kRelocate;
  begin_drain(id, moves ? DrainKind::kRelocate : DrainKind::kExpire);
  return id;
}

SegmentId SegmentHeap::take_victim(EvictionPolicy& policy) noexcept {
  const std::lock_guard lock(mutex_);
  const SegmentId id = policy.pick_victim(Ready(*this));
  if (id != kNoSegment) begin_drain(id, DrainKind::kEvict);
  return id;
}

bool SegmentHeap::take_flushed(SegmentId id, uint64_t horizon) noexcept {
  const std::lock_guard lock(mutex_);
  // It may have been reused since the caller looked at it.
  if (segments_[id].opened() >= horizon || !Ready(*this).is_ready(id)) return false;
  begin_drain(id, DrainKind::kFlush);
  return true;
}

void SegmentHeap::put_back(SegmentId id, uint32_t tick) noexcept {
  const std::lock_guard lock(mutex_);
  set_state(segments_[id], SegmentState::kSealed);
  pending_count_.fetch_sub(1, std::memory_order_relaxed);
  const uint32_t deadline = segments_[id].deadline.load(std::memory_order_relaxed);
  const uint32_t due = tick != kNoExpiry ? tick : deadline;
  if (due != kNoExpiry) wheel_.insert(id, due);
  retire_if_all_dead(id);  // its last item may have died while its deleter had to leave it alone
}

void SegmentHeap::retire(SegmentId id) noexcept {
  const std::lock_guard lock(mutex_);
  pending_count_.fetch_sub(1, std::memory_order_relaxed);
  retire_locked(id);
}

void SegmentHeap::retire_if_unused(SegmentId id) noexcept {
  const std::lock_guard lock(mutex_);
  const SegmentState state = segments_[id].state.load(std::memory_order_relaxed);
  if (state == SegmentState::kSealed) retire_if_all_dead(id);
}

void SegmentHeap::retire_if_all_dead(SegmentId id) noexcept {
  if (!segments_[id].is_all_dead()) return;
  metrics_.empty.add();
  retire_locked(id);
}

// REQUIRES: in the sealed queue
void SegmentHeap::retire_locked(SegmentId id) noexcept {
  const uint64_t epoch = epochs_.retire();
  const auto enter_limbo = [&](SegmentId member) {
    set_state(segments_[member], SegmentState::kLimbo);
    segments_[member].retire_epoch = epoch;
    limbo_.push_back(member);
    pending_count_.fetch_add(1, std::memory_order_relaxed);
  };
  sealed_.remove(id);
  wheel_.remove(id);
  for (const SegmentId body : bodies(id)) enter_limbo(body);
  enter_limbo(id);
}

void SegmentHeap::note_expiry(SegmentId id, uint32_t tick) noexcept {
  Segment& segment = segments_[id];
  uint32_t none = kNoExpiry;
  if (!segment.deadline.compare_exchange_strong(none, tick, std::memory_order_relaxed)) return;
  // Open, it comes into the wheel when it is sealed; drained, when it is put back.
  const std::lock_guard lock(mutex_);
  const bool is_sealed = segment.state.load(std::memory_order_relaxed) == SegmentState::kSealed;
  if (is_sealed && segment.wheel_cell == Segment::kNoCell) wheel_.insert(id, tick);
}

size_t SegmentHeap::reclaim() noexcept {
  const std::lock_guard lock(mutex_);
  reclaim_locked();
  return free_.size();
}

void SegmentHeap::reclaim_locked() noexcept {
  if (limbo_.size() == 0) return;
  const uint64_t horizon = epochs_.horizon();
  while (limbo_.size() != 0 && segments_[limbo_.front()].retire_epoch <= horizon) {
    push_free(limbo_.pop_front());
    pending_count_.fetch_sub(1, std::memory_order_relaxed);
  }
}

void SegmentHeap::limit(const SegGeometry& geometry, size_t usable) noexcept {
  const std::lock_guard lock(mutex_);
  to_withhold_ = segments_.size() - usable;
  receive_max_ = geometry.receive_max(usable);
  open_.set_max(SegGeometry::open_max(usable));
  count_withheld();
}

void SegmentHeap::count_withheld() noexcept {
  const size_t count = withheld_.size();
  withheld_count_.store(count, std::memory_order_relaxed);
  excess_.store(to_withhold_ > count ? to_withhold_ - count : 0, std::memory_order_relaxed);
}

SegmentId SegmentHeap::withhold(size_t keep) noexcept {
  const std::lock_guard lock(mutex_);
  if (withheld_.size() >= to_withhold_ || free_.size() <= keep) return kNoSegment;
  const SegmentId id = free_.pop_front();
  free_count_.store(free_.size(), std::memory_order_relaxed);
  set_state(segments_[id], SegmentState::kWithheld);
  withheld_.push_back(id);
  count_withheld();
  return id;
}

void SegmentHeap::restore() noexcept {
  const std::lock_guard lock(mutex_);
  while (withheld_.size() > to_withhold_) push_free(withheld_.pop_front());
  count_withheld();
}

void SegmentHeap::flush(int64_t at_ms, int64_t now_ms) noexcept {
  const std::lock_guard lock(mutex_);
  if (at_ms <= now_ms) {
    flush_now();
  } else {
    flush_at_ms_.store(at_ms, std::memory_order_relaxed);
  }
}

bool SegmentHeap::perform_due_flush(int64_t now_ms) noexcept {
  const std::lock_guard lock(mutex_);
  if (!is_flush_due(now_ms)) return false;
  flush_now();
  return true;
}

void SegmentHeap::flush_now() noexcept {
  flush_at_ms_.store(kNoFlush, std::memory_order_relaxed);
  flush_horizon_.store(next_sequence_.load(std::memory_order_relaxed), std::memory_order_release);
}

void SegmentHeap::end_sweep(uint64_t horizon) noexcept {
  PELIKAN_STEP("sweep.clean");
  const std::lock_guard lock(mutex_);
  if (flush_horizon_.load(std::memory_order_relaxed) != horizon) return;  // flushed again
  flush_horizon_.store(0, std::memory_order_release);
}

}  // namespace pelikan
