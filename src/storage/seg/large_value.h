// Large values: items above half a segment. Such an item begins in a segment of its own, the head,
// and goes on in whole further segments, the bodies:
//
//   head:   header ext cas key, padding, value bytes 8 B, body ids 4 B each, padding, value ...
//   bodies: value ...
//
// The head is queued for eviction and expiry like any other segment, so a large item leaves alone
// and not with its neighbours. Whoever retires the head retires the bodies.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "storage/seg/item.h"
#include "storage/seg/slot.h"

namespace pelikan {

struct SegEngine;

// How a large item lies in its segments.
struct LargeLayout {
  size_t key_bytes;
  size_t value_bytes;
  size_t bodies;  // segments behind the head

  [[nodiscard]] static LargeLayout plan(size_t key_bytes, size_t value_bytes,
                                        size_t segment_bytes) noexcept;
  [[nodiscard]] size_t size_offset() const noexcept;   // of the value's size, in the head
  [[nodiscard]] size_t ids_offset() const noexcept;    // of the bodies' ids
  [[nodiscard]] size_t value_offset() const noexcept;  // of the value's first byte
};

// A large value while it is received: its segments are taken, nobody else sees them. The destructor
// gives them back. Outlives epochs, not the store.
class LargeReservation {
 public:
  LargeReservation(LargeReservation&& other) noexcept;
  LargeReservation& operator=(LargeReservation&& other) noexcept;
  ~LargeReservation();

  // Where the coming bytes go; empty when all are there.
  [[nodiscard]] std::span<char> next() noexcept;
  // So many bytes were written there. REQUIRES: bytes <= next().size()
  void advance(size_t bytes) noexcept;

 private:
  friend class LargeWriter;
  LargeReservation(SegEngine& engine, SegmentId head, LargeLayout layout) noexcept
      : engine_(&engine), head_(head), layout_(layout) {}

  SegEngine* engine_;  // null once published or given back
  SegmentId head_;
  LargeLayout layout_;
  size_t written_ = 0;
};

}  // namespace pelikan
