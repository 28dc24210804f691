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
struct RespListKind {
  static constexpr RespType kType = RespType::kList;
  static constexpr std::string_view kEmpty{"\1\0\0", 3};
  using View = structure::PackedList;
  using Draft = structure::ListDraft;
  using Large = structure::BigList;
};
struct RespHashKind {
  static constexpr RespType kType = RespType::kHash;
  static constexpr std::string_view kEmpty{"\2\0\0", 3};
  using View = structure::PackedHash;
  using Draft = structure::HashDraft;
  using Large = structure::BigHash;
};
struct RespSetKind {
  static constexpr RespType kType = RespType::kSet;
  static constexpr std::string_view kEmpty{"\6\0\0", 3};  // of numbers, until there is a text
  using View = structure::PackedSet;
  using Draft = structure::SetDraft;
  using Large = structure::BigSet;
};
struct RespSortedSetKind {
  static constexpr RespType kType = RespType::kSortedSet;
  static constexpr std::string_view kEmpty{"\5\0\0", 3};
  using View = structure::PackedSortedSet;
  using Draft = structure::SortedSetDraft;
  using Large = structure::BigSortedSet;
};

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
