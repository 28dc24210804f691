// What is written about segments when a store is to go on in another process: snapshot.h. Words of
// this machine's order, behind one another, without a byte between.
#pragma once

#include <cstdint>

#include "storage/seg/slot.h"

namespace pelikan {

// A segment that holds items, or goes on with the large value of the head before it. The others are
// free. In the order of their seals, the oldest first.
struct SegmentRecord {
  enum class Role : uint8_t { kItems, kLargeHead, kBody };

  uint64_t sequence = 0;
  SegmentId id = kNoSegment;
  uint32_t end = 0;  // bytes in use
  uint32_t dead_bytes = 0;
  uint32_t deadline = 0;
  uint32_t opened_tick = 0;
  uint16_t ttl_bucket = 0;
  Role role = Role::kItems;
  uint8_t zero = 0;
};
static_assert(sizeof(SegmentRecord) == 32);

// What else the heap remembers.
struct HeapRecord {
  uint64_t next_sequence = 1;
  uint64_t flush_horizon = 0;
  int64_t flush_at_ms = 0;  // of a delayed flush; INT64_MAX: there is none
};

}  // namespace pelikan
