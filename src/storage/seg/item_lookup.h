// Look-ups: from a key to its slot and item, and whether the item is alive. In an epoch.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "storage/seg/engine.h"
#include "storage/seg/item.h"
#include "storage/seg/kept_items.h"
#include "storage/seg/step.h"
#include "storage/store.h"

namespace pelikan {

enum class Liveness : uint8_t { kMissing, kLive, kExpired, kFlushed };

// What a key's slot says: missing, or an item, dead or alive.
struct Entry {
  uint64_t* slot = nullptr;
  uint64_t value = slot::kEmpty;  // of the slot
  ItemRef item{};
  Liveness liveness = Liveness::kMissing;
  // Missing, found so under the lock: an empty slot of the key's chain; null: there is none.
  uint64_t* room = nullptr;

  explicit operator bool() const noexcept { return slot != nullptr; }
  [[nodiscard]] bool is_live() const noexcept { return liveness == Liveness::kLive; }
  [[nodiscard]] Location location() const noexcept { return slot::location(value); }
};

// Of the header of an item that takes this one's place as if it were the same, before it is given a
// slot: the freq of that one may make kFreqLiesBit say the opposite.
[[nodiscard]] inline uint64_t lasting_state(const Entry& entry) noexcept {
  const bool was_found = entry.item.was_found(slot::freq(entry.value));
  return (entry.item.header() & kWinnerBit) | uint64_t{was_found} * kFreqLiesBit;
}

// The keys decide the cost of a look-up, and nearly all are short: no call, hardly a branch.
[[nodiscard, gnu::always_inline]] inline bool same_bytes(const char* a, const char* b,
                                                         size_t bytes) noexcept {
  const auto differ = [a, b]<class Part>(Part /*type*/, size_t at) {
    Part left;
    Part right;
    std::memcpy(&left, a + at, sizeof left);
    std::memcpy(&right, b + at, sizeof right);
    return left ^ right;
  };
  using Pair [[gnu::vector_size(16)]] = uint64_t;
  if (bytes > sizeof(Pair)) {
    Pair any = differ(Pair{}, bytes - sizeof(Pair));
    for (size_t at = 0; at + sizeof(Pair) < bytes; at += sizeof(Pair)) any |= differ(Pair{}, at);
    return (any[0] | any[1]) == 0;
  }
  if (bytes >= sizeof(uint64_t)) {
    return (differ(uint64_t{}, 0) | differ(uint64_t{}, bytes - sizeof(uint64_t))) == 0;
  }
  if (bytes >= sizeof(uint32_t)) {
    return (differ(uint32_t{}, 0) | differ(uint32_t{}, bytes - sizeof(uint32_t))) == 0;
  }
  if (bytes == 0) return true;
  return (differ(uint8_t{}, 0) | differ(uint8_t{}, bytes / 2) | differ(uint8_t{}, bytes - 1)) == 0;
}

[[nodiscard, gnu::always_inline]] inline bool has_key(const ItemRef& item,
                                                      std::string_view key) noexcept {
  const char* own = item.bare_key(key.size());
  if (own == nullptr) {
    if (item.key_bytes() != key.size()) return false;
    own = item.key().data();
  }
  return same_bytes(own, key.data(), key.size());
}

// To the millisecond. No call: a look-up is to need no stack for what few of them ask.
[[nodiscard, gnu::always_inline]] inline bool has_died(const SegThread& thread,
                                                       const ItemRef& item) noexcept {
  return thread.engine.time.expiry_at(item.exact_expiry()).at_ms <= thread.clock.now_ms();
}

// `horizon` was read before the slot.
[[nodiscard]] inline Liveness judge(const SegThread& thread, Location location, const ItemRef& item,
                                    uint64_t horizon) noexcept {
  if (horizon != 0 && thread.engine.heap[location.segment()].opened() < horizon) [[unlikely]] {
    return Liveness::kFlushed;
  }
  if (is_nearly_expired(item.expiry(), thread.now)) [[unlikely]] {
    if (has_died(thread, item)) return Liveness::kExpired;
  }
  return Liveness::kLive;
}

// The key's entry as it is now.
[[nodiscard]] Entry search(SegThread& thread, const Lookup& lookup) noexcept;

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

// `missed` is given where there is room.
template <class Missed>
[[gnu::always_inline]] inline Entry find_under_lock(SegThread& thread, const Lookup& lookup,
                                                    Missed&& missed) noexcept {
  uint64_t* room = nullptr;
  const auto find = [&](uint64_t hash, auto&& accept) {
    return thread.engine.table.find_locked(hash, accept, room);
  };
  return find_by(thread, lookup, find, [&] { return missed(Entry{.room = room}); });
}

// The rest of find_locked().
[[nodiscard]] Entry find_kept_locked(SegThread& thread, const Lookup& lookup) noexcept;

// search() under the lock of the key's home bucket.
[[nodiscard]] inline Entry find_locked(SegThread& thread, const Lookup& lookup) noexcept {
  return find_under_lock(thread, lookup, [&](const Entry& none) {
    return has_kept(thread.engine) ? find_kept_locked(thread, lookup) : none;
  });
}

// What nearly every look-up of a key that is there comes to, without a call: the slot that
// prepare() found still holds the key's item. Missing: search() knows.
[[nodiscard, gnu::always_inline]] inline Entry find_prepared(SegThread& thread,
                                                             const Lookup& lookup) noexcept {
  if (lookup.place == nullptr) return {};
  const uint64_t horizon = thread.engine.heap.flush_horizon();
  const uint64_t value = load_word(*lookup.place, std::memory_order_acquire);
  if (!slot::same_item(value, lookup.seen)) [[unlikely]]
    return {};
  PELIKAN_STEP("get.slot");
  const ItemRef item(lookup.item);
  if (!has_key(item, lookup.key)) [[unlikely]]
    return {};
  return {lookup.place, value, item, judge(thread, slot::location(value), item, horizon)};
}

// search(), inlined for the case that is nearly all of them.
[[nodiscard, gnu::always_inline]] inline Entry find(SegThread& thread,
                                                    const Lookup& lookup) noexcept {
  const Entry entry = find_prepared(thread, lookup);
  return entry ? entry : search(thread, lookup);
}

// The cas token a location stands for: open sequence 44 | offset 20.
[[nodiscard]] inline uint64_t location_token(const SegmentHeap& heap, Location location) noexcept {
  return heap[location.segment()].opened() << kOffsetBits | location.offset_units();
}

[[nodiscard]] inline uint64_t token_of(const SegmentHeap& heap, Location location,
                                       const ItemRef& item) noexcept {
  return item.has_cas() ? item.cas() : location_token(heap, location);
}

}  // namespace pelikan
