#include "load/report/output_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/setup_error.h"

namespace pelikan::load {

OutputFile::OutputFile(std::string_view option, const std::string& path) : path_(path) {
  if (!is_wanted()) return;
  constexpr int kFlags = O_WRONLY | O_CLOEXEC;
  constexpr mode_t kMode = 0666;
  fd_ = UniqueFd(::open(path.c_str(), kFlags | O_CREAT | O_EXCL, kMode));
  is_new_ = fd_.get() >= 0;
  if (!is_new_ && errno == EEXIST) fd_ = UniqueFd(::open(path.c_str(), kFlags));
  if (fd_.get() >= 0) return;
  throw SetupError(ExitCode::kConfig,
                   fmt::format("{}: cannot write '{}': {}", option, path, std::strerror(errno)));
}

OutputFile::~OutputFile() {
  if (is_new_) ::unlink(path_.c_str());
}

void OutputFile::write(std::string_view text) {
  is_new_ = false;
  // Only a regular file has something to cut off.
  bool is_good = ::ftruncate(fd_.get(), 0) == 0 || errno == EINVAL;
  while (is_good && !text.empty()) {
    const ssize_t written = ::write(fd_.get(), text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    is_good = written >= 0;
    if (is_good) text.remove_prefix(static_cast<size_t>(written));
  }
  if (is_good) return;
  throw SetupError(ExitCode::kSystem,
                   fmt::format("cannot write '{}': {}", path_, std::strerror(errno)));
}

}  // namespace pelikan::load
