// Large values: items above half a segment. Such an item begins in a segment of its own, the head,
// and goes on in whole further segments, the bodies:
//
//   head:   header, ext, cas token, key, padding, value size 4 B, checksum 4 B (item_check.h), body
//           ids 4 B each, padding, value
//   bodies: value, value ...
//
// The head is queued for eviction and expiry like any other segment, so a large item leaves alone
// and not with its neighbours. Whoever retires the head retires the bodies.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "storage/seg/item.h"
#include "storage/seg/slot.h"

namespace pelikan {

class SegmentHeap;

// How a large item lies in its segments.
struct LargeLayout {
  size_t key_bytes;
  size_t value_bytes;
  size_t segment_bytes;
  size_t bodies;  // segments behind the head

  [[nodiscard]] static LargeLayout plan(size_t key_bytes, size_t value_bytes,
                                        size_t segment_bytes) noexcept;
  [[nodiscard]] size_t size_offset() const noexcept;   // of the value's size, in the head
  [[nodiscard]] size_t check_offset() const noexcept;  // of the checksum
  [[nodiscard]] size_t ids_offset() const noexcept;    // of the bodies' ids
  [[nodiscard]] size_t value_offset() const noexcept;  // of the value's first byte

  // Where the value's byte `offset` lies: in which segment (0: the head), where in it, and how many
  // bytes of the value follow there. REQUIRES: offset < value_bytes
  struct Part {
    size_t segment;
    size_t offset;
    size_t bytes;
  };
  [[nodiscard]] Part part(size_t offset) const noexcept;
  [[nodiscard]] size_t bytes() const noexcept { return value_offset() + value_bytes; }  // in all
  // Bytes in use in a segment of it (0: the head).
  [[nodiscard]] size_t used(size_t segment) const noexcept;
};

// Of a large item at the start of its head.
[[nodiscard]] LargeLayout large_layout(const ItemRef& item, size_t segment_bytes) noexcept;
[[nodiscard]] std::span<const SegmentId> large_bodies(const char* head,
                                                      size_t segment_bytes) noexcept;
[[nodiscard]] std::string_view large_value_part(const SegmentHeap& heap, const ItemRef& item,
                                                size_t offset) noexcept;

// A large value while it is received: its segments are taken, nobody else sees them. The destructor
// gives them back. Outlives epochs, not the store.
class LargeReservation {
 public:
  // Empty: not so many segments are free, or values being received hold too many already.
  [[nodiscard]] static std::optional<LargeReservation> take(SegmentHeap& heap, std::string_view key,
                                                            const LargeLayout& layout) noexcept;

  LargeReservation(LargeReservation&& other) noexcept;
  LargeReservation& operator=(LargeReservation&& other) noexcept;
  ~LargeReservation();

  // Where the coming bytes go; empty when all are there.
  [[nodiscard]] std::span<char> next() noexcept;
  // So many bytes were written there. REQUIRES: bytes <= next().size()
  void advance(size_t bytes) noexcept;
  // Copies what comes next.
  void append(std::string_view bytes) noexcept;

  // Of the whole value, there or not.
  [[nodiscard]] size_t value_bytes() const noexcept { return layout_.value_bytes; }
  // For who publishes it: the head, which is the caller's now. REQUIRES: next().empty()
  [[nodiscard]] SegmentId release() noexcept;

 private:
  LargeReservation(SegmentHeap& heap, SegmentId head, const LargeLayout& layout) noexcept
      : heap_(&heap), head_(head), layout_(layout) {}

  SegmentHeap* heap_;  // null once released
  SegmentId head_;
  LargeLayout layout_;
  size_t written_ = 0;
};

}  // namespace pelikan
