// Base64 with padding (RFC 4648, section 4).
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace pelikan {

[[nodiscard]] constexpr size_t base64_size(size_t bytes) noexcept { return (bytes + 2) / 3 * 4; }

// Writes base64_size(bytes.size()) characters at `to`; returns the end.
char* base64_encode(char* to, std::string_view bytes) noexcept;

// Writes what the text stands for at `to`, at most three quarters of its size; returns how many
// bytes that is. Empty: it is no base64, or stands for nothing.
[[nodiscard]] std::optional<size_t> base64_decode(char* to, std::string_view text) noexcept;

}  // namespace pelikan
