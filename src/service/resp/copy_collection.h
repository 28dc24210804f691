// A large collection under another key, for COPY. It takes time by its size, and does not stop on
// the way.
#pragma once

#include <new>
#include <utility>

#include "service/resp/collection_types.h"
#include "service/resp/large_collection.h"
#include "service/resp/readable.h"
#include "service/resp/store_result.h"
#include "structure/cell.h"

namespace pelikan {

inline void add_all(const structure::BigList& from, structure::BigList& to) {
  from.visit_range(0, from.size(), structure::Direction::kForward,
                   [&](structure::Cell cell) { to.push_back(structure::Element(cell)); });
}
inline void add_all(const structure::BigHash& from, structure::BigHash& to) {
  from.visit_all([&](const structure::Field& field) {
    const structure::Element name(field.name);
    (void)to.set(name, structure::Element(field.value));
    if (field.expires_at_ms != structure::kNoExpiry) (void)to.set_expiry(name, field.expires_at_ms);
  });
}
template <class Members>
void add_all(const Members& from, Members& to) {
  visit_members(from, [&](const auto& member) { put_member(to, member); });
}

// Stores a copy of a large collection and its expiry under `to`, on terms. REQUIRES: a
// RespKeyLocks::Hold of both keys
template <class Kind, class Store>
Written copy_large(RespStoreCall<Store>& call, const Lookup& to,
                   const typename Store::ItemView& item, const WriteTerms& terms) noexcept try {
  RespLarge<Kind>& old = large_of<Kind>(item);
  if (!call.store.can_charge(old.charged())) return {.status = PutStatus::kNoMemory};
  auto copy = make_result<Kind>(call);
  add_all(old.data(), copy->data());
  return put_large<Kind>(call, to, call.store.expiry(item), std::move(copy), terms);
} catch (const std::bad_alloc&) {
  return {.status = PutStatus::kNoMemory};
}

template <class Store>
Written copy_collection(RespStoreCall<Store>& call, const Lookup& to,
                        const typename Store::ItemView& item, const WriteTerms& terms) noexcept {
  switch (type_of(item)) {
    case RespType::kList:
      return copy_large<RespListKind>(call, to, item, terms);
    case RespType::kHash:
      return copy_large<RespHashKind>(call, to, item, terms);
    case RespType::kSet:
      return copy_large<RespSetKind>(call, to, item, terms);
    case RespType::kSortedSet:
      return copy_large<RespSortedSetKind>(call, to, item, terms);
    case RespType::kString:
      break;
  }
  return {};
}

}  // namespace pelikan
