#include "core/service.h"

#include <unistd.h>

#include <csignal>

#include "log/log.h"

namespace pelikan {

void ServerContext::set_verbosity(uint64_t level) const noexcept {
  switch (level) {
    case 0:
      log.set_level(LogLevel::kInfo);
      return;
    case 1:
      log.set_level(LogLevel::kDebug);
      return;
  }
  log.set_level(LogLevel::kVerbose);
}

void ServerContext::stop() const noexcept { (void)kill(getpid(), SIGTERM); }

}  // namespace pelikan
