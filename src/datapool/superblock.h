// The first two pages of a pool's file: superblocks A and B, written in turn.
//
//   page 0, 1    superblocks: the one of the higher generation counts, if its checksum is right
//   then         checksums of the tables and of the heap, one per MiB of each
//   then         tables, as the last clean stop wrote them
//   then         heap, at a page, or at a multiple of 2 MiB when it is large
//
// All numbers are little-endian. A superblock's last four bytes are the CRC32C of those before it.
// What another minor version adds to the end of Superblock is zero here, and ignored.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "datapool/pool_shape.h"

namespace pelikan {

enum class PoolState : uint32_t {
  kFormatting = 1,  // nothing in it matters
  kClean = 2,       // heap and tables belong together
  kDirty = 3,       // in use, or its process ended without a clean stop
};

// Lies in the file as it lies in memory.
struct Superblock {
  static constexpr std::array<char, 8> kMagic{'P', 'L', 'K', 'N', 'P', 'O', 'O', 'L'};
  static constexpr uint16_t kMajor = 1;
  static constexpr uint16_t kMinor = 0;
  static constexpr uint32_t kEndianMark = 0x01020304;
  static constexpr uint32_t kCrc32c = 1;

  std::array<char, 8> magic = kMagic;
  uint16_t major = kMajor;
  uint16_t minor = kMinor;
  uint32_t endian_mark = kEndianMark;
  uint32_t header_bytes = 4096;
  uint32_t checksum_kind = kCrc32c;
  uint64_t needed_features = 0;  // who does not know one of these bits must not read the pool
  uint64_t other_features = 0;

  PoolState state = PoolState::kFormatting;
  uint32_t item_layout = 0;
  uint64_t generation = 0;
  std::array<std::byte, 16> uuid{};
  std::array<std::byte, 16> hash_seed{};
  int64_t created_unix_ms = 0;
  int64_t stopped_unix_ms = 0;  // of the last clean stop, as the next two
  int64_t stopped_boot_ms = 0;
  std::array<char, 40> boot_id{};
  std::array<char, 32> version{};  // of the server that wrote this

  std::array<char, 16> layout{};
  uint64_t file_bytes = 0;
  uint64_t tables_offset = 0;
  uint64_t tables_bytes = 0;
  uint64_t heap_offset = 0;
  uint64_t segment_bytes = 0;
  uint64_t segments = 0;

  uint64_t kept_bytes = 0;       // of the tables
  uint32_t tables_checksum = 0;  // CRC32C of the tables' checksums
  uint32_t heap_checksum = 0;    // of the heap's, if they were written
  uint32_t heap_is_checked = 0;  // 1: they were
  uint32_t reserved = 0;

  friend bool operator==(const Superblock&, const Superblock&) = default;
};
static_assert(std::endian::native == std::endian::little, "pool files are little-endian");
static_assert(sizeof(Superblock) == 272);

// What stands in one of its fields of text, up to the zeros behind it.
template <size_t kSize>
[[nodiscard]] std::string_view text_in(const std::array<char, kSize>& field) noexcept {
  return {field.begin(), std::ranges::find(field, '\0')};
}

using SuperblockPage = std::array<std::byte, 4096>;

[[nodiscard]] SuperblockPage encode(const Superblock& superblock) noexcept;

enum class PageStatus : uint8_t { kValid, kForeign, kDamaged };  // no signature; wrong checksum

// The superblock in a page; with kForeign and kDamaged nothing in `superblock` is to be believed.
[[nodiscard]] PageStatus decode(const SuperblockPage& page, Superblock& superblock) noexcept;

// A stretch of the file.
struct PoolExtent {
  uint64_t offset;
  uint64_t bytes;
};

// Where things lie in the file of a shape.
struct PoolLayout {
  static constexpr uint64_t kSumUnit = 1 << 20;  // bytes under one checksum

  explicit PoolLayout(const PoolShape& shape) noexcept;
  // Of the checksums of so many bytes.
  [[nodiscard]] static constexpr uint64_t sums_bytes(uint64_t bytes) noexcept {
    return (bytes + kSumUnit - 1) / kSumUnit * sizeof(uint32_t);
  }

  PoolExtent table_sums;
  PoolExtent heap_sums;
  PoolExtent tables;
  PoolExtent heap;
  uint64_t file_bytes;
};

// Of a pool of this shape that has not been written yet.
[[nodiscard]] Superblock superblock_of(const PoolShape& shape) noexcept;

}  // namespace pelikan
