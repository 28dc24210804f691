// What the process has to become before it serves.
#pragma once

#include "core/framework_options.h"

namespace pelikan {

// Raises the limits that the options need, then gives up being root for `user`, then locks memory.
// Throws SetupError naming the option that cannot be had.
// REQUIRES: no other thread runs; not before a fork, which would not keep memory locked
void set_up_process(const FrameworkOptions& options);

}  // namespace pelikan
