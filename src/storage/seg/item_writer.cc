#include "storage/seg/item_writer.h"

#include <algorithm>

namespace pelikan {

std::optional<Draft> ItemWriter::reserve(const ItemShape& shape, uint32_t expiry,
                                         const Entry& former) noexcept {
  SegmentHeap& heap = thread_.engine.heap;
  const size_t bucket = ttl_bucket(expiry, thread_.now());
  const uint64_t former_sequence =
      former ? token_of(heap, former.location(), former.item) >> kOffsetBits : 0;
  for (;;) {
    SegmentId id = heap.writable(bucket);
    if (id == kNoSegment) {
      id = heap.open(bucket);
      ++thread_.opened;
      thread_.calls_maintenance |= heap.free_count() < thread_.engine.geometry.reserve;
    }
    if (id == kNoSegment) {
      thread_.wanted = 1;
      thread_.metrics.no_memory.add();
      return std::nullopt;
    }
    Segment& segment = heap[id];
    Draft draft{.location = {}, .at = nullptr, .bytes = 0, .shape = shape};
    draft.shape.explicit_cas |= segment.opened() < former_sequence;
    draft.bytes = draft.shape.item_bytes();
    const auto offset = segment.reserve(draft.bytes, heap.segment_bytes());
    if (!offset) {
      heap.seal(id);
      continue;
    }
    draft.location = Location(id, *offset);
    draft.at = heap.at(draft.location);
    PELIKAN_STEP("reserve.done");
    // A flush came before the reservation: what is written here would be dead.
    if (segment.opened() < heap.flush_horizon()) {
      abandon(draft);
      heap.seal(id);
      continue;
    }
    segment.raise_deadline(expiry);
    return draft;
  }
}

void ItemWriter::abandon(const Draft& draft) noexcept {
  const bool is_large = draft.shape.type == ItemType::kLarge;  // its segments are never walked
  if (!is_large) write_dead(draft.at, draft.bytes);
  thread_.metrics.reserve_abandon.add();
  Segment& segment = thread_.engine.heap[draft.location.segment()];
  segment.dead_bytes.fetch_add(static_cast<uint32_t>(draft.bytes), std::memory_order_relaxed);
  if (segment.is_all_dead()) thread_.engine.heap.retire_if_unused(draft.location.segment());
}

// If the slot still holds what was seen, it is the key's: a location is not reused in an epoch.
// Else whatever has the tag is compared again: the key may have come or moved meanwhile.
Entry ItemWriter::find_again(const Lookup& lookup, const Entry& seen) noexcept {
  const SegmentHeap& heap = thread_.engine.heap;
  if (!seen) return find_locked(thread_, lookup);
  Entry entry = seen;
  const uint64_t horizon = heap.flush_horizon();
  entry.value = load_word(*seen.slot, std::memory_order_acquire);
  if (!slot::same_item(entry.value, seen.value)) return find_locked(thread_, lookup);
  entry.item = ItemRef(heap.at(entry.location()));  // it may have been touched
  entry.liveness = judge(thread_, entry.location(), entry.item, horizon);
  return entry;
}

// Tokens of one key only grow. False: the draft's own is not above the former one, and there is no
// room for another.
bool ItemWriter::order_token(const Draft& draft, const Entry& former) noexcept {
  const SegmentHeap& heap = thread_.engine.heap;
  if (!former && !draft.shape.explicit_cas) return true;
  const uint64_t own = location_token(heap, draft.location);
  const uint64_t last = former ? token_of(heap, former.location(), former.item) : 0;
  if (draft.shape.explicit_cas) write_cas(draft.at, own > last ? own : token_above(last));
  return draft.shape.explicit_cas || own > last;
}

// Blocks are drawn from the segments' open sequence, so no token is ever given twice.
uint64_t ItemWriter::token_above(uint64_t former) noexcept {
  const bool is_used_up = (next_token_ & ((uint64_t{1} << kOffsetBits) - 1)) == 0;
  if (is_used_up || next_token_ <= former) {
    next_token_ = (thread_.engine.heap.draw_sequence() << kOffsetBits) + 1;
  }
  return next_token_++;
}

uint64_t ItemWriter::link(const Lookup& lookup, const Draft& draft, const Entry& former) noexcept {
  HashTable& table = thread_.engine.table;
  const uint64_t value = HashTable::pattern(lookup.hash) | draft.location.bits();
  if (former) {
    // How often the key is asked for outlives its value.
    table.set(former.slot, value | (former.value & slot::kFreqMask));
    return slot::kEmpty;
  }
  const HashTable::Found place = table.place(table.home(lookup.hash));
  table.set(place.slot, value);
  return place.value;
}

void ItemWriter::settle(const Entry& former, uint64_t displaced) noexcept {
  SegMetrics& metrics = thread_.metrics;
  metrics.item_put.add();
  if (former) {
    metrics.item_replace.add();
    if (former.liveness == Liveness::kExpired) metrics.item_reclaim.add();
    bury(former.location(), former.item);
    return;
  }
  metrics.item_live.add(1);
  if (displaced == slot::kEmpty) return;
  metrics.chain_full.add();
  count_evicted(displaced);
  const Location location = slot::location(displaced);
  bury(location, ItemRef(thread_.engine.heap.at(location)));
}

void ItemWriter::count_evicted(uint64_t slot_value) noexcept {
  thread_.metrics.item_live.add(-1);
  thread_.metrics.evict_item.add();
  if (slot::freq(slot_value) == 0) thread_.metrics.evict_unfetched.add();
}

void ItemWriter::bury(Location location, const ItemRef& item) noexcept {
  SegmentHeap& heap = thread_.engine.heap;
  Segment& segment = heap[location.segment()];
  const size_t bytes = item.is_large() ? segment.end() : item.item_bytes();
  segment.dead_bytes.fetch_add(static_cast<uint32_t>(bytes), std::memory_order_relaxed);
  if (segment.is_all_dead()) heap.retire_if_unused(location.segment());
}

}  // namespace pelikan
