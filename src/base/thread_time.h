// How long a thread has run: for work whose cost to others matters, however often it was
// interrupted. A system call, so not for every request.
#pragma once

#include <cstdint>

namespace pelikan {

// Nanoseconds of CPU time of the calling thread (CLOCK_THREAD_CPUTIME_ID).
[[nodiscard]] int64_t thread_cpu_ns() noexcept;

}  // namespace pelikan
