#include "storage/seg/item_writer.h"

#include "storage/seg/item_view.h"

namespace pelikan {

ItemWriter::ItemWriter(SegThread& thread) : thread_(thread) {
  const SegEngine& engine = thread.engine;
  if (!engine.heap_copy.is_pmem()) return;
  const size_t most = align_item(engine.geometry.inline_max + kItemOverhead + kCheckBytes);
  buffer_ = std::make_unique<char[]>(most);
}

// Past the cache, which makes a fence necessary: another thread must not see the slot first. One a
// write, for the next request of the batch may ask for this very key.
void ItemWriter::copy_into_place(const Draft& draft) noexcept {
  if (draft.at != buffer_.get()) return;  // the head of a large value
  const SegEngine& engine = thread_.engine;
  if (engine.heap.check_bytes() != 0) write_check(engine.heap, draft.at);
  engine.heap_copy.copy(engine.heap.at(draft.location), draft.at, draft.bytes);
  engine.heap_copy.drain();
}

SegmentId ItemWriter::open(size_t bucket) noexcept {
  SegmentHeap& heap = thread_.engine.heap;
  const SegmentId id = heap.open(bucket);
  ++thread_.opened;
  if (id != kNoSegment) thread_.engine.access_times.note_opened(id, thread_.now);
  thread_.calls_maintenance |= heap.free_count() < thread_.engine.geometry.reserve;
  if (id == kNoSegment) thread_.wanted = 1;
  return id;
}

void ItemWriter::abandon(const Draft& draft) noexcept {
  // A large item's segments are never walked.
  if (!draft.shape.is_large()) {
    write_dead(thread_.engine.heap.at(draft.location), draft.bytes);
  }
  thread_.metrics.reserve_abandon.add();
  thread_.engine.heap.count_dead(draft.location.segment(), draft.bytes);
}

// What is left to do about a draft that will be published. Tokens of one key only grow, but for
// those that clients give. False: the draft's own is not above the former one, and there is no room
// for another.
bool ItemWriter::settle(const Draft& draft, const Entry& former) noexcept {
  const SegmentHeap& heap = thread_.engine.heap;
  const uint64_t own = location_token(heap, draft.location);
  const uint64_t last = former ? token_of(heap, former.location(), former.item) : 0;
  if ((draft.shape.traits & (kCasBit | kExactBit)) == 0) return own > last;
  if (draft.given_token != nullptr) {
    write_cas(draft.at, *draft.given_token);
  } else if (draft.shape.has_cas()) {
    write_cas(draft.at, own > last ? own : token_above(last));
  } else if (own <= last) {
    return false;
  }
  if (has_exact_end(ItemRef(draft.at))) thread_.metrics.item_exact.add(1);
  return true;
}

// Blocks are drawn from the segments' open sequence, so no token is ever given twice.
uint64_t ItemWriter::token_above(uint64_t former) noexcept {
  const bool is_used_up = (next_token_ & ((uint64_t{1} << kOffsetBits) - 1)) == 0;
  if (is_used_up || next_token_ <= former) {
    next_token_ = (thread_.engine.heap.draw_sequence() << kOffsetBits) + 1;
  }
  return next_token_++;
}

void ItemWriter::bury_displaced(uint64_t slot_value) noexcept {
  thread_.metrics.chain_full.add();
  count_evicted(slot_value, nullptr);
  const SegmentHeap& heap = thread_.engine.heap;
  const Location location = slot::location(slot_value);
  if (heap[location.segment()].opened() < heap.flush_horizon()) thread_.metrics.flush_item.add();
  bury(location, ItemRef(heap.at(location)));
}

void ItemWriter::tell_evicted(uint64_t slot_value, const uint64_t* slot) noexcept {
  const SegEngine& engine = thread_.engine;
  const Location location = slot::location(slot_value);
  const ItemView item(engine.heap, slot_value, ItemRef(engine.heap.at(location)));
  const AccessTimes& times = engine.access_times;
  const uint32_t used =
      slot == nullptr ? times.opened(location.segment()) : times.last(slot, location.segment());
  engine.eviction_observer->evicted(thread_.line,
                                    {.key = item.key(),
                                     .expiry = engine.time.expiry_at(item.exact_expiry()),
                                     .used_ms = engine.time.expiry_at(used).at_ms,
                                     .now_ms = thread_.clock.now_ms(),
                                     .value_bytes = item.value_size(),
                                     .was_found = item.was_found()});
}

void ItemWriter::forget_ext(Location location, const ItemRef& item) noexcept {
  if (has_exact_end(item)) count_exact_gone(thread_.engine.heap[location.segment()]);
  if (!item.is_handle()) return;
  thread_.calls_maintenance |= thread_.engine.handles.let_go(item.handled());
}

void ItemWriter::count_exact_gone(const Segment& segment) noexcept {
  thread_.metrics.item_exact.add(-1);
  if (segment.opened() < thread_.engine.heap.flush_horizon()) thread_.metrics.flush_exact.add();
}

void ItemWriter::bury(Location location, const ItemRef& item) noexcept {
  SegmentHeap& heap = thread_.engine.heap;
  if (item.has_ext()) {
    forget_ext(location, item);
    if (item.is_large()) return heap.count_dead(location.segment(), heap[location.segment()].end());
  }
  heap.count_dead(location.segment(), item.item_bytes(heap.check_bytes()));
}

}  // namespace pelikan
