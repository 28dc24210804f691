// What BITOP does to bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace pelikan {

enum class RespBitOperation : uint8_t { kAnd, kOr, kXor, kNot };

[[nodiscard]] std::optional<RespBitOperation> bit_operation(std::string_view word) noexcept;

// REQUIRES: as many bytes in both; not kNot
void mix_bits(RespBitOperation operation, std::span<char> into, std::string_view from) noexcept;
void invert_bits(std::span<char> bytes) noexcept;

}  // namespace pelikan
