// The write behind a storage command on terms: joined, received straight into the store's memory,
// copied there when it is large, or put.
#pragma once

#include <cstddef>
#include <utility>

#include "protocol/memcache/request.h"
#include "service/memcache_metrics.h"
#include "service/memcache_value.h"
#include "storage/store.h"

namespace pelikan {

[[nodiscard]] constexpr PutMode put_mode(memcache::Command command) noexcept {
  if (command == memcache::Command::kAdd) return PutMode::kAdd;
  return command == memcache::Command::kReplace ? PutMode::kReplace : PutMode::kSet;
}

// What counts a storage command.
[[nodiscard]] constexpr MemcacheCount storage_count(memcache::Command command) noexcept {
  const auto offset = static_cast<size_t>(command) - static_cast<size_t>(memcache::Command::kSet);
  return static_cast<MemcacheCount>(static_cast<size_t>(MemcacheCount::kSet) + offset);
}

// Stores a value that is not joined to another. `received` has its bytes, if that is not null.
// REQUIRES: in an epoch in which lookup was prepared
template <class Store>
  requires LargeValueStore<Store> && ConditionalStore<Store>
Written write_value(Store& store, const Lookup& lookup, const Value& value, const WriteTerms& terms,
                    typename Store::Reservation* received) noexcept {
  if (received != nullptr) return store.publish(lookup, std::move(*received), value, terms);
  if (!store.is_large(lookup.key.size(), value.bytes.size())) {
    return store.put(lookup, value, terms);
  }
  auto reservation = store.reserve(lookup.key, value.bytes.size());
  if (!reservation) return {.status = PutStatus::kNoMemory};
  fill(*reservation, value.bytes);
  return store.publish(lookup, std::move(*reservation), value, terms);
}

}  // namespace pelikan
