// What becomes of a process that finds no memory where nobody can go on without it: one sentence
// and an exit code, rather than an abort that looks like a bug. Where somebody can - a connection,
// an answer - the exception is caught there.
#pragma once

#include <string_view>

namespace pelikan {

inline constexpr std::string_view kOutOfMemory = "out of memory";

// From now on a std::bad_alloc that nobody catches ends the process with ExitCode::kSystem.
void end_when_out_of_memory() noexcept;

}  // namespace pelikan
