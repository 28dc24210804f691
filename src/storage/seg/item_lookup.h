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
  if (is_expired(item.expiry(), thread.now())) return Liveness::kExpired;
  if (horizon != 0 && thread.engine.heap[location.segment()].opened() < horizon) {
    return Liveness::kFlushed;
  }
  return Liveness::kLive;
}

// The key's entry as one of the table's find functions sees it.
template <class Find>
[[nodiscard]] inline Entry find_by(SegThread& thread, const Lookup& lookup, Find&& find) noexcept {
  const SegmentHeap& heap = thread.engine.heap;
  const uint64_t horizon = heap.flush_horizon();
  Entry entry;
  const HashTable::Found found = find(lookup.hash, [&](uint64_t value) {
    PELIKAN_STEP("get.slot");
    entry.item = ItemRef(heap.at(slot::location(value)));
    if (has_key(entry.item, lookup.key)) return true;
    thread.metrics.false_tag.add();
    return false;
  });
  if (!found) return {};
  entry.slot = found.slot;
  entry.value = found.value;
  entry.liveness = judge(thread, entry.location(), entry.item, horizon);
  return entry;
}

[[nodiscard]] inline Entry find(SegThread& thread, const Lookup& lookup) noexcept {
  const HashTable& table = thread.engine.table;
  return find_by(thread, lookup,
                 [&](uint64_t hash, auto&& accept) { return table.find(hash, accept); });
}

// Under the lock of the key's home bucket.
[[nodiscard]] inline Entry find_locked(SegThread& thread, const Lookup& lookup) noexcept {
  const HashTable& table = thread.engine.table;
  return find_by(thread, lookup,
                 [&](uint64_t hash, auto&& accept) { return table.find_locked(hash, accept); });
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
