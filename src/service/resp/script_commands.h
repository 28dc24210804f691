// SCRIPT and its subcommands: the known scripts (scripts.h) are learnt by SHA1.
#pragma once

#include "service/resp/handler_table.h"

namespace pelikan {

void enter_script_commands(RespControlHandlers& handlers) noexcept;

}  // namespace pelikan
