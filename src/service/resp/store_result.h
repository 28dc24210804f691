// What commands store under a destination: it takes the place of whatever was there, and has no
// expiry.
#pragma once

#include <algorithm>
#include <cstddef>

#include "service/resp/call.h"
#include "service/resp/collection.h"
#include "service/resp/large_collection.h"
#include "service/resp/readable.h"
#include "service/resp/write.h"

namespace pelikan {

template <class Set>
void put_member(Set& set, const structure::Text& member) {
  (void)set.add(structure::Element(member.view()));
}
template <class SortedSet>
void put_member(SortedSet& set, const structure::Scored& each) {
  (void)set.put(structure::Element(each.member), each.score);
}
[[nodiscard]] inline size_t length_of(const structure::Text& member) noexcept {
  return member.view().size();
}
[[nodiscard]] inline size_t length_of(const structure::Scored& each) noexcept {
  return each.member.size();
}

// Packs the result, if it is small enough.
template <class Kind, class Set>
[[nodiscard]] bool pack(const Set& result, typename Kind::Draft& draft) {
  if (result.size() > kRespPackedLimits.rows) return false;
  size_t longest = 0;
  draft.clear();
  visit_members(result, [&](const auto& member) {
    longest = std::max(longest, length_of(member));
    put_member(draft, member);
  });
  return longest <= kRespPackedLimits.element_bytes && draft.packed().is_within(kRespPackedLimits);
}

// Stores it, or takes the key away if it is empty: as put() of a store. After kNoMemory it may be
// tried again.
template <class Kind, class Store>
[[nodiscard]] PutStatus store_result(RespStoreCall<Store>& call, const Lookup& to,
                                     RespMade<Kind, Store>& result) {
  if (result.data().size() == 0) {
    (void)call.store.erase(to);
    return PutStatus::kStored;
  }
  auto& draft = call.worker.drafts.template of<Kind>();
  if (pack<Kind>(result.data(), draft)) {
    const Value value{.bytes = draft.bytes(), .flags = static_cast<uint32_t>(Kind::kType)};
    return write_value(call.store, to, value, {}, nullptr).status;
  }
  if (!call.store.can_charge(result.bytes())) return PutStatus::kNoMemory;
  return result.put(call, to, {}, {}).status;
}

}  // namespace pelikan
