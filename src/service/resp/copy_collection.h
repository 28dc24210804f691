// A large collection under another key, for COPY and ZRANGESTORE: its rows are copied in rounds.
#pragma once

#include <new>
#include <utility>

#include "service/resp/collection_types.h"
#include "service/resp/errand.h"
#include "service/resp/kept.h"
#include "service/resp/large_collection.h"
#include "service/resp/refusal.h"
#include "service/resp/row_walk.h"
#include "service/resp/store_result.h"
#include "structure/cell.h"

namespace pelikan {

inline void add_row(structure::BigList& list, const structure::Cell& cell) {
  list.push_back(structure::Element(cell));
}
inline void add_row(structure::BigHash& hash, const structure::Field& field) {
  const structure::Element name(field.name);
  (void)hash.set(name, structure::Element(field.value));
  if (field.expires_at_ms != structure::kNoExpiry) (void)hash.set_expiry(name, field.expires_at_ms);
}
template <class Members, class Row>
void add_row(Members& members, const Row& member) {
  put_member(members, member);
}

// Copies rows; then end.store(call, made) stores them and end.reply(call, status) replies.
template <class Kind, class Store, class End>
RespErrand copy_rows(RespStoreCall<Store>* call, RespKept<Store> kept,
                     const typename Kind::Large* from, RespRowWalk walk, RespMade<Kind, Store> made,
                     End end) {
  while (!walk.is_done()) {
    walk.step(*from, kRespRowsPut, [&](const auto& row) { add_row(made.data(), row); });
    if (!walk.is_done()) co_yield RespOutcome::kNextRound;
  }
  PutStatus status = end.store(*call, made);
  while (status == PutStatus::kNoMemory) {
    co_yield RespOutcome::kNoMemory;
    status = end.store(*call, made);
  }
  kept.let_go();
  while (!call->out.has_room()) co_yield RespOutcome::kOutputFull;
  co_return end.reply(*call, status);
}

// The end of COPY, whatever is copied.
template <class Store>
struct RespCopyEnd {
  WriteTerms terms;
  Expiry expiry{};

  template <class Kind>
  PutStatus store(RespStoreCall<Store>& call, RespMade<Kind, Store>& made) const noexcept {
    return made.put(call, call.prepared(call.args[2]), expiry, terms).status;
  }
  static RespOutcome reply(RespStoreCall<Store>& call, PutStatus status) noexcept {
    if (status == PutStatus::kStored) return call.reply_integer(1);
    if (status == PutStatus::kNotStored) return call.reply_integer(0);
    return refuse_write(call, call.prepared(call.args[2]), status);
  }
};

// COPY of a large collection and its expiry, on terms. The locks are those of both keys.
template <class Kind, class Store>
RespOutcome copy_large(RespStoreCall<Store>& call, RespKeyLocks::Hold locks,
                       const typename Store::ItemView& item, const WriteTerms& terms) noexcept try {
  RespLarge<Kind>& from = large_of<Kind>(item);
  if (!call.store.can_charge(from.charged())) return RespOutcome::kNoMemory;
  RespPin<Store> pin(call.store, from);
  if (!pin) return RespOutcome::kAgain;
  return begin_errand(
      call, copy_rows<Kind>(&call, RespKept<Store>{std::move(pin), std::move(locks)}, &from.data(),
                            walk_over(from.data()), RespMade<Kind, Store>(call),
                            RespCopyEnd<Store>{terms, call.store.expiry(item)}));
} catch (const std::bad_alloc&) {
  return refuse_for_memory(call);
}

template <class Store>
RespOutcome copy_collection(RespStoreCall<Store>& call, RespKeyLocks::Hold locks,
                            const typename Store::ItemView& item,
                            const WriteTerms& terms) noexcept {
  switch (type_of(item)) {
    case RespType::kList:
      return copy_large<RespListKind>(call, std::move(locks), item, terms);
    case RespType::kHash:
      return copy_large<RespHashKind>(call, std::move(locks), item, terms);
    case RespType::kSet:
      return copy_large<RespSetKind>(call, std::move(locks), item, terms);
    case RespType::kSortedSet:
      return copy_large<RespSortedSetKind>(call, std::move(locks), item, terms);
    case RespType::kString:
      break;
  }
  return RespOutcome::kAgain;
}

}  // namespace pelikan
