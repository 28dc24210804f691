// The pages that memory and files come in.
#pragma once

#include <cstdint>

#include "base/bytes.h"

namespace pelikan {

inline constexpr uint64_t kPage = 4 * kKiB;  // of a pool file, whatever the system has
inline constexpr uint64_t kHugePage = 2 * kMiB;

// The next multiple of `unit`, which may be `bytes` itself.
[[nodiscard]] constexpr uint64_t round_up(uint64_t bytes, uint64_t unit) noexcept {
  return (bytes + unit - 1) / unit * unit;
}

}  // namespace pelikan
