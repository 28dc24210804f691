// Look-ups: from a key to its slot and item, and whether the item is alive. In an epoch.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "storage/seg/engine.h"
#include "storage/seg/item.h"
#include "storage/seg/step.h"
#include "storage/store.h"

namespace pelikan {

enum class Liveness : uint8_t { kMissing, kLive, kExpired, kFlushed };

// What a key's slot says: missing, or an item, dead or alive.
struct Entry {
  uint64_t* slot = nullptr;
  uint64_t value = slot::kEmpty;  // of the slot
  ItemRef item;
  Liveness liveness = Liveness::kMissing;

  explicit operator bool() const noexcept { return slot != nullptr; }
  [[nodiscard]] bool is_live() const noexcept { return liveness == Liveness::kLive; }
  [[nodiscard]] Location location() const noexcept { return slot::location(value); }
};

// Short keys decide the cost of a look-up; a call of memcmp is most of theirs.
[[nodiscard]] inline bool same_bytes(const char* a, const char* b, size_t bytes) noexcept {
  const auto word = [](const char* at) {
    uint64_t value;
    std::memcpy(&value, at, sizeof value);
    return value;
  };
  if (bytes < sizeof(uint64_t) || bytes > 4 * sizeof(uint64_t)) {
    return std::memcmp(a, b, bytes) == 0;
  }
  uint64_t differ = 0;
  for (size_t i = 0; i + sizeof(uint64_t) < bytes; i += sizeof(uint64_t)) {
    differ |= word(a + i) ^ word(b + i);
  }
  const size_t last = bytes - sizeof(uint64_t);
  return (differ | (word(a + last) ^ word(b + last))) == 0;
}

[[nodiscard]] inline bool has_key(const ItemRef& item, std::string_view key) noexcept {
  const std::string_view own = item.key();
  return own.size() == key.size() && same_bytes(own.data(), key.data(), key.size());
}

// `horizon` was read before the slot.
[[nodiscard]] inline Liveness judge(const SegThread& thread, Location location, const ItemRef& item,
                                    uint64_t horizon) noexcept {
  if (is_expired(item.expiry(), thread.now)) return Liveness::kExpired;
  if (horizon != 0 && thread.engine.heap[location.segment()].opened() < horizon) {
    return Liveness::kFlushed;
  }
  return Liveness::kLive;
}

// The key's entry as it is now.
[[nodiscard]] Entry search(SegThread& thread, const Lookup& lookup) noexcept;
// The same under the lock of the key's home bucket.
[[nodiscard]] Entry find_locked(SegThread& thread, const Lookup& lookup) noexcept;

// What nearly every look-up of a key that is there comes to, without a call: the slot that
// prepare() found holds the key's item. Missing: search() knows.
[[nodiscard, gnu::always_inline]] inline Entry find_prepared(SegThread& thread,
                                                             const Lookup& lookup) noexcept {
  const SegmentHeap& heap = thread.engine.heap;
  const uint64_t horizon = heap.flush_horizon();
  const HashTable::Found found = HashTable::look_at(lookup.place, lookup.hash);
  if (found) [[likely]] {
    const Location location = slot::location(found.value);
    PELIKAN_STEP("get.slot");
    const ItemRef item(heap.at(location));
    if (has_key(item, lookup.key)) [[likely]] {
      return {found.slot, found.value, item, judge(thread, location, item, horizon)};
    }
  }
  return {};
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
