// Keys whose every field has expired.
#pragma once

#include <cstdint>
#include <optional>

#include "service/resp/collection_types.h"
#include "service/resp/large_collection.h"

namespace pelikan {

// Whether something is there, for who does not look into it: not a hash whose fields have all
// expired. REQUIRES: in the epoch in which it was found
template <class Item>
[[nodiscard]] bool is_there(const std::optional<Item>& item, int64_t now_ms) noexcept {
  if (!item) return false;
  if (type_of(*item) != RespType::kHash) [[likely]]
    return true;
  if (item->handled() != nullptr) return !large_of<RespHashKind>(*item).is_gone(now_ms);
  return RespHashKind::View(item->value_part(0)).count_live(now_ms) != 0;
}

}  // namespace pelikan
