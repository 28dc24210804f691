// Keys whose every field has expired.
#pragma once

#include <cstdint>
#include <optional>

#include "service/resp/collection_types.h"

namespace pelikan {

// Whether something is there, for who does not look into it: not a hash whose fields have all
// expired. A large one is there until a command on it finds that out: that takes its lock.
template <class Item>
[[nodiscard]] bool is_there(const std::optional<Item>& item, int64_t now_ms) noexcept {
  if (!item) return false;
  if (type_of(*item) != RespType::kHash || item->handled() != nullptr) [[likely]]
    return true;
  return RespHashKind::View(item->value_part(0)).count_live(now_ms) != 0;
}

}  // namespace pelikan
