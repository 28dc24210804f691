#include "storage/seg/item_lookup.h"

#include "storage/seg/kept_items.h"

namespace pelikan {
namespace {

// The key's entry as one of the table's find functions sees it: find(hash, accept).
template <class Find>
Entry find_by(SegThread& thread, const Lookup& lookup, Find&& find) noexcept {
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
  if (!found) return {};
  return {found.slot, found.value, item, judge(thread, slot::location(found.value), item, horizon)};
}

Entry find_live(SegThread& thread, const Lookup& lookup) noexcept {
  return find_by(thread, lookup, [&](uint64_t hash, auto&& accept) {
    return thread.engine.table.find(hash, accept);
  });
}

Entry find_live_locked(SegThread& thread, const Lookup& lookup) noexcept {
  return find_by(thread, lookup, [&](uint64_t hash, auto&& accept) {
    return thread.engine.table.find_locked(hash, accept);
  });
}

}  // namespace

Entry search(SegThread& thread, const Lookup& lookup) noexcept {
  const Entry entry = find_live(thread, lookup);
  if (entry || !has_kept(thread.engine)) [[likely]]
    return entry;
  {
    const BucketLock lock(thread.engine.table.home(lookup.hash));
    if (!admit_kept(thread, lookup.hash)) return find_live_locked(thread, lookup);
  }
  return find_live(thread, lookup);
}

Entry find_locked(SegThread& thread, const Lookup& lookup) noexcept {
  const Entry entry = find_live_locked(thread, lookup);
  if (entry || !has_kept(thread.engine)) [[likely]]
    return entry;
  return admit_kept(thread, lookup.hash) ? find_live_locked(thread, lookup) : entry;
}

}  // namespace pelikan
