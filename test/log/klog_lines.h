// What a command log's file has behind the beginning that all its lines share: "PEER - [TIME] ".
#pragma once

#include <string>
#include <string_view>

#include "base/assertion.h"
#include "temporary_directory.h"

namespace pelikan::test {

[[nodiscard]] inline std::string klog_lines(const std::string& path, std::string_view peer,
                                            std::string_view time = "14/Nov/2023:22:13:20 +0000") {
  const std::string text = content_of(path);
  const std::string begin = std::string(peer) + " - [" + std::string(time) + "] ";
  std::string lines;
  for (size_t at = 0; at < text.size();) {
    CHECK(text.compare(at, begin.size(), begin) == 0);
    const size_t end = text.find('\n', at) + 1;
    lines += text.substr(at + begin.size(), end - at - begin.size());
    at = end;
  }
  return lines;
}

}  // namespace pelikan::test
