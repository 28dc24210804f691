// Which medium a pool's file gets.
#pragma once

#include "datapool/pool_medium.h"
#include "datapool/pool_options.h"

namespace pelikan {

class Log;

// As pool_medium and what libpmem finds say; the log says what it became. Throws SetupError at once
// when the environment wants any file to pass for persistent memory, and pool_force_pmem does not.
// REQUIRES: the options and the log outlive the result
[[nodiscard]] MapMedium choose_medium(const PoolOptions& options, Log& log);

}  // namespace pelikan
