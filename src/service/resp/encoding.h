// How a value is kept, in OBJECT ENCODING's words: Redis' names for what comes nearest.
#pragma once

#include <cstddef>
#include <string_view>

#include "protocol/resp/numbers.h"
#include "service/resp/collection_types.h"
#include "service/resp/write.h"

namespace pelikan {

// Of what is large.
[[nodiscard]] constexpr std::string_view encoding_word(RespType type) noexcept {
  switch (type) {
    case RespType::kList:
      return "quicklist";
    case RespType::kSet:
    case RespType::kHash:
      return "hashtable";
    case RespType::kSortedSet:
      return "skiplist";
    case RespType::kString:
      break;
  }
  return "raw";
}

[[nodiscard]] constexpr std::string_view encoding_word(structure::PackedKind kind) noexcept {
  switch (kind) {
    case structure::PackedKind::kList:
    case structure::PackedKind::kHash:
    case structure::PackedKind::kSet:
    case structure::PackedKind::kSortedSet:
      return "listpack";
    case structure::PackedKind::kExpiringHash:
      return "listpackex";
    case structure::PackedKind::kIntegers2:
    case structure::PackedKind::kIntegers4:
    case structure::PackedKind::kIntegers8:
      return "intset";
  }
  return "unknown";
}

template <class Item>
[[nodiscard]] std::string_view encoding_word(const Item& item) noexcept {
  if (item.handled() != nullptr) return encoding_word(type_of(item));
  if (is_collection(item)) return encoding_word(structure::Packed(item.value_part(0)).kind());
  constexpr size_t kMostEmbedded = 44;  // as Redis draws the line
  char buffer[resp::kMaxInteger];
  const auto text = short_value(item, buffer);
  if (text && resp::parse_integer(*text)) return "int";
  return item.value_size() <= kMostEmbedded ? "embstr" : "raw";
}

}  // namespace pelikan
