// Collections under keys: lists, hashes, sets and sorted sets. An item's flags say what stands
// there: a string, or a collection packed in the item's value (structure/packed.h), or the handle
// of a large one. Commands do not see the difference: they are functions of "the collection", made
// for all forms.
//
//   return read_collection<RespHashKind>(call, *call.lookup, [&](const auto& hash) {
//     return call.reply_count(hash.size());
//   });
//
//   size_t added = 0;
//   const auto refused = change_collection<RespHashKind>(
//       call, *call.lookup, growth_of(call.args.subspan(2)), [&](auto& hash) {
//         added = 0;  // it may be called again
//         for (size_t at = 2; at < call.args.size(); at += 2)
//           added += hash.set(Element(call.args[at]), Element(call.args[at + 1]));
//         return Changed::kYes;
//       });
//   return refused ? *refused : call.reply_count(added);
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>

#include "service/resp/call.h"
#include "service/resp/collection_types.h"
#include "service/resp/key_locks.h"
#include "service/resp/large_collection.h"
#include "service/resp/refusal.h"
#include "service/resp/write.h"

namespace pelikan {

// When a collection is too large to be packed: docs/decisions/0011-collections.md.
inline constexpr structure::Limits kRespPackedLimits{};

// What a change may add: so it is known beforehand whether the packed form will do, and whether
// there is memory.
struct RespGrowth {
  size_t rows = 0;
  size_t bytes = 0;    // of the elements
  size_t longest = 0;  // of an element

