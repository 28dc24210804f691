// INFO: what a server tells of itself, in Redis' sections and by Redis' names.
#pragma once

#include "service/resp/handler_table.h"

namespace pelikan {

void enter_info(RespControlHandlers& handlers) noexcept;

}  // namespace pelikan
