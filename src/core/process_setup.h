// What the process has to become before it serves.
#pragma once

#include <string>

#include "core/framework_options.h"

namespace pelikan {

// Raises the limits that the options need, which root may. Throws SetupError naming the option that
// cannot be had.
void raise_limits(const FrameworkOptions& options);

// Once the addresses are taken: gives up being root for `user`, for good, and locks memory. A
// process that `keeps_secrets` leaves no memory to core files and debuggers, unless core_dumps says
// so. Returns a sentence when the system does not let it lock memory, which is then not locked;
// throws SetupError naming any other option that cannot be had.
// REQUIRES: no other thread runs; not before a fork, which would not keep memory locked
[[nodiscard]] std::string confine_process(const FrameworkOptions& options, bool keeps_secrets);

}  // namespace pelikan
