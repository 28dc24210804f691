// available_memory: what a process can take before the system ends somebody for it.
#pragma once

#include <cstddef>
#include <string>

namespace pelikan {

// Bytes: the kernel's estimate for the machine (MemAvailable), or what is left under the memory
// limits of the process's control groups (version 2), whichever is less. `root` is "/", or a
// tree of files made by a test. A file that is not there limits nothing.
[[nodiscard]] size_t available_memory(const std::string& root);

}  // namespace pelikan
