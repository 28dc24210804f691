// Replies of RESP, taken apart.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pelikan::test {

// The bulk strings of a reply, in order.
inline std::vector<std::string> bulks_of(std::string_view reply) {
  std::vector<std::string> texts;
  for (size_t at = reply.find('$'); at != reply.npos; at = reply.find('$', at)) {
    const size_t line_end = reply.find("\r\n", at);
    const size_t size = std::stoul(std::string(reply.substr(at + 1, line_end - at - 1)));
    texts.emplace_back(reply.substr(line_end + 2, size));
    at = line_end + 2 + size;
  }
  return texts;
}

}  // namespace pelikan::test
