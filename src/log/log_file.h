// LogFile: where log lines go, a file that is only appended to, or stderr.
//
// Thread safety: none; it belongs to the control plane.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/unique_fd.h"

namespace pelikan {

class LogFile {
 public:
  struct Written {
    size_t bytes;
    bool failed;  // an error, or no room now; what was not written is to be tried another time
  };

  // An empty path is stderr. Throws SetupError when the file cannot be opened or made.
  explicit LogFile(std::string path);

  // Opens the path anew and appends. False (errno says why): the file that was open stays. Stderr
  // stays always.
  [[nodiscard]] bool reopen() noexcept;

  // Writes what goes without waiting for a reader: a full pipe is a failure, not a pause. (A disk
  // may take its time.)
  [[nodiscard]] Written write(std::string_view bytes) noexcept;

  // Bytes in a file on disk; 0 for anything else.
  [[nodiscard]] uint64_t size() const noexcept;
  [[nodiscard]] const std::string& path() const noexcept { return path_; }

 private:
  void use(int fd) noexcept;

  const std::string path_;
  UniqueFd file_;        // empty for stderr
  int fd_ = -1;          // file_'s, or stderr's
  bool is_disk_ = true;  // a regular file: never full for the moment only
};

}  // namespace pelikan
