// What is the same for collections of several kinds: their size, and elements that go by their
// names.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "service/resp/call.h"
#include "service/resp/collection.h"

namespace pelikan {

// Returns how many of them were there.
template <class Collection>
size_t erase_each(Collection& collection, std::span<const std::string_view> names) {
  size_t erased = 0;
  for (const std::string_view name : names) {
    erased += collection.erase(structure::Element(name)) ? 1 : 0;
  }
  return erased;
}

// LLEN, SCARD, ZCARD.
template <class Kind, class Store>
RespOutcome reply_size(RespStoreCall<Store>& call) noexcept {
  return read_collection<Kind>(call, *call.lookup, [&](const auto& collection) {
    return call.reply_count(collection.size());
  });
}

// SREM, ZREM.
template <class Kind, class Store>
RespOutcome erase_named(RespStoreCall<Store>& call) noexcept {
  size_t erased = 0;
  const auto refused = change_collection<Kind>(call, *call.lookup, {}, [&](auto& collection) {
    erased = erase_each(collection, call.args.subspan(2));
    return erased > 0 ? Changed::kYes : Changed::kNo;
  });
  return refused ? *refused : call.reply_count(erased);
}

}  // namespace pelikan
