// `pelikan_load report RUN.json... [--html FILE] [--csv FILE] [--hgrm FILE]`: reports of runs that
// were written with --json, and a table of them on the terminal.
#pragma once

#include <span>

namespace pelikan::load {

// The exit status. `arguments` are those behind "report". Throws SetupError.
[[nodiscard]] int report_command(std::span<const char* const> arguments);

}  // namespace pelikan::load
