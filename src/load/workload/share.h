// Share: which part of the work one thread does.
#pragma once

#include <cstdint>

namespace pelikan::load {

struct Share {
  uint32_t index = 0;  // REQUIRES: < count
  uint32_t count = 1;
};

}  // namespace pelikan::load
