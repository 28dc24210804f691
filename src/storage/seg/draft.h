// Draft: a reservation on its way to become an item (item_writer.h).
#pragma once

#include <cstddef>
#include <cstdint>

#include "storage/seg/item_layout.h"
#include "storage/seg/slot.h"

namespace pelikan {

// The item is written at `at`: in its place, or, when that is persistent memory, in a buffer of the
// thread's that is copied there when the item is published.
//
// Aligned so that the shape, which is copied by halves of 16 bytes and read word by word right
// after, never lies across two cache lines: such a read waits until all that was written before has
// reached the cache, once a write.
struct alignas(16) Draft {
  Location location;
  char* at = nullptr;
  ItemShape shape;
  size_t bytes = 0;                       // reserved in the segment
  const uint64_t* given_token = nullptr;  // by a client; with kCasBit

  // False: no segment is free.
  explicit operator bool() const noexcept { return at != nullptr; }
};

}  // namespace pelikan
