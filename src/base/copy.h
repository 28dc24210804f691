// Copies of short byte strings, inline: keys, values and replies are mostly a few dozen bytes.
#pragma once

#include <cstddef>
#include <cstring>
#include <string_view>

namespace pelikan {

// Bytes that copy_wide reads behind its source and writes behind its target, at most.
inline constexpr size_t kCopySlack = 16;

// Copies in steps of 16 bytes, for short texts with slack behind both ends; returns the end.
inline char* copy_wide(char* to, std::string_view from) noexcept {
  for (size_t i = 0; i < from.size(); i += 16) std::memcpy(to + i, from.data() + i, 16);
  return to + from.size();
}

// Copies a text, which may be empty and nowhere; returns the end.
inline char* write_text(char* to, std::string_view text) noexcept {
  if (!text.empty()) std::memcpy(to, text.data(), text.size());
  return to + text.size();
}

// Copies exactly these bytes; for values, which are mostly short. Returns the end.
inline char* copy_exact(char* to, std::string_view from) noexcept {
  const size_t size = from.size();
  if (size < 16 || size > 256) {
    std::memcpy(to, from.data(), size);
    return to + size;
  }
  for (size_t i = 0; i + 16 < size; i += 16) std::memcpy(to + i, from.data() + i, 16);
  std::memcpy(to + size - 16, from.data() + size - 16, 16);
  return to + size;
}

}  // namespace pelikan
