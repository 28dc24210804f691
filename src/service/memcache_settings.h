// memcached's `stats settings`, filled from our options.
#pragma once

#include <string>

#include "core/service.h"

namespace pelikan {

// The rows, without END; `detail_enabled` is what `stats detail` was switched to. Thread safety:
// any thread.
[[nodiscard]] std::string memcache_settings(const ServerContext& context, bool detail_enabled);

}  // namespace pelikan
