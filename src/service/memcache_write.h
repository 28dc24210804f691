// What a storage command asks of the store, and which metric counts it.
#pragma once

#include <cstddef>

#include "protocol/memcache/request.h"
#include "service/memcache_metrics.h"
#include "service/stored_value.h"
#include "storage/store.h"

namespace pelikan {

[[nodiscard]] constexpr PutMode put_mode(memcache::Command command) noexcept {
  if (command == memcache::Command::kAdd) return PutMode::kAdd;
  return command == memcache::Command::kReplace ? PutMode::kReplace : PutMode::kSet;
}

// What counts a storage command.
[[nodiscard]] constexpr MemcacheCount storage_count(memcache::Command command) noexcept {
  const auto offset = static_cast<size_t>(command) - static_cast<size_t>(memcache::Command::kSet);
  return static_cast<MemcacheCount>(static_cast<size_t>(MemcacheCount::kSet) + offset);
}

}  // namespace pelikan
