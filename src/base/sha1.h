// SHA-1 (FIPS 180-4), for names of texts that protocols ask for; it protects nothing.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace pelikan {

inline constexpr size_t kSha1Hex = 40;

// In lower-case hexadecimal digits.
[[nodiscard]] std::array<char, kSha1Hex> sha1_hex(std::string_view bytes) noexcept;

}  // namespace pelikan
