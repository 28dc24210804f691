// How the allocator gives memory back to the kernel.
#pragma once

namespace pelikan {

// From now on memory that this thread frees goes back to the kernel a little at a time, over ten
// seconds. Without this jemalloc gives back 8 MiB and more at once, which takes a millisecond.
// Nothing, with another allocator.
void give_memory_back_slowly() noexcept;

}  // namespace pelikan
