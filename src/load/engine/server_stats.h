// What a memcache server says of itself: `version` and `stats`.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "load/engine/result.h"
#include "load/engine/servers.h"

namespace pelikan::load {

struct ServerStats {
  std::string version;
  NamedTexts stats;

  // A statistic as a number; empty when it is not there or none.
  [[nodiscard]] std::optional<uint64_t> number(std::string_view name) const noexcept;
};

// Asks over a connection of its own. A proxy closes it at what it does not pass on, so there may be
// neither version nor statistics. Throws ServerUnreachable.
[[nodiscard]] ServerStats read_server_stats(const ServerTarget& target,
                                            std::chrono::milliseconds timeout);

}  // namespace pelikan::load
