// Daemon: a process that leaves its terminal. Whoever started it waits until it serves, and gets
// its exit status when it does not.
//
// Thread safety: none; made before other threads run.
#pragma once

#include "base/unique_fd.h"

namespace pelikan {

class Daemon {
 public:
  // Goes on in a child, in a session of its own; the process that called waits for detach() and
  // ends with status 0, or ends as the child ended before it came there. Throws SetupError.
  Daemon();

  // From now on the start counts as successful, and stdin, stdout and stderr are /dev/null.
  void detach() noexcept;

 private:
  UniqueFd starter_;  // the end of a pipe at which the starter listens
};

}  // namespace pelikan
