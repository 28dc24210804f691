// Words of a request that mean something in any case of letters: options, units.
#pragma once

#include <cstddef>
#include <string_view>

namespace pelikan {

// REQUIRES: `word` is in upper case
[[nodiscard]] inline bool is_word(std::string_view text, std::string_view word) noexcept {
  if (text.size() != word.size()) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if ((c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c) != word[i]) return false;
  }
  return true;
}

}  // namespace pelikan
