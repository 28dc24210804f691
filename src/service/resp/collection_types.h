// What stands under a key: a string, or a collection in one of its forms.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <tuple>

#include "structure/big_hash.h"
#include "structure/big_list.h"
#include "structure/big_set.h"
#include "structure/big_sorted_set.h"

namespace pelikan {

// What an item's value is: kept in its flags.
enum class RespType : uint32_t { kString, kList, kSet, kSortedSet, kHash };

template <class Item>
[[nodiscard]] RespType type_of(const Item& item) noexcept {
  return static_cast<RespType>(item.flags());
}
// What commands on strings refuse.
template <class Item>
[[nodiscard]] bool is_collection(const Item& item) noexcept {
  return type_of(item) != RespType::kString;
}
template <class Item>
[[nodiscard]] bool is_collection(const std::optional<Item>& item) noexcept {
  return item && is_collection(*item);
}

// As TYPE tells it.
[[nodiscard]] constexpr std::string_view type_word(RespType type) noexcept {
  switch (type) {
    case RespType::kString:
      return "string";
    case RespType::kList:
      return "list";
    case RespType::kSet:
      return "set";
    case RespType::kSortedSet:
      return "zset";
    case RespType::kHash:
      return "hash";
  }
  return "none";
}

// Of each type: its packed form as it is read and as it is changed, and its large one.
template <RespType kItemType, structure::PackedKind kEmptyForm, class PackedView, class PackedDraft,
          class LargeForm>
struct RespKind {
  static constexpr RespType kType = kItemType;
  using View = PackedView;
  using Draft = PackedDraft;
  using Large = LargeForm;

 private:
  static constexpr char kNoRows[] = {static_cast<char>(kEmptyForm), 0, 0};

 public:
  static constexpr std::string_view kEmpty{kNoRows, sizeof kNoRows};
};
using RespListKind = RespKind<RespType::kList, structure::PackedKind::kList, structure::PackedList,
                              structure::ListDraft, structure::BigList>;
using RespHashKind = RespKind<RespType::kHash, structure::PackedKind::kHash, structure::PackedHash,
                              structure::HashDraft, structure::BigHash>;
// A set is one of numbers, until there is a text.
using RespSetKind = RespKind<RespType::kSet, structure::PackedKind::kIntegers2,
                             structure::PackedSet, structure::SetDraft, structure::BigSet>;
using RespSortedSetKind =
    RespKind<RespType::kSortedSet, structure::PackedKind::kSortedSet, structure::PackedSortedSet,
             structure::SortedSetDraft, structure::BigSortedSet>;

// The next bytes of packed collections, of the change that is on; a worker's.
class RespDrafts {
 public:
  template <class Kind>
  [[nodiscard]] auto& of() noexcept {
    return std::get<typename Kind::Draft>(drafts_);
  }

 private:
  std::tuple<structure::ListDraft, structure::HashDraft, structure::SetDraft,
             structure::SortedSetDraft>
      drafts_;
};

}  // namespace pelikan
