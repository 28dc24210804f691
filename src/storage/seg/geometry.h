// SegGeometry: how a store's memory is divided. The whole budget is accounted for: segments, their
// headers, hash buckets, overflow buckets and the timing wheel's cells.
#pragma once

#include <cstddef>
#include <cstdint>

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
  size_t open_max;     // segments open at once
  size_t reserve;      // free segments that maintenance keeps at hand
  size_t receive_max;  // segments that values being received may hold

  // Throws SetupError when the options do not fit one another.
  [[nodiscard]] static SegGeometry plan(const SegOptions& options, size_t threads);

  [[nodiscard]] size_t heap_bytes() const noexcept { return segments * segment_bytes; }
  // Everything but the segments themselves.
  [[nodiscard]] size_t table_bytes() const noexcept;
};

}  // namespace pelikan
