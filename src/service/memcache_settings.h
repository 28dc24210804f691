// memcached's `stats settings`, filled from our options.
#pragma once

#include <string>

#include "core/service.h"

namespace pelikan {

// The rows, without END. Thread safety: any thread.
[[nodiscard]] std::string memcache_settings(const ServerContext& context);

}  // namespace pelikan
