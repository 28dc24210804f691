// Items that came with a pool: nothing of them was read when the store was attached. Their slots
// are of a kind of their own, so that a look-up for live items passes them by; one that has found
// nothing asks here. Then the item is checked, once: its slot becomes that of a live item, or
// empty.
//
// Segments opened before SegEngine::kept_below may hold such items. Nothing that is read there is
// believed before it was checked, and no byte outside of what the segment's header says.
//
// Thread safety: from any thread, in an epoch; admit_kept() and admit_slot() under the lock of the
// home bucket.
#pragma once

#include <cstdint>

#include "storage/seg/bucket.h"
#include "storage/seg/engine.h"

namespace pelikan {

// Some slot of the table may be of the kind.
[[nodiscard]] inline bool has_kept(const SegEngine& engine) noexcept {
  // relaxed: slots of the kind only become fewer once threads use the table.
  return engine.kept_slots.load(std::memory_order_relaxed) != 0;
}
[[nodiscard]] inline bool came_with_pool(const SegEngine& engine, SegmentId id) noexcept {
  return engine.heap[id].opened() < engine.kept_below;
}

// Checks the items that have this hash's tag.
void admit_kept(SegThread& thread, uint64_t hash) noexcept;
// Checks the item of this slot; what the slot holds now.
uint64_t admit_slot(SegThread& thread, Bucket& home, uint64_t* slot, uint64_t value) noexcept;
// Checks all items of this home bucket. Takes its lock.
void admit_home(SegThread& thread, Bucket& home) noexcept;

// Takes everything out of the table that leads into a damaged segment: a look at the whole table.
// Outside an epoch. REQUIRES: this thread drains the segment
void drop_items_of(SegThread& thread, SegmentId id) noexcept;

}  // namespace pelikan
