#include "storage/seg/kept_items.h"

#include <algorithm>

#include "storage/seg/item_check.h"

namespace pelikan {
namespace {

constexpr size_t kEpochHomes = 256;  // looked at in one epoch

// What the slot leads to is an item that belongs there. Its segment may have been emptied since, if
// the slot was wrong from the start.
bool is_sound(const SegEngine& engine, const Bucket& home, uint64_t value) noexcept {
  const Location location = slot::location(value);
  const Segment& segment = engine.heap[location.segment()];
  const SegmentState state = segment.state.load(std::memory_order_relaxed);
  const bool is_there = state == SegmentState::kSealed || state == SegmentState::kDraining;
  if (!is_there || !came_with_pool(engine, location.segment())) return false;
  if (!is_intact(engine.heap, location)) return false;
  if (ItemRef(engine.heap.at(location)).is_handle()) return false;
  const uint64_t hash = engine.table.hash(ItemRef(engine.heap.at(location)).key());
  const uint64_t pattern = slot::with_kind(value, slot::kLive) & slot::kTagAndKindMask;
  return &engine.table.home(hash) == &home && HashTable::pattern(hash) == pattern;
}

// A slot that came with the pool, checked or not, and leads to nothing that can be served. Under
// the bucket lock.
void drop_slot(SegThread& thread, Bucket& home, uint64_t* slot) noexcept {
  thread.engine.table.clear(home, slot);
  thread.metrics.item_live.add(-1);
  thread.metrics.item_corrupt.add();
}

}  // namespace

uint64_t admit_slot(SegThread& thread, Bucket& home, uint64_t* slot, uint64_t value) noexcept {
  SegEngine& engine = thread.engine;
  engine.kept_slots.fetch_sub(1, std::memory_order_relaxed);
  if (is_sound(engine, home, value)) {
    const uint64_t live = slot::with_kind(value, slot::kLive);
    engine.table.set(slot, live);
    return live;
  }
  drop_slot(thread, home, slot);
  return slot::kEmpty;
}

void admit_kept(SegThread& thread, uint64_t hash) noexcept {
  const HashTable& table = thread.engine.table;
  while (const HashTable::Found kept = table.find_kept(hash)) {
    (void)admit_slot(thread, table.home(hash), kept.slot, kept.value);
  }
}

void admit_home(SegThread& thread, Bucket& home) noexcept {
  const BucketLock lock(home);
  thread.engine.table.visit_all(home, [&](uint64_t* slot, uint64_t value) {
    if (slot::is_kept(value)) (void)admit_slot(thread, home, slot, value);
  });
}

void drop_items_of(SegThread& thread, SegmentId id) noexcept {
  HashTable& table = thread.engine.table;
  const auto drop = [&](Bucket& home) {
    const BucketLock lock(home);
    table.visit_all(home, [&](uint64_t* slot, uint64_t value) {
      if (slot::location(value).segment() != id) return;
      if (slot::is_kept(value)) thread.engine.kept_slots.fetch_sub(1, std::memory_order_relaxed);
      drop_slot(thread, home, slot);
    });
  };
  for (size_t first = 0; first < table.homes().size(); first += kEpochHomes) {
    thread.enter();
    const size_t end = std::min(first + kEpochHomes, table.homes().size());
    for (size_t home = first; home < end; ++home) drop(table.home_at(home));
    thread.leave();
  }
}

}  // namespace pelikan
