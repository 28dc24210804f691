#include "log/log_file.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>
#include <utility>

#include "base/setup_error.h"

namespace pelikan {
namespace {

int open_to_append(const std::string& path) noexcept {
  // O_NONBLOCK is for named pipes: opening one without a reader fails instead of waiting for it.
  return ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NONBLOCK,
                0644);
}

bool has_room(int fd) noexcept {
  pollfd poll_fd{.fd = fd, .events = POLLOUT, .revents = 0};
  return ::poll(&poll_fd, 1, 0) == 1 && (poll_fd.revents & POLLOUT) != 0;
}

}  // namespace

LogFile::LogFile(std::string path) : path_(std::move(path)) {
  if (path_.empty()) use(STDERR_FILENO);
  if (reopen()) return;
  throw SetupError(ExitCode::kSystem, "log file " + path_ + ": " + std::strerror(errno));
}

bool LogFile::reopen() noexcept {
  if (path_.empty()) return true;
  UniqueFd file(open_to_append(path_));
  if (!file) return false;
  file_ = std::move(file);
  use(file_.get());
  return true;
}

LogFile::Written LogFile::write(std::string_view bytes) noexcept {
  // stderr may be a pipe that blocks, and is shared with others, so its flags are not ours to
  // change. poll() says when a pipe takes PIPE_BUF bytes without waiting.
  const size_t part_max = is_disk_ ? SSIZE_MAX : PIPE_BUF;
  size_t written = 0;
  while (written < bytes.size()) {
    if (!is_disk_ && !has_room(fd_)) return {written, true};
    const size_t part = std::min(bytes.size() - written, part_max);
    const ssize_t taken = ::write(fd_, bytes.data() + written, part);
    if (taken <= 0) return {written, errno != EINTR};
    written += static_cast<size_t>(taken);
  }
  return {written, false};
}

uint64_t LogFile::size() const noexcept {
  struct stat status {};
  return is_disk_ && ::fstat(fd_, &status) == 0 ? static_cast<uint64_t>(status.st_size) : 0;
}

void LogFile::use(int fd) noexcept {
  struct stat status {};
  fd_ = fd;
  is_disk_ = ::fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
}

}  // namespace pelikan
