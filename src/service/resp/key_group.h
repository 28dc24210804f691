// The locks of a command on several keys.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "service/resp/call.h"
#include "service/resp/key_locks.h"

namespace pelikan {

// A lock of each key. REQUIRES: no more keys than a Hold takes
[[nodiscard]] inline RespKeyLocks::Hold hold_keys(RespCall& call,
                                                  std::span<const std::string_view> keys) noexcept {
  return {call.worker.control.key_locks(), keys.size(), [&](size_t i) { return keys[i]; }};
}

}  // namespace pelikan
