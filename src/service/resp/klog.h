// What the command log says of a request of the Redis protocol (docs/reference/klog.md).
#pragma once

#include <cstddef>
#include <cstdint>

#include "service/resp/call.h"

namespace pelikan {

// Made before the request runs.
class RespNote {
 public:
  // REQUIRES: the call outlives it
  explicit RespNote(const RespCall& call) noexcept;

  // It is done: logs it. REQUIRES: klog.ahead() == 0
  void finish() const noexcept;

 private:
  const RespCall& call_;
  const uint64_t hits_;
  const uint64_t misses_;
  const size_t size_;
};

}  // namespace pelikan
