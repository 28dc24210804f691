// ItemWriter: how an item gets into the table and out of it.
//
// A write is: look up, reserve(), write, publish(), all in one epoch. publish() takes the bucket
// lock, looks the key up again, asks the caller to decide, and stores one slot. Whoever unlinks an
// item by its store counts the item's bytes dead, nobody else.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "storage/eviction_observer.h"
#include "storage/seg/bucket.h"
#include "storage/seg/draft.h"
#include "storage/seg/engine.h"
#include "storage/seg/item.h"
#include "storage/seg/item_check.h"
#include "storage/seg/item_lookup.h"
#include "storage/seg/kept_items.h"
#include "storage/seg/step.h"
#include "storage/store.h"

namespace pelikan {

enum class Decision : uint8_t { kGo, kStop, kAgain };

// Still the item that was seen, and alive: what was computed from it may take its place.
[[nodiscard]] inline Decision go_if_same(const Entry& now, const Entry& seen) noexcept {
  const bool is_same =
      now.is_live() && now.location() == seen.location() && now.item.header() == seen.item.header();
  return is_same ? Decision::kGo : Decision::kAgain;
}

class ItemWriter {
 public:
  explicit ItemWriter(SegThread& thread);
  [[nodiscard]] SegThread& thread() const noexcept { return thread_; }

  // Room for an item in place of `former` (maybe missing); with room for a cas token if the item's
  // own would be too low.
  [[nodiscard]] Draft reserve(const ItemShape& shape, uint32_t expiry,
                              const Entry& former) noexcept;
  // Under the bucket lock, when nothing of the item will change any more but what a slot leads to:
  // it is in its place.
  void commit(const Draft& draft) noexcept {
    if (buffer_ != nullptr) [[unlikely]]
      copy_into_place(draft);
  }
  // After the item was published, in the same epoch: gives it its checksum, if items have one. Of
  // those who look at this memory now, nobody reads it.
  void seal(const Draft& draft) noexcept {
    const SegmentHeap& heap = thread_.engine.heap;
    if (heap.check_bytes() != 0 && draft.at != buffer_.get()) [[unlikely]]
      write_check(heap, draft.at);
  }
  // Closes the reservation: it becomes no item.
  void abandon(const Draft& draft) noexcept;

  // Puts the written item in the place of what is under the key now, if decide(entry), asked under
  // the bucket lock, says kGo. Else the draft is abandoned. kAgain: decide() said so, or the
  // item needs room for a cas token; the caller begins anew with kCasBit.
  template <class Decide>
  [[nodiscard]] Decision publish(const Lookup& lookup, const Entry& seen, const Draft& draft,
                                 Decide&& decide) noexcept;

  // Takes what is under the key out of the table if decide(entry) says so.
  template <class Decide>
  void remove(const Lookup& lookup, Decide&& decide) noexcept;

  // After the slot was changed and the lock left, of the item as it was under the lock: its bytes
  // are dead.
  void bury(Location location, const ItemRef& item) noexcept;
  // Of an item with ext that left the table: what hangs on it.
  void forget_ext(Location location, const ItemRef& item) noexcept;
  // An item left that nobody had asked to go; null: its slot is another's already.
  void count_evicted(uint64_t slot_value, const uint64_t* slot) noexcept;

 private:
  [[nodiscard]] SegmentId open(size_t bucket) noexcept;
  [[nodiscard]] Entry find_again(const Lookup& lookup, const Entry& seen) noexcept;
  [[nodiscard]] bool settle(const Draft& draft, const Entry& former) noexcept;
  [[nodiscard]] uint64_t token_above(uint64_t former) noexcept;
  // Returns what had to give way for want of a slot: a slot's value, kEmpty: nothing.
  [[nodiscard]] uint64_t link(const Lookup& lookup, const Draft& draft,
                              const Entry& former) noexcept;
  void copy_into_place(const Draft& draft) noexcept;
  void count_put(const Entry& former) noexcept;
  void count_exact_gone(const Segment& segment) noexcept;
  void bury_displaced(uint64_t slot_value) noexcept;
  void tell_evicted(uint64_t slot_value, const uint64_t* slot) noexcept;

