// LastingHeap: memory that outlives the process, for a store to keep its items in, and what the
// process before left beside it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "datapool/datapool.h"
#include "datapool/heap_copy.h"

namespace pelikan {

struct LastingHeap {
  DataPool* pool = nullptr;  // outlives the store
  HeapCopy copy{};           // how items get into it
  uint64_t hash_seed = 0;    // the one that `kept` was written with
  // What SegStore::write_tables() wrote, with the pool as it was then; looked at by the store's
  // constructor alone. Empty: the pool's content means nothing.
  std::span<const std::byte> kept{};
  int64_t stopped_ms = 0;  // the moment it was written for, on the boot clock of now
};

}  // namespace pelikan
