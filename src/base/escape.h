// Bytes of unknown origin made fit for a terminal, a log or an error sentence: printable ASCII
// stays, every other byte becomes \xNN.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace pelikan {

inline constexpr size_t kEscapeMax = 4;  // bytes one byte may become

struct EscapeEnd {
  char* out;      // where the writing stopped
  bool is_whole;  // false: a rest of the text did not fit
};

// Writes `text` escaped into [out, end): what does not fit is left out, never a part of an escape.
// The characters in `also` are escaped, too.
inline EscapeEnd write_escaped(std::string_view text, char* out, const char* end,
                               std::string_view also = {}) noexcept {
  constexpr char kHex[] = "0123456789abcdef";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool stays = byte >= 0x20 && byte < 0x7f && also.find(c) == std::string_view::npos;
    if (end - out < (stays ? 1 : static_cast<std::ptrdiff_t>(kEscapeMax))) return {out, false};
    if (stays) {
      *out++ = c;
      continue;
    }
    *out++ = '\\';
    *out++ = 'x';
    *out++ = kHex[byte >> 4];
    *out++ = kHex[byte & 15];
  }
  return {out, true};
}

// The same as a string of at most `limit` bytes; text that was cut ends in "...".
[[nodiscard]] inline std::string escaped(std::string_view text, size_t limit = 80) {
  std::string result(text.size() * kEscapeMax, '\0');
  const char* end = write_escaped(text, result.data(), result.data() + result.size()).out;
  result.resize(static_cast<size_t>(end - result.data()));
  if (result.size() > limit) result.replace(limit < 3 ? 0 : limit - 3, std::string::npos, "...");
  return result;
}

}  // namespace pelikan
