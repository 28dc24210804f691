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
  kUsage = EX_USAGE,      // 64: command line
  kBadData = EX_DATAERR,  // 65: a pool that is not ours or damaged
  kSystem = EX_OSERR,     // 71: the system refused (port in use, no memory)
  kConfig = EX_CONFIG,    // 78: an option's value
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
