// Errors that show what a client sent. For commands that are rare; allocates.
#pragma once

#include <string>
#include <string_view>

namespace pelikan {

// "ERR Unknown client type " and "x" make "ERR Unknown client type 'x'"; line ends become blanks.
[[nodiscard]] inline std::string error_about(std::string_view head, std::string_view word) {
  constexpr size_t kMostShown = 128;
  std::string text(head);
  text += '\'';
  for (const char byte : word.substr(0, kMostShown)) {
    text += byte == '\r' || byte == '\n' ? ' ' : byte;
  }
  return text + '\'';
}

}  // namespace pelikan
