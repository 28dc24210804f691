// OutputFile: a file that is opened before a run and written behind it, so that a path that cannot
// be written is known before the run.
//
// Thread safety: one thread.
#pragma once

#include <string>
#include <string_view>

#include "base/unique_fd.h"

namespace pelikan::load {

class OutputFile {
 public:
  // Opens the path, which `option` gave; what the file holds stays until write(). An empty path
  // writes nothing. Throws SetupError.
  OutputFile(std::string_view option, const std::string& path);
  // Removes a file that was made and never written.
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  [[nodiscard]] bool is_wanted() const noexcept { return !path_.empty(); }
  // Replaces the content. Throws SetupError. REQUIRES: is_wanted()
  void write(std::string_view text);

 private:
  const std::string path_;
  UniqueFd fd_;
  bool is_new_ = false;  // made by us, and empty
};

}  // namespace pelikan::load
