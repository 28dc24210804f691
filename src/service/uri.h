// Keys as memcached's dumps and logs write them: bytes that a URI may not have become %XX.
// Source: RFC 3986, section 2.3.
#pragma once

#include <cstddef>
#include <string_view>

namespace pelikan {

inline constexpr size_t kUriMax = 3;  // bytes one byte may become

[[nodiscard]] constexpr bool is_unreserved(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_' || c == '.' || c == '~';
}

// Returns the end. REQUIRES: kUriMax bytes at `to` for each of the text's
inline char* write_uri(char* to, std::string_view text) noexcept {
  constexpr char kHex[] = "0123456789ABCDEF";
  for (const char c : text) {
    if (is_unreserved(c)) {
      *to++ = c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    *to++ = '%';
    *to++ = kHex[byte >> 4];
    *to++ = kHex[byte & 15];
  }
  return to;
}

}  // namespace pelikan
