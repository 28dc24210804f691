// COMMAND and its subcommands, and HELP of every command that has subcommands: what the table of
// commands says.
#pragma once

#include "service/resp/handler_table.h"

namespace pelikan {

void enter_command_commands(RespControlHandlers& handlers) noexcept;

}  // namespace pelikan
