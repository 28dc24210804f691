// PidFile: a file with the process id, locked while the process lives and removed when it ends.
#pragma once

#include <string>

#include "base/unique_fd.h"

namespace pelikan {

class PidFile {
 public:
  // Throws SetupError when the file cannot be written, or a living process holds it.
  explicit PidFile(std::string path);
  PidFile(const PidFile&) = delete;
  PidFile& operator=(const PidFile&) = delete;
  ~PidFile();

 private:
  std::string path_;
  UniqueFd file_;
};

}  // namespace pelikan
