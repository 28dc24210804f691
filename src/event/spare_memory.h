// Memory kept back for libevent. Its HTTP server does not survive an allocation that fails while it
// makes a connection (2.1.12 frees what it has not made yet), so small blocks lie ready, and an
// allocation that the system refuses takes one of them.
//
// Thread safety: all functions from any thread.
#pragma once

namespace pelikan {

// From now on libevent allocates so; before its first thread starts.
void keep_spare_memory() noexcept;

// Replaces the blocks that were taken, as far as the system has memory again.
void refill_spare_memory() noexcept;

}  // namespace pelikan