  SegThread& thread_;
  std::unique_ptr<char[]> buffer_;  // null: items are written in their place
  uint64_t next_token_ = 0;         // of a block of 2^20 that this thread drew for itself
};

// Segments are written from front to back, and what is written next is not in the cache. The locked
// instructions of the next write would wait for it.
[[gnu::always_inline]] inline void prefetch_ahead(const char* at, size_t bytes) noexcept {
  constexpr size_t kLine = 64;
  constexpr size_t kAhead = 16 * kLine;
  constexpr size_t kMost = 4 * kLine;  // of larger items the processor sees the pattern
  __builtin_prefetch(at + kAhead, 1);
  if (bytes <= kLine) return;
  const size_t lines = std::min(bytes, kMost);
  for (size_t i = kLine; i < lines; i += kLine) __builtin_prefetch(at + kAhead + i, 1);
}

inline Draft ItemWriter::reserve(const ItemShape& shape, uint32_t expiry,
                                 const Entry& former) noexcept {
  SegmentHeap& heap = thread_.engine.heap;
  const size_t bucket = ttl_bucket(expiry, thread_.now);
  const uint64_t former_sequence =
      former ? token_of(heap, former.location(), former.item) >> kOffsetBits : 0;
  Draft draft{.location = {}, .at = nullptr, .shape = shape};
  for (;;) {
    SegmentId id = heap.writable(bucket);
    if (id == kNoSegment) id = open(bucket);
    if (id == kNoSegment) return draft;
    Segment& segment = heap[id];
    const uint64_t cas_bit = segment.opened() < former_sequence ? kCasBit : 0;
    draft.shape.traits = shape.traits | cas_bit;
    draft.bytes = draft.shape.item_bytes(heap.check_bytes());
    const size_t offset = thread_.run.reserve(segment, id, draft.bytes, heap.segment_bytes());
    if (offset == ReservedRun::kNoRoom) {
      heap.seal(id);
      continue;
    }
    draft.location = Location(id, offset);
    draft.at = buffer_ != nullptr ? buffer_.get() : heap.at(draft.location);
    prefetch_ahead(draft.at, draft.bytes);
    PELIKAN_STEP("reserve.done");
    if (segment.opened() >= heap.flush_horizon()) [[likely]] {
      segment.raise_deadline(expiry);
      return draft;
    }
    // A flush came before the reservation: what is written here would be dead.
    abandon(draft);
    heap.seal(id);
    draft.at = nullptr;
  }
}

// If the slot still holds what was seen, it is the key's: a location is not reused in an epoch.
// Else whatever has the tag is compared again: the key may have come or moved meanwhile.
inline Entry ItemWriter::find_again(const Lookup& lookup, const Entry& seen) noexcept {
  if (!seen) return find_locked(thread_, lookup);
  const SegmentHeap& heap = thread_.engine.heap;
  const uint64_t horizon = heap.flush_horizon();
  const uint64_t value = load_word(*seen.slot, std::memory_order_acquire);
  if (!slot::same_item(value, seen.value)) return find_locked(thread_, lookup);
  const ItemRef item(seen.item.data());  // it may have been touched
  return {seen.slot, value, item, judge(thread_, seen.location(), item, horizon)};
}

inline uint64_t ItemWriter::link(const Lookup& lookup, const Draft& draft,
                                 const Entry& former) noexcept {
  HashTable& table = thread_.engine.table;
  const uint64_t value = HashTable::pattern(lookup.hash) | draft.location.bits();
  AccessTimes& access_times = thread_.engine.access_times;
  if (former) {
    // How often the key is asked for outlives its value.
    const uint64_t freq = former.value & slot::kFreqMask;
    if (freq != 0) flip_header(draft.at, kFreqLiesBit);
    commit(draft);
    table.set(former.slot, value | freq);
    access_times.note(former.slot, thread_.now);
    return slot::kEmpty;
  }
  Bucket& home = table.home(lookup.hash);
  HashTable::Found place =
      former.room != nullptr ? HashTable::Found{former.room, slot::kEmpty} : table.make_room(home);
  // What gives way is read when it is buried.
  if (slot::is_kept(place.value)) [[unlikely]]
    place.value = admit_slot(thread_, home, place.slot, place.value);
  commit(draft);
  table.set(place.slot, value);
  access_times.note(place.slot, thread_.now);
  return place.value;
}

inline void ItemWriter::count_put(const Entry& former) noexcept {
  SegMetrics& metrics = thread_.metrics;
  metrics.item_put.add();
  if (!former) return metrics.item_live.add(1);
  metrics.item_replace.add();
  if (former.is_live()) [[likely]]
    return;
  (former.liveness == Liveness::kExpired ? metrics.item_reclaim : metrics.flush_item).add();
}

inline void ItemWriter::count_evicted(uint64_t slot_value, const uint64_t* slot) noexcept {
  thread_.metrics.item_live.add(-1);
  thread_.metrics.evict_item.add();
  if (slot::freq(slot_value) == 0) thread_.metrics.evict_unfetched.add();
  const EvictionObserver* observer = thread_.engine.eviction_observer;
  if (observer != nullptr && observer->wants_evictions()) [[unlikely]]
    tell_evicted(slot_value, slot);
}

template <class Decide>
Decision ItemWriter::publish(const Lookup& lookup, const Entry& seen, const Draft& draft,
                             Decide&& decide) noexcept {
  PELIKAN_STEP("put.written");
  BucketLock lock(thread_.engine.table.home(lookup.hash));
  const Entry former = find_again(lookup, seen);
  PELIKAN_STEP("put.locked");
  Decision decision = decide(former);
  const bool needs_settling = former || (draft.shape.traits & (kCasBit | kExactBit)) != 0;
  if (decision == Decision::kGo && needs_settling && !settle(draft, former)) {
    decision = Decision::kAgain;
  }
  if (decision != Decision::kGo) {
    lock.unlock();
    abandon(draft);
    return decision;
  }
  const uint64_t displaced = link(lookup, draft, former);
  lock.unlock();
  PELIKAN_STEP("put.unlinked");
  seal(draft);
  count_put(former);
  if (former) bury(former.location(), former.item);
  if (displaced != slot::kEmpty) bury_displaced(displaced);
  return Decision::kGo;
}

template <class Decide>
void ItemWriter::remove(const Lookup& lookup, Decide&& decide) noexcept {
  HashTable& table = thread_.engine.table;
  Bucket& home = table.home(lookup.hash);
  BucketLock lock(home);
  const Entry entry = find_locked(thread_, lookup);
  PELIKAN_STEP("put.locked");
  if (!decide(entry) || !entry) return;
  table.clear(home, entry.slot);
  lock.unlock();
  PELIKAN_STEP("put.unlinked");
  thread_.metrics.item_live.add(-1);
  if (entry.liveness == Liveness::kFlushed) thread_.metrics.flush_item.add();
  bury(entry.location(), entry.item);
}

}  // namespace pelikan
