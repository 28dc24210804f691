// An item's value under another key: for RENAME and COPY.
#pragma once

#include <cstddef>
#include <cstring>
#include <string_view>
#include <utility>

#include "buffer/gather_buffer.h"
#include "service/resp/call.h"
#include "storage/store.h"

namespace pelikan {

// Stores the item's value and expiry under `to`, on terms. REQUIRES: in the epoch in which the item
// was found and `to` was prepared
template <class Store>
Written copy_item(RespStoreCall<Store>& call, const Lookup& to,
                  const typename Store::ItemView& item, const WriteTerms& terms) noexcept {
  Store& store = call.store;
  const size_t size = item.value_size();
  Value value{.bytes = {}, .flags = item.flags(), .expiry = store.expiry(item)};
  if (store.is_large(to.key.size(), size)) {
    auto reservation = store.reserve(to.key, size);
    if (!reservation) {
      const bool fits = size <= store.value_limit(to.key.size());
      return {.status = fits ? PutStatus::kNoMemory : PutStatus::kTooLarge};
    }
    for_each_part(item, [&](std::string_view part) { fill(*reservation, part); });
    return store.publish(to, std::move(*reservation), value, terms);
  }
  if (size > 0) value.bytes = item.value_part(0);
  if (value.bytes.size() == size) return store.put(to, value, terms);
  // In parts under a long key, in one piece under a short one.
  auto whole = GatherBuffer::borrow(call.out.pool(), size);
  if (!whole) return {.status = PutStatus::kNoMemory};
  for_each_part(item, [&](std::string_view part) { (void)whole->append(part); });
  value.bytes = whole->bytes();
  return store.put(to, value, terms);
}

}  // namespace pelikan
