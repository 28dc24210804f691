#include "core/service.h"

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

}  // namespace pelikan
