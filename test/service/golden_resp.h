// Requests and bulk strings of RESP in a golden table.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pelikan::test {

inline std::string golden_bulk(std::string_view text) {
  return "$" + std::to_string(text.size()) + "\r\n" + std::string(text) + "\r\n";
}

// Words with one blank between them as an array of bulk strings, each as `plain` makes it; "" is
// the empty one.
template <class Plain>
std::string golden_request(std::string_view words, const Plain& plain) {
  size_t count = 0;
  std::string bulks;
  for (size_t end = 0; end != std::string_view::npos; ++count) {
    end = words.find(' ');
    const std::string_view word = words.substr(0, end);
    bulks += golden_bulk(word == "\"\"" ? std::string() : plain(word));
    words.remove_prefix(end == std::string_view::npos ? 0 : end + 1);
  }
  return "*" + std::to_string(count) + "\r\n" + bulks;
}

inline std::string golden_request(std::string_view words) {
  return golden_request(words, [](std::string_view word) { return std::string(word); });
}

}  // namespace pelikan::test
