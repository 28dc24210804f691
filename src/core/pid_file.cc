#include "core/pid_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/setup_error.h"

namespace pelikan {

PidFile::PidFile(std::string path)
    : path_(std::move(path)),
      file_(::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644)) {
  if (!file_) {
    throw SetupError(ExitCode::kSystem,
                     fmt::format("pid_file {}: {}", path_, std::strerror(errno)));
  }
  struct stat status {};
  if (::fstat(file_.get(), &status) != 0 || !S_ISREG(status.st_mode)) {
    throw SetupError(ExitCode::kSystem, fmt::format("pid_file {}: not a regular file", path_));
  }
  if (::flock(file_.get(), LOCK_EX | LOCK_NB) != 0) {
    const char* why = errno == EWOULDBLOCK ? "a running process holds it" : std::strerror(errno);
    throw SetupError(ExitCode::kSystem, fmt::format("pid_file {}: {}", path_, why));
  }
  const std::string text = fmt::format("{}\n", ::getpid());
  if (::ftruncate(file_.get(), 0) != 0 ||
      ::write(file_.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
    const int error = errno;
    ::unlink(path_.c_str());
    throw SetupError(ExitCode::kSystem,
                     fmt::format("pid_file {}: {}", path_, std::strerror(error)));
  }
}

PidFile::~PidFile() { ::unlink(path_.c_str()); }

}  // namespace pelikan
