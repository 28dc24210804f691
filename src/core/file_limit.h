// The process's limit of open files.
#pragma once

#include <cstdint>

namespace pelikan {

// Raises the soft limit (RLIMIT_NOFILE) to `files` where it is lower, and the hard limit with it
// where the process may. Returns the soft limit that holds now.
uint64_t raise_file_limit(uint64_t files) noexcept;

}  // namespace pelikan
