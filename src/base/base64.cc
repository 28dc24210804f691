#include "base/base64.h"

#include <array>
#include <cstdint>

namespace pelikan {
namespace {

constexpr std::string_view kDigits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr uint8_t kNoDigit = 0xff;

constexpr auto kValues = [] {
  std::array<uint8_t, 256> values{};
  values.fill(kNoDigit);
  for (size_t i = 0; i < kDigits.size(); ++i) {
    values[static_cast<uint8_t>(kDigits[i])] = static_cast<uint8_t>(i);
  }
  return values;
}();

uint32_t byte_at(std::string_view bytes, size_t i) noexcept {
  return i < bytes.size() ? static_cast<uint8_t>(bytes[i]) : 0;
}

}  // namespace

char* base64_encode(char* to, std::string_view bytes) noexcept {
  for (size_t i = 0; i < bytes.size(); i += 3) {
    const uint32_t three =
        byte_at(bytes, i) << 16 | byte_at(bytes, i + 1) << 8 | byte_at(bytes, i + 2);
    *to++ = kDigits[three >> 18];
    *to++ = kDigits[three >> 12 & 63];
    *to++ = i + 1 < bytes.size() ? kDigits[three >> 6 & 63] : '=';
    *to++ = i + 2 < bytes.size() ? kDigits[three & 63] : '=';
  }
  return to;
}

std::optional<size_t> base64_decode(char* to, std::string_view text) noexcept {
  if (text.empty() || text.size() % 4 != 0) return std::nullopt;
  const size_t padding = text.ends_with("==") ? 2 : (text.ends_with('=') ? 1 : 0);
  const size_t digits = text.size() - padding;
  size_t written = 0;
  uint32_t bits = 0;
  for (size_t i = 0; i < digits; ++i) {
    const uint8_t value = kValues[static_cast<uint8_t>(text[i])];
    if (value == kNoDigit) return std::nullopt;
    bits = bits << 6 | value;
    if (i % 4 != 0) to[written++] = static_cast<char>(bits >> (6 - 2 * (i % 4)));
  }
  return written;
}

}  // namespace pelikan
