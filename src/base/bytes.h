// Byte counts and numbers in text.
#pragma once

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

namespace pelikan {

inline constexpr uint64_t kKiB = 1024;
inline constexpr uint64_t kMiB = 1024 * kKiB;
inline constexpr uint64_t kGiB = 1024 * kMiB;
inline constexpr uint64_t kTiB = 1024 * kGiB;

// The whole text is a decimal number of at most 64 bits, without sign; otherwise empty.
[[nodiscard]] inline std::optional<uint64_t> parse_u64(std::string_view text) noexcept {
  uint64_t number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || stop != end) return std::nullopt;
  return number;
}

// As parse_u64, with an optional leading minus.
[[nodiscard]] inline std::optional<int64_t> parse_i64(std::string_view text) noexcept {
  int64_t number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || stop != end) return std::nullopt;
  return number;
}

inline constexpr size_t kMaxDecimal = 20;  // digits of the largest 64-bit number

// Writes decimal digits at `out` (kMaxDecimal bytes free); returns the end.
inline char* write_u64(char* out, uint64_t number) noexcept {
  return std::to_chars(out, out + kMaxDecimal, number).ptr;
}

// A number's decimal digits, in memory of its own.
class Decimal {
 public:
  explicit Decimal(uint64_t number) noexcept
      : size_(static_cast<size_t>(write_u64(digits_, number) - digits_)) {}

  // Valid as long as this.
  [[nodiscard]] std::string_view text() const noexcept { return {digits_, size_}; }

 private:
  char digits_[kMaxDecimal];
  size_t size_;
};

}  // namespace pelikan
