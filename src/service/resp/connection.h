// Commands about the connection.
#pragma once

#include "service/resp/handler_table.h"

namespace pelikan {

void enter_connection(RespControlHandlers& handlers) noexcept;

}  // namespace pelikan
