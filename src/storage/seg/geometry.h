// SegGeometry: how a store's memory is divided. The whole budget is accounted for: segments, their
// headers, hash buckets, overflow buckets and the timing wheel's cells.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "storage/seg/seg_options.h"

namespace pelikan {

struct SegGeometry {
  size_t budget_bytes;   // seg_memory
  size_t segment_bytes;  // a power of two
  unsigned segment_shift;
  size_t segments;
  size_t homes;     // hash buckets
  size_t overflow;  // overflow buckets

  size_t item_max;     // bytes of an item, all in
  size_t inline_max;   // bytes of an item that shares a segment; larger ones are large values
  size_t key_max;      // bytes of a key
  size_t largest;      // segments that an item of item_max takes
  size_t reserve;      // free segments that maintenance keeps at hand
  size_t least;        // segments the store can work with
  size_t check_bytes;  // behind each item: kCheckBytes, or 0

  // Throws SetupError when the options do not fit one another.
  // `is_lasting`: the heap outlives the process, so that items have checksums.
  [[nodiscard]] static SegGeometry plan(const SegOptions& options, size_t threads,
                                        bool is_lasting = false);

  // What a store that may use `usable` of its segments keeps to: those open at once, and those that
  // values being received may hold.
  [[nodiscard]] static size_t open_max(size_t usable) noexcept;
  [[nodiscard]] size_t receive_max(size_t usable) const noexcept;
  // The segments it may use when all it takes shall be `bytes`; empty: fewer than it can work with,
  // or more than seg_memory.
  [[nodiscard]] std::optional<size_t> usable_within(uint64_t bytes) const noexcept;

  [[nodiscard]] size_t heap_bytes() const noexcept { return segments * segment_bytes; }
  // Everything but the segments themselves.
  [[nodiscard]] size_t table_bytes() const noexcept;
};

}  // namespace pelikan
