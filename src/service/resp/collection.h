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
#include <new>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>

#include "service/resp/call.h"
#include "service/resp/collection_types.h"
#include "service/resp/key_locks.h"
#include "service/resp/refusal.h"
#include "service/resp/write.h"

namespace pelikan {

// What a change may add: so it is known beforehand whether the packed form will do.
struct RespGrowth {
  size_t rows = 0;
  size_t longest = 0;  // bytes of an element
};
[[nodiscard]] inline RespGrowth growth_of(std::span<const std::string_view> elements) noexcept {
  RespGrowth growth{.rows = elements.size()};
  for (const std::string_view element : elements) {
    growth.longest = std::max(growth.longest, element.size());
  }
  return growth;
}

enum class Changed : bool { kNo, kYes };

// Runs read(collection), which replies, for the collection under the key; an empty one if there is
// no such key. What is found counts as a hit or a miss.
template <class Kind, class Store, class Read>
RespOutcome read_collection(RespStoreCall<Store>& call, const Lookup& key, Read&& read) noexcept {
  static_assert(
      std::is_same_v<std::invoke_result_t<Read&, const typename Kind::Large&>, RespOutcome>);
  const auto item = call.get(key);
  if (item && type_of(*item) != Kind::kType) return call.reply_error(resp::Error::kWrongType);
  const typename Kind::View view(item ? item->value_part(0) : Kind::kEmpty);
  const RespOutcome outcome = read(view);
  if (outcome == RespOutcome::kDone) call.count_key(item.has_value());
  return outcome;
}

// What has become of the item, or of nothing: an empty collection takes its key away.
template <class Store, class Item>
[[nodiscard]] PutStatus store_packed(RespStoreCall<Store>& call, const Lookup& key,
                                     const std::optional<Item>& old, RespType type,
                                     const structure::Draft& draft) noexcept {
  if (draft.size() > 0) {
    WriteTerms terms = in_place_of(old);
    terms.keep_expiry = true;
    const Value value{.bytes = draft.bytes(), .flags = static_cast<uint32_t>(type)};
    return write_value(call.store, key, value, terms, nullptr).status;
  }
  if (!old || call.store.erase_if(key, old->cas()) != EraseStatus::kExists)
    return PutStatus::kStored;
  return PutStatus::kExists;
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
  auto& draft = call.worker.drafts.template of<Kind>();
  for (;;) {
    const auto item = call.get(key);
    if (item && type_of(*item) != Kind::kType) return call.reply_error(resp::Error::kWrongType);
    if (item) {
      draft.load(item->value_part(0));
    } else {
      draft.clear();
    }
    if (draft.size() + growth.rows > structure::Packed::kMaxRows) {
      return call.reply_error(resp::Error::kValueTooLarge);
    }
    if (change(draft) == Changed::kNo) return std::nullopt;
    const PutStatus status = store_packed(call, key, item, Kind::kType, draft);
    if (is_beaten(status)) continue;
    if (status != PutStatus::kStored) return refuse_write(call, key, status);
    return std::nullopt;
  }
} catch (const std::bad_alloc&) {
  return refuse_for_memory(call);
}

}  // namespace pelikan
