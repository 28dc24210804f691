// CRC32C (Castagnoli, as in RFC 3720 appendix B.4): what tells bytes that were kept from bytes that
// were damaged. By the processor's instruction, about 8 bytes in 3 cycles, where it has one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace pelikan {

// Of `bytes` behind those that gave `before`.
[[nodiscard]] uint32_t crc32c(std::span<const std::byte> bytes, uint32_t before = 0) noexcept;

// The same without the processor's help, for processors that have none and for tests.
[[nodiscard]] uint32_t crc32c_by_table(std::span<const std::byte> bytes,
                                       uint32_t before = 0) noexcept;

}  // namespace pelikan
