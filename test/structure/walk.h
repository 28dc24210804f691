// Reads all of a packed collection, of any kind, in every direction it has.
#pragma once

#include <string_view>

#include "base/assertion.h"
#include "structure/packed_hash.h"
#include "structure/packed_list.h"
#include "structure/packed_set.h"
#include "structure/packed_sorted_set.h"

namespace pelikan::structure::test {

template <class View, class Bytes>
size_t walk_both_ways(const View& view, const Bytes& bytes_of) {
  size_t bytes = 0;
  const auto visit = [&](const auto& each) { bytes += bytes_of(each); };
  if (view.size() == 0) return 0;
  view.visit_range(0, view.size(), Direction::kForward, visit);
  view.visit_range(view.size() - 1, view.size(), Direction::kBackward, visit);
  return bytes;
}

// REQUIRES: Packed::is_valid(bytes)
inline void walk(std::string_view bytes) {
  size_t text_bytes = 0;
  switch (Packed(bytes).kind()) {
    case PackedKind::kList:
      text_bytes =
          walk_both_ways(PackedList(bytes), [](Cell cell) { return cell.text().view().size(); });
      break;
    case PackedKind::kSortedSet:
      text_bytes = walk_both_ways(PackedSortedSet(bytes), [](const Scored& each) {
        return each.member.text().view().size();
      });
      break;
    case PackedKind::kHash:
    case PackedKind::kExpiringHash:
      PackedHash(bytes).visit_all([&](const Field& field) {
        text_bytes += field.name.text().view().size() + field.value.text().view().size();
      });
      break;
    case PackedKind::kSet:
    case PackedKind::kIntegers2:
    case PackedKind::kIntegers4:
    case PackedKind::kIntegers8:
      PackedSet(bytes).visit_all([&](const Text& text) { text_bytes += text.view().size(); });
      break;
  }
  CHECK(text_bytes <= bytes.size() * 2 * (kMaxDecimal + 1));
}

}  // namespace pelikan::structure::test
