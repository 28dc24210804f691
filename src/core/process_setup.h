// What the process has to become before it serves.
#pragma once

#include <string>

#include "core/framework_options.h"

namespace pelikan {

// Raises the limits that the options need, then gives up being root for `user`, then locks memory.
// Returns a sentence when the system does not let it lock memory, which is then not locked; throws
// SetupError naming any other option that cannot be had.
// REQUIRES: no other thread runs; not before a fork, which would not keep memory locked
[[nodiscard]] std::string set_up_process(const FrameworkOptions& options);

}  // namespace pelikan
