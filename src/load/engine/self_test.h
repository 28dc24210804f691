// The self-test: what this machine lets the generator do against a server that does nothing, and
// how precise its timers are.
#pragma once

#include <string>

#include "core/signals.h"
#include "load/options.h"

namespace pelikan::load {

// Takes a few seconds. The report, for people. REQUIRES: as Runner's
[[nodiscard]] std::string self_test(const LoadOptions& options, Signals& signals);

}  // namespace pelikan::load
