// Comparing what somebody said with a secret.
#pragma once

#include <cstddef>
#include <string_view>

namespace pelikan {

// Equal? Takes as long as `said` is, whatever `known` is.
[[nodiscard]] inline bool is_same_secret(std::string_view said, std::string_view known) noexcept {
  if (known.empty()) return said.empty();
  unsigned difference = said.size() == known.size() ? 0 : 1;
  for (size_t i = 0, k = 0; i < said.size(); ++i) {
    difference |= static_cast<unsigned>(said[i] ^ known[k]);
    if (++k == known.size()) k = 0;
  }
  return difference == 0;
}

}  // namespace pelikan
