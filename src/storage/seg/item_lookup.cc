#include "storage/seg/item_lookup.h"

#include "storage/seg/kept_items.h"

namespace pelikan {
namespace {

// The key's entry as one of the table's find functions sees it: find(hash, accept); missed() when
// it sees none.
template <class Find, class Missed>
[[gnu::always_inline]] inline Entry find_by(SegThread& thread, const Lookup& lookup, Find&& find,
                                            Missed&& missed) noexcept {
  const SegmentHeap& heap = thread.engine.heap;
  const uint64_t horizon = heap.flush_horizon();
  ItemRef item;
  const HashTable::Found found = find(lookup.hash, [&](uint64_t value) {
    PELIKAN_STEP("get.slot");
    item = ItemRef(heap.at(slot::location(value)));
    if (has_key(item, lookup.key)) return true;
    thread.metrics.false_tag.add();
    return false;
  });
  if (!found) return missed();
  return {found.slot, found.value, item, judge(thread, slot::location(found.value), item, horizon)};
}

// The key was not found among the live; it may have come with the pool, and may have been checked
// since by another thread.
[[gnu::noinline]] Entry search_kept(SegThread& thread, const Lookup& lookup) noexcept {
  HashTable& table = thread.engine.table;
  if (table.find_kept(lookup.hash)) {
    const BucketLock lock(table.home(lookup.hash));
    return find_locked(thread, lookup);
  }
  const auto find = [&](uint64_t hash, auto&& accept) { return table.find(hash, accept); };
  return find_by(thread, lookup, find, [] { return Entry{}; });
}

// `missed` is given where there is room.
template <class Missed>
Entry find_under_lock(SegThread& thread, const Lookup& lookup, Missed&& missed) noexcept {
  uint64_t* room = nullptr;
  const auto find = [&](uint64_t hash, auto&& accept) {
    return thread.engine.table.find_locked(hash, accept, room);
  };
  return find_by(thread, lookup, find, [&] { return missed(Entry{.room = room}); });
}

// Checks what came with the pool and has the key's tag, then looks again. Where there was room may
// be gone, for what is damaged leaves the table.
[[gnu::noinline]] Entry find_kept_locked(SegThread& thread, const Lookup& lookup) noexcept {
  admit_kept(thread, lookup.hash);
  return find_under_lock(thread, lookup, [](const Entry& none) { return none; });
}

}  // namespace

Entry search(SegThread& thread, const Lookup& lookup) noexcept {
  const auto find = [&](uint64_t hash, auto&& accept) {
    return thread.engine.table.find(hash, accept);
  };
  return find_by(thread, lookup, find,
                 [&] { return has_kept(thread.engine) ? search_kept(thread, lookup) : Entry{}; });
}

Entry find_locked(SegThread& thread, const Lookup& lookup) noexcept {
  return find_under_lock(thread, lookup, [&](const Entry& none) {
    return has_kept(thread.engine) ? find_kept_locked(thread, lookup) : none;
  });
}

}  // namespace pelikan
