#include "core/daemon.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "base/setup_error.h"

namespace pelikan {
namespace {

[[noreturn]] void throw_failed(const char* call) {
  throw SetupError(ExitCode::kSystem, fmt::format("daemonize: {}: {}", call, std::strerror(errno)));
}

// The pipe says one byte when the child serves, and ends when the child does.
[[noreturn]] void await(pid_t child, int pipe) noexcept {
  char byte = 0;
  ssize_t size = 0;
  do {
    size = ::read(pipe, &byte, 1);
  } while (size < 0 && errno == EINTR);
  if (size == 1) ::_exit(0);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  ::_exit(WIFEXITED(status) ? WEXITSTATUS(status) : static_cast<int>(ExitCode::kSystem));
}

}  // namespace

Daemon::Daemon() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) throw_failed("pipe");
  UniqueFd reading(ends[0]);
  starter_ = UniqueFd(ends[1]);
  std::fflush(nullptr);  // or both would write what waits
  const pid_t child = ::fork();
  if (child < 0) throw_failed("fork");
  if (child > 0) {
    starter_.reset();
    await(child, reading.get());
  }
  if (::setsid() < 0) throw_failed("setsid");
}

void Daemon::detach() noexcept {
  std::fflush(nullptr);
  const UniqueFd null(::open("/dev/null", O_RDWR | O_CLOEXEC));
  for (const int standard : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (null) ::dup2(null.get(), standard);
  constexpr char kServes = 1;
  [[maybe_unused]] const ssize_t written = ::write(starter_.get(), &kServes, 1);
  starter_.reset();
}

}  // namespace pelikan
