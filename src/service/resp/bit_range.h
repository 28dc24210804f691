// Ranges of bits in values, and what is found in them.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string_view>

#include "service/resp/call.h"

namespace pelikan {

// SETBIT's and GETBIT's, below 2^32; empty: it is none.
[[nodiscard]] std::optional<size_t> parse_bit_offset(std::string_view text) noexcept;

// The range of BITCOUNT and BITPOS: "[start [end [BYTE|BIT]]]", both ends counted, from the end
// where negative.
class RespBitRange {
 public:
  // At least so many of the words, or none. Not empty: the outcome of a refusal.
  [[nodiscard]] std::optional<RespOutcome> read(RespCall& call,
                                                std::span<const std::string_view> words,
                                                size_t least) noexcept;
  // Both ends lie before the value's end, and in the wrong order: nothing for BITCOUNT, while for
  // BITPOS they may meet at its first byte.
  [[nodiscard]] bool is_reversed() const noexcept {
    return start_ < 0 && end_ < 0 && start_ > end_;
  }
  // Fits it to a value of so many bytes; false: it is empty there.
  [[nodiscard]] bool fit(size_t bytes) noexcept;

  // In bits. REQUIRES: fit() said so
  [[nodiscard]] size_t first() const noexcept { return static_cast<size_t>(start_); }
  [[nodiscard]] size_t last() const noexcept { return static_cast<size_t>(end_); }
  [[nodiscard]] bool has_end() const noexcept { return has_end_; }

 private:
  int64_t start_ = 0;
  int64_t end_ = -1;
  bool is_bits_ = false;
  bool has_end_ = false;
};

// Zero behind the end.
template <ValueParts Item>
[[nodiscard]] unsigned byte_at(const Item& item, size_t at) noexcept {
  return at < item.value_size() ? static_cast<unsigned char>(item.value_part(at)[0]) : 0;
}

// Of the byte at `at`, the bits that are in [first, last].
[[nodiscard]] constexpr unsigned mask_of(size_t at, size_t first, size_t last) noexcept {
  unsigned mask = 0xff;
  if (at == first / 8) mask &= 0xffU >> first % 8;
  if (at == last / 8) mask &= 0xffU << (7 - last % 8);
  return mask & 0xff;
}

[[nodiscard]] inline size_t count_bits(std::string_view bytes) noexcept {
  size_t count = 0;
  size_t at = 0;
  for (uint64_t word; at + sizeof word <= bytes.size(); at += sizeof word) {
    std::memcpy(&word, bytes.data() + at, sizeof word);
    count += static_cast<size_t>(std::popcount(word));
  }
  for (; at < bytes.size(); ++at) {
    count += static_cast<size_t>(std::popcount(static_cast<unsigned char>(bytes[at])));
  }
  return count;
}

// REQUIRES: first <= last < bits of the value
template <ValueParts Item>
[[nodiscard]] size_t count_bits(const Item& item, size_t first, size_t last) noexcept {
  const size_t end = last / 8 + 1;
  size_t count = 0;
  for (size_t at = first / 8; at < end;) {
    const std::string_view part = item.value_part(at).substr(0, end - at);
    count += count_bits(part);
    at += part.size();
  }
  const auto beside = [&](size_t at) {
    return static_cast<size_t>(std::popcount(byte_at(item, at) & ~mask_of(at, first, last)));
  };
  count -= beside(first / 8);
  return first / 8 == last / 8 ? count : count - beside(last / 8);
}

// Where the first such bit is. REQUIRES: first <= last < bits of the value
template <ValueParts Item>
[[nodiscard]] std::optional<size_t> find_bit(const Item& item, bool bit, size_t first,
                                             size_t last) noexcept {
  const unsigned char nothing = bit ? 0 : 0xff;  // a byte without one
  const size_t end = last / 8 + 1;
  for (size_t at = first / 8; at < end;) {
    const std::string_view part = item.value_part(at).substr(0, end - at);
    for (size_t i = 0; i < part.size(); ++i) {
      const auto found =
          (static_cast<unsigned char>(part[i]) ^ nothing) & mask_of(at + i, first, last);
      if (found == 0) continue;
      return (at + i) * 8 + static_cast<size_t>(std::countl_zero(static_cast<uint8_t>(found)));
    }
    at += part.size();
  }
  return std::nullopt;
}

}  // namespace pelikan
