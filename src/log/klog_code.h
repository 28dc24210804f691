// How a command that is logged ended (docs/reference/klog.md).
#pragma once

#include <cstdint>

namespace pelikan {

// The numbers are Pelikan's and never change: whoever reads logs relies on them. kTouched is ours.
enum class KlogCode : uint8_t {
  kMiss = 0,
  kValue = 4,
  kStored = 5,
  kExists = 6,
  kDeleted = 7,
  kNotFound = 8,
  kNotStored = 9,
  kClientError = 10,
  kServerError = 11,
  kNumber = 12,
  kTouched = 13,
};

}  // namespace pelikan
