// What the wires of memcached's protocols have in common.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/clock.h"
#include "load/engine/wire.h"
#include "service/memcache_expiry.h"

namespace pelikan::load {

// A time to live as memcached takes it: one of more than 30 days is the time itself.
[[nodiscard]] inline int64_t exptime_of(int64_t ttl_s) noexcept {
  if (ttl_s <= kMaxRelativeExptime) [[likely]]
    return ttl_s;
  return SystemTime().unix_ms() / 1000 + ttl_s;
}

// Of a line that should be an error.
[[nodiscard]] inline Outcome outcome_of_error(std::string_view line) noexcept {
  if (line.starts_with("SERVER_ERROR")) return Outcome::kServerError;
  if (line.starts_with("CLIENT_ERROR")) return Outcome::kClientError;
  return line.starts_with("ERROR") ? Outcome::kClientError : Outcome::kBroken;
}

}  // namespace pelikan::load