  // Of a large collection's memory, more or less.
  [[nodiscard]] size_t memory() const noexcept { return 2 * bytes + 64 * rows; }
};
[[nodiscard]] inline RespGrowth growth_of(std::span<const std::string_view> elements) noexcept {
  RespGrowth growth{.rows = elements.size()};
  for (const std::string_view element : elements) {
    growth.bytes += element.size();
    growth.longest = std::max(growth.longest, element.size());
  }
  return growth;
}
// Of names and values in turn, which are a row together.
[[nodiscard]] inline RespGrowth growth_of_pairs(std::span<const std::string_view> pairs) noexcept {
  RespGrowth growth = growth_of(pairs);
  growth.rows /= 2;
  return growth;
}
// It may be that what is added is there already: so up to twice of what a packed collection may
// have is tried.
[[nodiscard]] inline bool outgrows_packed(const structure::Packed& packed,
                                          RespGrowth growth) noexcept {
  return packed.size() + growth.rows > 2 * kRespPackedLimits.rows ||
         packed.bytes().size() + growth.bytes > 2 * kRespPackedLimits.bytes ||
         growth.longest > kRespPackedLimits.element_bytes;
}

enum class Changed : bool { kNo, kYes };

// Of an item that was found, or not. REQUIRES: a RespKeyLocks::Hold of the key, if it is large
template <class Kind, class Store, class Item, class Read>
RespOutcome read_item(RespStoreCall<Store>& call, const std::optional<Item>& item,
                      Read& read) noexcept {
  static_assert(
      std::is_same_v<std::invoke_result_t<Read&, const typename Kind::Large&>, RespOutcome>);
  if (item && type_of(*item) != Kind::kType) return call.reply_error(resp::Error::kWrongType);
  const RespOutcome outcome =
      item && item->handled() != nullptr
          ? read(std::as_const(large_of<Kind>(*item).data()))
          : read(typename Kind::View(item ? item->value_part(0) : Kind::kEmpty));
  if (outcome == RespOutcome::kDone) call.count_key(item.has_value());
  return outcome;
}

// Runs run(item, lock) for what is under the key: with the key's lock if it is a large collection,
// with none otherwise.
template <class Store, class Run>
RespOutcome with_item(RespStoreCall<Store>& call, const Lookup& key, Run&& run) noexcept {
  const auto item = call.get(key);
  if (!item || item->handled() == nullptr) [[likely]]
    return run(item, static_cast<RespKeyLocks::Hold*>(nullptr));
  RespKeyLocks::Hold lock(call.worker.control.key_locks(), key.key);
  if (!lock) return RespOutcome::kNextRound;
  return run(call.store.peek(key), &lock);
}

// Runs read(collection), which replies, for the collection under the key; an empty one if there is
// no such key. What is found counts as a hit or a miss.
template <class Kind, class Store, class Read>
RespOutcome read_collection(RespStoreCall<Store>& call, const Lookup& key, Read&& read) noexcept {
  return with_item(call, key, [&](const auto& item, RespKeyLocks::Hold*) noexcept {
    return read_item<Kind>(call, item, read);
  });
}

// The same for commands on several keys. REQUIRES: a RespKeyLocks::Hold of the key
template <class Kind, class Store, class Read>
RespOutcome read_locked_collection(RespStoreCall<Store>& call, const Lookup& key,
                                   Read&& read) noexcept {
  return read_item<Kind>(call, call.get(key), read);
}

// An empty collection takes its key away.
template <class Store, class Item>
[[nodiscard]] PutStatus store_nothing(RespStoreCall<Store>& call, const Lookup& key,
                                      const std::optional<Item>& old) noexcept {
  const bool is_beaten = old && call.store.erase_if(key, old->cas()) == EraseStatus::kExists;
  return is_beaten ? PutStatus::kExists : PutStatus::kStored;
}

// What the change has left in the draft.
template <class Kind, class Store, class Item>
[[nodiscard]] PutStatus store_draft(RespStoreCall<Store>& call, const Lookup& key,
                                    const std::optional<Item>& old,
                                    const typename Kind::Draft& draft) {
  if (draft.size() == 0) return store_nothing(call, key, old);
  if (!draft.packed().is_within(kRespPackedLimits)) {
    return replace_by_large<Kind>(
        call, key, old, std::make_unique<RespLarge<Kind>>(call.worker.key_hash, draft.view()));
  }
  const Value value{.bytes = draft.bytes(), .flags = static_cast<uint32_t>(Kind::kType)};
  return write_value(call.store, key, value, in_place_keeping_expiry(old), nullptr).status;
}

// Makes the collection large, then changes that.
template <class Kind, class Store, class Item, class Change>
[[nodiscard]] PutStatus change_into_large(RespStoreCall<Store>& call, const Lookup& key,
                                          const std::optional<Item>& old,
                                          const typename Kind::View& packed, Change& change) {
  auto large = std::make_unique<RespLarge<Kind>>(call.worker.key_hash, packed);
  if (change(large->data()) == Changed::kNo) return PutStatus::kStored;
  if (large->data().size() == 0) return store_nothing(call, key, old);
  return replace_by_large<Kind>(call, key, old, std::move(large));
}

template <class Kind, class Store, class Item, class Change>
[[nodiscard]] PutStatus change_packed(RespStoreCall<Store>& call, const Lookup& key,
                                      const std::optional<Item>& old, RespGrowth growth,
                                      Change& change) {
  const typename Kind::View packed(old ? old->value_part(0) : Kind::kEmpty);
  if (outgrows_packed(packed, growth)) {
    if (!call.store.can_charge(growth.memory())) return PutStatus::kNoMemory;
    return change_into_large<Kind>(call, key, old, packed, change);
  }
  auto& draft = call.worker.drafts.template of<Kind>();
  draft.load(packed.bytes());
  if (change(draft) == Changed::kNo) return PutStatus::kStored;
  return store_draft<Kind>(call, key, old, draft);
}

// In place. What is left empty goes while its key is locked, so that nobody changes it any more.
template <class Kind, class Store, class Item, class Change>
[[nodiscard]] PutStatus change_large(RespStoreCall<Store>& call, const Lookup& key,
                                     const Item& item, RespGrowth growth, Change& change) {
  if (growth.rows != 0 && !call.store.can_charge(growth.memory())) return PutStatus::kNoMemory;
  RespLarge<Kind>& large = large_of<Kind>(item);
  const RespLargeBill bill(call.store, large);
  (void)change(large.data());
  if (large.data().size() == 0) (void)call.store.erase_if(key, item.cas());
  return PutStatus::kStored;
}

// Runs change(collection) -> Changed for the collection under the key; an empty one if there is no
// such key. It may be run several times, each time for the collection as it is then; only what the
// last run did is kept. A collection that is left empty goes, with its key. Keeps the key's expiry.
// Returns what the handler returns if it cannot be done; empty: done, and nothing replied yet.
template <class Kind, class Store, class Change>
[[nodiscard]] std::optional<RespOutcome> change_collection(RespStoreCall<Store>& call,
                                                           const Lookup& key, RespGrowth growth,
                                                           Change&& change) noexcept {
  const RespKeyLocks::Hold lock(call.worker.control.key_locks(), key.key);
  if (!lock) return RespOutcome::kNextRound;
  return change_locked_collection<Kind>(call, key, growth, std::forward<Change>(change));
}

// The same for commands on several keys. REQUIRES: a RespKeyLocks::Hold of the key
template <class Kind, class Store, class Change>
[[nodiscard]] std::optional<RespOutcome> change_locked_collection(RespStoreCall<Store>& call,
                                                                  const Lookup& key,
                                                                  RespGrowth growth,
                                                                  Change&& change) noexcept try {
  static_assert(std::is_same_v<std::invoke_result_t<Change&, typename Kind::Large&>, Changed>);
  for (;;) {
    const auto item = call.get(key);
    if (item && type_of(*item) != Kind::kType) return call.reply_error(resp::Error::kWrongType);
    const PutStatus status = item && item->handled() != nullptr
                                 ? change_large<Kind>(call, key, *item, growth, change)
                                 : change_packed<Kind>(call, key, item, growth, change);
    if (is_beaten(status)) continue;
    if (status == PutStatus::kNoMemory) return RespOutcome::kNoMemory;
    if (status != PutStatus::kStored) return refuse_write(call, key, status);
    return std::nullopt;
  }
} catch (const std::bad_alloc&) {
  return refuse_for_memory(call);
}

}  // namespace pelikan
