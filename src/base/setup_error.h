// SetupError: why a server cannot start, in one sentence. Thrown by constructors, caught once, in
// server_main, which prints it to stderr and exits with its code. Nothing reached from an event
// loop throws.
#pragma once

#include <sysexits.h>

#include <stdexcept>
#include <string>

namespace pelikan {

// The sysexits codes the servers use.
enum class ExitCode : int {
  kOk = EX_OK,
  kUsage = EX_USAGE,             // 64: command line
  kBadData = EX_DATAERR,         // 65: a pool that is not ours or damaged
  kNoInput = EX_NOINPUT,         // 66: a file that cannot be one of ours (a folder, a link)
  kLost = EX_SOFTWARE,           // 70: a pool's file went away under the server
  kSystem = EX_OSERR,            // 71: the system refused (port in use, no memory)
  kCannotCreate = EX_CANTCREAT,  // 73: no room for a file
  kIo = EX_IOERR,                // 74: what was written did not reach its device
  kInUse = EX_TEMPFAIL,          // 75: another process has it; later it may be free
  kNoPermission = EX_NOPERM,     // 77: a file's owner or permissions
  kConfig = EX_CONFIG,           // 78: an option's value
};

class SetupError : public std::runtime_error {
 public:
  SetupError(ExitCode code, const std::string& sentence)
      : std::runtime_error(sentence), code_(code) {}
  [[nodiscard]] ExitCode code() const noexcept { return code_; }

 private:
  ExitCode code_;
};

}  // namespace pelikan
