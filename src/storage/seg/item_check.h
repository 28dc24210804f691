// Checksums of items, for a heap that outlives its process: CRC32C, written by whoever publishes an
// item, compared once by the next process before it serves the item (kept_items.h).
//
// It covers what does not change once an item is published: the header's lengths, ext, cas token,
// key and value. Expiry, winner and "freq lies" change, so nothing tells whether they are right.
// Of an item among others it lies in the four bytes behind the value; of a large one, whose value
// fills its segments to the brim, in the upper half of the word with the value's size.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "storage/seg/item.h"
#include "storage/seg/slot.h"

namespace pelikan {

class SegmentHeap;

// Of an item written whole, in the epoch that wrote it. REQUIRES: the heap has checksums
void write_check(const SegmentHeap& heap, char* item) noexcept;

// What follows looks at bytes that may be anything, and at nothing outside their segments.

// How many of the `room` bytes that begin here are an item, or closed as dead; empty: they are
// nothing that was ever written. REQUIRES: room >= kMinItemBytes
[[nodiscard]] std::optional<size_t> bounded_item(const char* at, size_t room) noexcept;
// Whether an item lies there, with the bytes it was published with.
// REQUIRES: a sealed segment; has_bodies(), if it is the head of a large value
[[nodiscard]] bool is_intact(const SegmentHeap& heap, Location location) noexcept;
// Whether a large item begins in this segment and goes on in these.
[[nodiscard]] bool has_bodies(const SegmentHeap& heap, SegmentId head,
                              std::span<const SegmentId> bodies) noexcept;

}  // namespace pelikan
