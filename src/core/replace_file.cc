#include "core/replace_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "base/unique_fd.h"

namespace pelikan {
namespace {

int write_file(const std::string& path, std::string_view text) noexcept {
  const UniqueFd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
  if (!file) return errno;
  while (!text.empty()) {
    const ssize_t size = ::write(file.get(), text.data(), text.size());
    if (size < 0 && errno != EINTR) return errno;
    text.remove_prefix(size < 0 ? 0 : static_cast<size_t>(size));
  }
  return 0;
}

bool is_regular_or_new(const std::string& path) noexcept {
  struct stat status {};
  return ::stat(path.c_str(), &status) != 0 || S_ISREG(status.st_mode);
}

}  // namespace

int replace_file(const std::string& path, std::string_view text) {
  if (!is_regular_or_new(path)) return write_file(path, text);
  const std::string fresh = path + ".new";
  int error = write_file(fresh, text);
  if (error == 0 && std::rename(fresh.c_str(), path.c_str()) == 0) return 0;
  if (error == 0) error = errno;
  ::unlink(fresh.c_str());
  return error;
}

}  // namespace pelikan
