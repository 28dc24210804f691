#include "core/signals.h"

#include <pthread.h>

#include <cerrno>
#include <ctime>

namespace pelikan {

Signals::Signals() noexcept {
  sigemptyset(&ours_);
  for (const int number : {SIGTERM, SIGINT, SIGHUP, SIGUSR1}) sigaddset(&ours_, number);
  pthread_sigmask(SIG_BLOCK, &ours_, &mask_before_);
  struct sigaction ignore {};
  ignore.sa_handler = SIG_IGN;
  sigaction(SIGPIPE, &ignore, &pipe_before_);
}

// Whoever asks again while the process ends does not end it in another way.
Signals::~Signals() {
  while (next()) continue;
  sigaction(SIGPIPE, &pipe_before_, nullptr);
  pthread_sigmask(SIG_SETMASK, &mask_before_, nullptr);
}

std::optional<Signal> Signals::next() noexcept {
  constexpr timespec kNoWait{};
  int number = 0;
  do {
    number = sigtimedwait(&ours_, nullptr, &kNoWait);
  } while (number < 0 && errno == EINTR);
  switch (number) {
    case SIGTERM:
    case SIGINT:
      return Signal::kStop;
    case SIGHUP:
      return Signal::kReopenLogs;
    case SIGUSR1:
      return Signal::kDumpStats;
  }
  return std::nullopt;
}

}  // namespace pelikan
