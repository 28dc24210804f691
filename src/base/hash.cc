#include "base/hash.h"

#include <sys/random.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "base/setup_error.h"

namespace pelikan {

uint64_t random_seed() {
  uint64_t seed = 0;
  // Up to 256 bytes come whole once the kernel's pool is ready; before, at boot, a signal may
  // interrupt.
  while (::getrandom(&seed, sizeof seed, 0) != sizeof seed) {
    if (errno == EINTR) continue;
    throw SetupError(ExitCode::kSystem,
                     std::string("no random seed: getrandom: ") + std::strerror(errno));
  }
  return seed;
}

}  // namespace pelikan
