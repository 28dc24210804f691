// SegmentQueue: segments in a row, linked through their headers. A segment is in one at most.
// Thread safety: the engine mutex.
#pragma once

#include <cstddef>
#include <span>

#include "base/assertion.h"
#include "storage/seg/segment.h"

namespace pelikan {

class SegmentQueue {
 public:
  explicit SegmentQueue(std::span<Segment> segments) noexcept : segments_(segments) {}

  // kNoSegment: empty, or `id` is the last.
  [[nodiscard]] SegmentId front() const noexcept { return front_; }
  [[nodiscard]] SegmentId after(SegmentId id) const noexcept { return segments_[id].next; }
  [[nodiscard]] size_t size() const noexcept { return size_; }

  void push_back(SegmentId id) noexcept {
    segments_[id].next = kNoSegment;
    segments_[id].prev = back_;
    (back_ == kNoSegment ? front_ : segments_[back_].next) = id;
    back_ = id;
    ++size_;
  }
  // REQUIRES: id is in this queue
  void remove(SegmentId id) noexcept {
    DCHECK(size_ > 0);
    const Segment& segment = segments_[id];
    (segment.prev == kNoSegment ? front_ : segments_[segment.prev].next) = segment.next;
    (segment.next == kNoSegment ? back_ : segments_[segment.next].prev) = segment.prev;
    --size_;
  }
  // REQUIRES: not empty
  SegmentId pop_front() noexcept {
    const SegmentId id = front_;
    remove(id);
    return id;
  }

 private:
  std::span<Segment> segments_;
  SegmentId front_ = kNoSegment;
  SegmentId back_ = kNoSegment;
  size_t size_ = 0;
};

}  // namespace pelikan
