// Secret: what somebody has to know, kept and compared as its SHA-256 digest, so that how long a
// comparison takes says nothing of the secret, not even its length.
#pragma once

#include <array>
#include <string_view>

namespace pelikan {

class Secret {
 public:
  // Throws std::bad_alloc.
  explicit Secret(std::string_view text);

  // Looks at every byte whatever the first ones are.
  [[nodiscard]] friend bool operator==(const Secret& one, const Secret& other) noexcept {
    return one.is_same(other);
  }

 private:
  [[nodiscard]] bool is_same(const Secret& other) const noexcept;

  std::array<unsigned char, 32> digest_;
};

}  // namespace pelikan
