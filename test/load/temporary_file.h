// A file of a test's own, gone behind it.
#pragma once

#include <unistd.h>

#include <cstdlib>
#include <string>
#include <string_view>

namespace pelikan::load::test {

class TemporaryFile {
 public:
  explicit TemporaryFile(std::string_view content) {
    const int fd = ::mkstemp(path_.data());
    if (fd < 0 ||
        ::write(fd, content.data(), content.size()) != static_cast<ssize_t>(content.size())) {
      std::abort();
    }
    ::close(fd);
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile() { ::unlink(path_.c_str()); }

  [[nodiscard]] const std::string& path() const noexcept { return path_; }

 private:
  std::string path_ = "/tmp/pelikan_load_test.XXXXXX";
};

}  // namespace pelikan::load::test
