// Words of a request that mean something in any case of letters: options, units.
#pragma once

#include <cstddef>
#include <string_view>

#include "base/letters.h"

namespace pelikan {

[[nodiscard]] inline bool is_word(std::string_view text, std::string_view word) noexcept {
  if (text.size() != word.size()) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    if (to_upper(text[i]) != to_upper(word[i])) return false;
  }
  return true;
}

}  // namespace pelikan
