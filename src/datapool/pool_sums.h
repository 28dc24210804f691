// Checksums of long stretches of a pool: one CRC32C per MiB, in an array beside them, and one of
// the array, in the superblock.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace pelikan {

// Fills as much of `sums` as the bytes need; returns the checksum of that part.
[[nodiscard]] uint32_t write_sums(std::span<const std::byte> bytes,
                                  std::span<std::byte> sums) noexcept;

// Where the first wrong stretch begins; empty: all are right.
[[nodiscard]] std::optional<uint64_t> find_wrong_sum(std::span<const std::byte> bytes,
                                                     std::span<const std::byte> sums,
                                                     uint32_t sum_of_sums) noexcept;

}  // namespace pelikan
