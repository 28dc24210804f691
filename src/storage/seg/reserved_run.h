// ReservedRun: what a thread reserved of an open segment in one step and has not given to items
// yet. A reservation is a locked instruction, which waits until all that was written before it has
// reached the cache; of the items that are written in one epoch only the first pays for it.
//
// How much comes is guessed: as much as in the epoch before. A run lives within its epoch, as every
// reservation does; what is left of it then goes back, or, when others have reserved behind it,
// becomes a dead item.
//
// Thread safety: its own thread only. In an epoch.
#pragma once

#include <cstddef>
#include <cstdint>

#include "storage/seg/item.h"
#include "storage/seg/segment.h"
#include "storage/seg/slot.h"

namespace pelikan {

class SegmentHeap;

class ReservedRun {
 public:
  // Room in this segment; kNoRoom: it is sealed, or has none. No std::optional: that is copied as a
  // whole right after its two parts were stored, and such a load waits until all that was written
  // before has reached the cache.
  static constexpr size_t kNoRoom = SIZE_MAX;
  [[nodiscard]] size_t reserve(Segment& segment, SegmentId id, size_t bytes,
                               size_t segment_bytes) noexcept {
    if (id == id_ && may_take(bytes, end_ - at_)) return take(bytes);
    const size_t coming = guess_ > taken_ ? guess_ - taken_ : 0;
    if (at_ == end_ && coming > bytes && may_take(bytes, coming)) {
      if (const auto offset = segment.reserve(coming, segment_bytes)) {
        id_ = id;
        at_ = *offset;
        end_ = *offset + coming;
        return take(bytes);
      }
    }
    const auto offset = segment.reserve(bytes, segment_bytes);
    if (!offset) return kNoRoom;
    taken_ += bytes;
    return *offset;
  }

  // The epoch ends.
  void close(SegmentHeap& heap) noexcept {
    if (at_ != end_) [[unlikely]]
      close_rest(heap);
    guess_ = taken_ < kMost ? taken_ : kMost;
    taken_ = 0;
  }

 private:
  static constexpr size_t kMost = 2048;  // of larger items each may pay for itself

  // What is left must be large enough for a dead item.
  static bool may_take(size_t bytes, size_t of) noexcept {
    return bytes == of || bytes + kMinItemBytes <= of;
  }
  size_t take(size_t bytes) noexcept {
    const size_t offset = at_;
    at_ += bytes;
    taken_ += bytes;
    return offset;
  }
  void close_rest(SegmentHeap& heap) noexcept;

  SegmentId id_ = kNoSegment;
  size_t at_ = 0;
  size_t end_ = 0;
  size_t taken_ = 0;  // bytes in this epoch
  size_t guess_ = 0;  // what that will be
};

}  // namespace pelikan
