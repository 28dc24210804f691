// SegmentMemory: where the segments' bytes lie, one behind the other. Cheap to copy: a loop that
// keeps its own need not load it again behind every acquire.
#pragma once

#include <cstddef>

#include "storage/seg/slot.h"

namespace pelikan {

class SegmentMemory {
 public:
  SegmentMemory(char* bytes, unsigned segment_shift) noexcept
      : bytes_(bytes), shift_(segment_shift) {}

  [[nodiscard]] size_t segment_bytes() const noexcept { return size_t{1} << shift_; }
  [[nodiscard]] char* at(SegmentId id) const noexcept {
    return bytes_ + (static_cast<size_t>(id) << shift_);
  }
  [[nodiscard]] char* at(Location location) const noexcept {
    return at(location.segment()) + location.offset_bytes();
  }

 private:
  char* bytes_;
  unsigned shift_;
};

}  // namespace pelikan
