// How a heap's segments get over a restart: SegmentHeap::settle(), record() and resume().
#include <limits>
#include <vector>

#include "base/assertion.h"
#include "storage/seg/item_check.h"
#include "storage/seg/segment_heap.h"

namespace pelikan {

void SegmentHeap::settle() noexcept {
  for (size_t bucket = 0; bucket < kTtlBuckets; ++bucket) {
    const SegmentId id = open_.at(bucket);
    if (id != kNoSegment) seal(id);
  }
  reclaim();
  CHECK(pending_count() == 0);
}

HeapRecord SegmentHeap::record() const noexcept {
  return {.next_sequence = next_sequence_.load(std::memory_order_relaxed),
          .flush_horizon = flush_horizon_.load(std::memory_order_relaxed),
          .flush_at_ms = flush_at_ms_.load(std::memory_order_relaxed)};
}

std::vector<SegmentRecord> SegmentHeap::segment_records() const {
  using Role = SegmentRecord::Role;
  std::vector<SegmentRecord> records;
  const auto add = [&](SegmentId id, Role role) {
    const Segment& segment = segments_[id];
    records.push_back({.sequence = segment.opened(),
                       .id = id,
                       .end = static_cast<uint32_t>(segment.end()),
                       .dead_bytes = segment.dead_bytes.load(std::memory_order_relaxed),
                       .deadline = segment.deadline.load(std::memory_order_relaxed),
                       .ttl_bucket = segment.ttl_bucket,
                       .role = role});
  };
  for (SegmentId id = sealed_.front(); id != kNoSegment; id = sealed_.after(id)) {
    const bool is_head = segments_[id].segment_class == SegmentClass::kLargeHead;
    add(id, is_head ? Role::kLargeHead : Role::kItems);
    for (const SegmentId body : bodies(id)) add(body, Role::kBody);
  }
  return records;
}

void SegmentHeap::resume(const HeapRecord& heap, std::span<const SegmentRecord> records,
                         uint32_t now_tick) {
  const std::lock_guard lock(mutex_);
  next_sequence_.store(heap.next_sequence, std::memory_order_relaxed);
  flush_horizon_.store(heap.flush_horizon, std::memory_order_relaxed);
  flush_at_ms_.store(heap.flush_at_ms, std::memory_order_relaxed);
  wheel_.begin_at(now_tick);
  while (!records.empty()) {
    size_t count = 1;
    while (count < records.size() && records[count].role == SegmentRecord::Role::kBody) ++count;
    resume_item_run(records.first(count));
    records = records.subspan(count);
  }
  free_count_.store(free_.size(), std::memory_order_relaxed);
}

// A segment, with those that go on behind it. What is not as it must be stays free.
void SegmentHeap::resume_item_run(std::span<const SegmentRecord> run) {
  std::vector<SegmentId> bodies;
  size_t taken = 0;
  while (taken < run.size() && take_over(run[taken])) {
    if (taken > 0) bodies.push_back(run[taken].id);
    ++taken;
  }
  const SegmentRecord& head = run.front();
  const bool is_large = head.role == SegmentRecord::Role::kLargeHead;
  const bool is_whole = taken == run.size() && head.role != SegmentRecord::Role::kBody &&
                        (is_large ? has_bodies(*this, head.id, bodies) : bodies.empty());
  if (is_whole) {
    queue_sealed(head.id);
    retire_if_all_dead(head.id);
    return;
  }
  for (size_t i = 0; i < taken; ++i) {
    segments_[run[i].id].segment_class = SegmentClass::kItems;
    push_free(run[i].id);
  }
}

// False: it cannot be true of a segment of this heap, or one has been like it before.
bool SegmentHeap::take_over(const SegmentRecord& record) noexcept {
  const bool is_possible =
      record.id < segments_.size() && record.end <= segment_bytes() &&
      record.dead_bytes <= record.end && record.ttl_bucket < kTtlBuckets &&
      record.sequence < next_sequence_.load(std::memory_order_relaxed) &&
      segments_[record.id].state.load(std::memory_order_relaxed) == SegmentState::kFree;
  if (!is_possible) return false;
  Segment& segment = segments_[record.id];
  free_.remove(record.id);
  set_state(segment, SegmentState::kLarge);
  segment.sequence.store(record.sequence, std::memory_order_relaxed);
  segment.tail.store(record.end | Segment::kSealedBit, std::memory_order_relaxed);
  segment.dead_bytes.store(record.dead_bytes, std::memory_order_relaxed);
  segment.deadline.store(record.deadline, std::memory_order_relaxed);
  segment.ttl_bucket = record.ttl_bucket;
  segment.segment_class = record.role == SegmentRecord::Role::kLargeHead ? SegmentClass::kLargeHead
                                                                         : SegmentClass::kItems;
  return true;
}

}  // namespace pelikan
