#include "core/out_of_memory.h"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <new>

#include "base/setup_error.h"

namespace pelikan {
namespace {

std::terminate_handler terminate_otherwise = nullptr;

[[noreturn]] void terminate() noexcept {
  try {
    if (const std::exception_ptr current = std::current_exception())
      std::rethrow_exception(current);
  } catch (const std::bad_alloc&) {
    // stderr has no buffer that would have to be allocated.
    std::fprintf(stderr, "%s: %s\n", ::program_invocation_short_name, kOutOfMemory.data());
    ::_exit(static_cast<int>(ExitCode::kSystem));
  } catch (...) {
  }
  terminate_otherwise();
  std::abort();
}

}  // namespace

void end_when_out_of_memory() noexcept { terminate_otherwise = std::set_terminate(terminate); }

}  // namespace pelikan
