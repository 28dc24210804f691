// Commands about the server: TIME, ROLE, MEMORY, and those that have little to say here because
// nothing is kept of it: SLOWLOG, LATENCY, FUNCTION.
#pragma once

#include "service/resp/handler_table.h"

namespace pelikan {

void enter_server_commands(RespControlHandlers& handlers) noexcept;

}  // namespace pelikan
