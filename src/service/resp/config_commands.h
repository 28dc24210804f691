// CONFIG: options by Redis' names (config_table.h).
#pragma once

#include "service/resp/handler_table.h"

namespace pelikan {

void enter_config_commands(RespControlHandlers& handlers) noexcept;

}  // namespace pelikan
