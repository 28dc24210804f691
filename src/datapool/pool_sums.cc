#include "datapool/pool_sums.h"

#include <algorithm>
#include <cstring>

#include "base/crc32c.h"
#include "datapool/superblock.h"

namespace pelikan {
namespace {

constexpr size_t kUnit = PoolLayout::kSumUnit;

uint32_t sum_at(std::span<const std::byte> bytes, size_t offset) noexcept {
  return crc32c(bytes.subspan(offset, std::min(kUnit, bytes.size() - offset)));
}

}  // namespace

uint32_t write_sums(std::span<const std::byte> bytes, std::span<std::byte> sums) noexcept {
  std::byte* out = sums.data();
  for (size_t offset = 0; offset < bytes.size(); offset += kUnit, out += sizeof(uint32_t)) {
    const uint32_t sum = sum_at(bytes, offset);
    std::memcpy(out, &sum, sizeof sum);
  }
  return crc32c(sums.first(PoolLayout::sums_bytes(bytes.size())));
}

std::optional<uint64_t> find_wrong_sum(std::span<const std::byte> bytes,
                                       std::span<const std::byte> sums,
                                       uint32_t sum_of_sums) noexcept {
  if (crc32c(sums.first(PoolLayout::sums_bytes(bytes.size()))) != sum_of_sums) return 0;
  const std::byte* in = sums.data();
  for (size_t offset = 0; offset < bytes.size(); offset += kUnit, in += sizeof(uint32_t)) {
    uint32_t sum;
    std::memcpy(&sum, in, sizeof sum);
    if (sum != sum_at(bytes, offset)) return offset;
  }
  return std::nullopt;
}

}  // namespace pelikan
