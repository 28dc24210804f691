// Replies with many rows of a collection: all of a hash or a set, a part of a list or a sorted set.
// Those of a large one are put together in rounds, while it is held still, and go out when they are
// all there: no client that takes its time holds others up.
//
//   return reply_rows<RespSetKind>(
//       call,
//       [](RespElementReply& reply, const auto& set) {
//         reply.set(set.size());
//         return walk_over(set);
//       },
//       [](RespElementReply& reply, const structure::Text& member) { reply.bulk(member.view()); });
#pragma once

#include <algorithm>
#include <cstddef>
#include <new>
#include <optional>
#include <type_traits>
#include <utility>

#include "service/resp/collection.h"
#include "service/resp/element_reply.h"
#include "service/resp/errand.h"
#include "service/resp/kept.h"
#include "service/resp/row_walk.h"

namespace pelikan {

// Such a walk is not to be done at once.
template <class Large>
[[nodiscard]] bool takes_rounds(const Large& collection, const RespRowWalk& walk) noexcept {
  constexpr size_t kBytes = 1024 * 1024;
  const size_t rows = walk.left();
  return rows > kRespRowsRead || rows * collection.memory() > kBytes * collection.size();
}

// How many rows are composed in the next round, by how long the others were.
class RespRowPace {
 public:
  template <class Large>
  explicit RespRowPace(const Large& collection) noexcept
      : rows_(std::clamp<size_t>(kBytes * collection.size() / collection.memory(), 1,
                                 kRespRowsRead)) {}

  [[nodiscard]] size_t rows() const noexcept { return rows_; }
  // They took so many bytes.
  void took(size_t bytes) noexcept {
    const size_t fit = rows_ * kBytes / std::max<size_t>(bytes, 1);
    rows_ = std::clamp<size_t>(fit, 1, std::min(2 * rows_, kRespRowsRead));
  }

 private:
  static constexpr size_t kBytes = 128 * 1024;

  size_t rows_;
};

template <class Large, class Store, class Show>
RespErrand gather_rows(RespStoreCall<Store>* call, RespKept<Store> kept, const Large* collection,
                       RespRowWalk walk, RespTextParts parts, Show show) {
  RespRowPace pace(*collection);
  while (!walk.is_done()) {
    co_yield RespOutcome::kNextRound;
    RespElementReply reply(*call);
    walk.step(*collection, pace.rows(), [&](const auto& row) { show(reply, row); });
    pace.took(reply.size());
    parts.push_back(reply.copy());
  }
  kept.let_go();
  call->count_key(true);
  co_return call->reply_long(std::move(parts));
}

// The lock is the key's, if the item may be a large one.
template <class Kind, class Store, class Item, class Begin, class Show>
RespOutcome reply_item_rows(RespStoreCall<Store>& call, const std::optional<Item>& item,
                            RespKeyLocks::Hold* lock, const Begin& begin, const Show& show) noexcept
    try {
  const auto read = [&](const auto& collection) {
    RespElementReply reply(call);
    RespRowWalk walk = begin(reply, collection);
    if constexpr (std::is_same_v<decltype(collection), const typename Kind::Large&>) {
      if (takes_rounds(collection, walk)) {
        RespPin<Store> pin(call.store, *item->handled());
        if (!pin) return RespOutcome::kAgain;
        return begin_errand(
            call, gather_rows(&call, RespKept<Store>{std::move(pin), std::move(*lock)}, &collection,
                              walk, RespTextParts{reply.copy()}, show));
      }
    }
    walk.step(collection, walk.left(), [&](const auto& row) { show(reply, row); });
    return reply.send();
  };
  return read_item<Kind>(call, item, read);
} catch (const std::bad_alloc&) {
  return refuse_for_memory(call);
}

// Replies with rows of the collection under the call's key: begin(reply, collection) composes their
// head and returns the walk over them, show(reply, row) composes each, perhaps some rounds later:
// it is copied.
template <class Kind, class Store, class Begin, class Show>
RespOutcome reply_rows(RespStoreCall<Store>& call, const Begin& begin, const Show& show) noexcept {
  return with_item(call, *call.lookup, [&](const auto& item, RespKeyLocks::Hold* lock) noexcept {
    return reply_item_rows<Kind>(call, item, lock, begin, show);
  });
}

}  // namespace pelikan
