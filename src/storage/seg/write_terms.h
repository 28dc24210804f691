// What all writes on terms share: whether they may be done, the token they leave, and the head of a
// large value. In an epoch.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/copy.h"
#include "storage/seg/item_lookup.h"
#include "storage/seg/item_writer.h"
#include "storage/seg/large_value.h"
#include "storage/store.h"

namespace pelikan {

// Whether the item is a newer one than the client knew, and to be made stale by what it writes.
[[nodiscard]] inline bool is_outdated_by(const SegmentHeap& heap, const auto& terms,
                                         const Entry& entry) noexcept {
  if (!terms.or_newer || !terms.cas || !entry.is_live()) return false;
  return token_of(heap, entry.location(), entry.item) > *terms.cas;
}

// When a value may take the place of what is under its key. kStored: it may.
[[nodiscard]] inline PutStatus admit(const SegmentHeap& heap, const auto& terms,
                                     const Entry& entry) noexcept {
  if (terms.cas && terms.mode != PutMode::kAdd) {
    if (!entry.is_live()) return PutStatus::kNotFound;
    const bool is_same = token_of(heap, entry.location(), entry.item) == *terms.cas;
    return is_same || is_outdated_by(heap, terms, entry) ? PutStatus::kStored : PutStatus::kExists;
  }
  switch (terms.mode) {
    case PutMode::kSet:
      return PutStatus::kStored;
    case PutMode::kAdd:
      return entry.is_live() ? PutStatus::kNotStored : PutStatus::kStored;
    case PutMode::kReplace:
      return entry.is_live() ? PutStatus::kStored : PutStatus::kNotStored;
  }
  return PutStatus::kNotStored;
}

[[nodiscard]] constexpr uint64_t bit_if(bool is_set, uint64_t bit) noexcept {
  return is_set ? bit : 0;
}

[[nodiscard]] inline const uint64_t* given_token(const auto& terms) noexcept {
  return terms.new_cas ? &*terms.new_cas : nullptr;
}

// The token that an item was published with.
[[nodiscard]] inline uint64_t token_at(const SegmentHeap& heap, Location location) noexcept {
  return token_of(heap, location, ItemRef(heap.at(location)));
}

// An empty value may be nowhere.
inline void copy_value(char* to, std::string_view bytes) noexcept {
  if (!bytes.empty()) copy_exact(to, bytes);
}

// The head of a received value, sealed and ready to be published. In the epoch that publishes.
[[nodiscard]] Draft seal_large(SegThread& thread, LargeReservation&& reservation,
                               std::string_view key, ItemShape shape, uint64_t expiry) noexcept;

}  // namespace pelikan
