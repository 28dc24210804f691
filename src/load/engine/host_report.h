// The machine the generator runs on.
#pragma once

#include "load/engine/result.h"
#include "load/engine/servers.h"

namespace pelikan::load {

[[nodiscard]] HostReport describe_host(const ServerTarget& first_server);

}  // namespace pelikan::load
