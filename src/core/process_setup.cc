#include "core/process_setup.h"

#include <fmt/format.h>
#include <grp.h>
#include <pwd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/setup_error.h"
#include "core/file_limit.h"

namespace pelikan {
namespace {

// Descriptors beside those of the data port's connections: admin connections, logs, and what each
// worker needs.
uint64_t files_needed(const FrameworkOptions& options) {
  constexpr uint64_t kBeside = 192;
  constexpr uint64_t kPerWorker = 8;
  return options.server.max_connections.get() + kBeside + kPerWorker * options.worker.threads.get();
}

void raise_file_limit_for(const FrameworkOptions& options) {
  const uint64_t needed = files_needed(options);
  const uint64_t allowed = raise_file_limit(needed);
  if (allowed >= needed) return;
  throw SetupError(
      ExitCode::kSystem,
      fmt::format(
          "max_connections: {} connections need {} open files, the process may have {} (ulimit -n)",
          options.server.max_connections.get(), needed, allowed));
}

// As high as this process may; what that is good for is seen when it is used.
void raise_to_most(__rlimit_resource resource) noexcept {
  const rlimit unlimited{.rlim_cur = RLIM_INFINITY, .rlim_max = RLIM_INFINITY};
  if (::setrlimit(resource, &unlimited) == 0) return;
  rlimit limit{};
  ::getrlimit(resource, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(resource, &limit);
}

// `socket_file` was made by root, and is to be the user's.
void become(const std::string& name, const std::string& socket_file) {
  errno = 0;
  const passwd* user = ::getpwnam(name.c_str());
  if (user == nullptr) {
    throw SetupError(ExitCode::kConfig,
                     fmt::format("user: '{}' is {}", name,
                                 errno == 0 ? "no user of this machine" : std::strerror(errno)));
  }
  if (::geteuid() == user->pw_uid) return;
  if (!socket_file.empty()) ::lchown(socket_file.c_str(), user->pw_uid, user->pw_gid);
  // Groups first: who has given up being root cannot change them any more.
  if (::initgroups(name.c_str(), user->pw_gid) != 0 || ::setgid(user->pw_gid) != 0 ||
      ::setuid(user->pw_uid) != 0) {
    throw SetupError(ExitCode::kSystem,
                     fmt::format("user: cannot become '{}': {}", name, std::strerror(errno)));
  }
}

// Not dumpable: no core file, whatever takes them, and no debugger but root's.
void keep_memory_to_itself() noexcept {
  const rlimit none{.rlim_cur = 0, .rlim_max = 0};
  ::setrlimit(RLIMIT_CORE, &none);
  ::prctl(PR_SET_DUMPABLE, 0);
}

// MCL_ONFAULT: what is touched stays, and the stacks of threads are not filled for it.
std::string lock_memory() {
  if (::mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) == 0) return {};
  return fmt::format("lock_memory: memory is not locked: {} (ulimit -l, or CAP_IPC_LOCK)",
                     std::strerror(errno));
}

}  // namespace

void raise_limits(const FrameworkOptions& options) {
  raise_file_limit_for(options);
  if (options.process.core_dumps.get()) raise_to_most(RLIMIT_CORE);
  if (options.process.lock_memory.get()) raise_to_most(RLIMIT_MEMLOCK);
}

std::string confine_process(const FrameworkOptions& options, bool keeps_secrets) {
  const ProcessOptions& process = options.process;
  if (!process.user.get().empty()) become(process.user.get(), options.server.unix_path.get());
  // No program that it might be made to start is more than it is.
  ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  if (process.core_dumps.get()) {
    ::prctl(PR_SET_DUMPABLE, 1);  // the kernel takes it away from who changes the user
  } else if (keeps_secrets) {
    keep_memory_to_itself();
  }
  return process.lock_memory.get() ? lock_memory() : std::string();
}

}  // namespace pelikan
