#include "datapool/superblock.h"

#include <algorithm>
#include <cstring>
#include <type_traits>

#include "base/assertion.h"
#include "base/crc32c.h"
#include "datapool/pages.h"

namespace pelikan {
namespace {

static_assert(std::is_trivially_copyable_v<Superblock>);
static_assert(std::has_unique_object_representations_v<Superblock>);  // no holes to leak or compare

constexpr size_t kCrcOffset = sizeof(SuperblockPage) - sizeof(uint32_t);

uint32_t checksum(const SuperblockPage& page) noexcept {
  return crc32c(std::span(page).first(kCrcOffset));
}

constexpr uint64_t end(const PoolExtent& extent) noexcept { return extent.offset + extent.bytes; }

// A small heap is not worth the hole in front of it.
uint64_t heap_alignment(const PoolShape& shape) noexcept {
  return shape.heap_bytes() >= 16 * kHugePage ? kHugePage : kPage;
}

}  // namespace

SuperblockPage encode(const Superblock& superblock) noexcept {
  SuperblockPage page{};
  std::memcpy(page.data(), &superblock, sizeof superblock);
  const uint32_t crc = checksum(page);
  std::memcpy(page.data() + kCrcOffset, &crc, sizeof crc);
  return page;
}

PageStatus decode(const SuperblockPage& page, Superblock& superblock) noexcept {
  std::memcpy(&superblock, page.data(), sizeof superblock);
  if (superblock.magic != Superblock::kMagic) return PageStatus::kForeign;
  uint32_t crc;
  std::memcpy(&crc, page.data() + kCrcOffset, sizeof crc);
  return crc == checksum(page) ? PageStatus::kValid : PageStatus::kDamaged;
}

PoolLayout::PoolLayout(const PoolShape& shape) noexcept
    : table_sums{2 * sizeof(SuperblockPage), sums_bytes(shape.tables_bytes)},
      heap_sums{end(table_sums), sums_bytes(shape.heap_bytes())},
      tables{round_up(end(heap_sums), kPage), shape.tables_bytes},
      heap{round_up(end(tables), heap_alignment(shape)), shape.heap_bytes()},
      file_bytes(round_up(end(heap), kPage)) {}

Superblock superblock_of(const PoolShape& shape) noexcept {
  const PoolLayout places(shape);
  Superblock superblock;
  CHECK(shape.layout.size() < superblock.layout.size());
  std::ranges::copy(shape.layout, superblock.layout.begin());
  superblock.item_layout = shape.item_layout;
  superblock.file_bytes = places.file_bytes;
  superblock.tables_offset = places.tables.offset;
  superblock.tables_bytes = places.tables.bytes;
  superblock.heap_offset = places.heap.offset;
  superblock.segment_bytes = shape.segment_bytes;
  superblock.segments = shape.segments;
  return superblock;
}

}  // namespace pelikan
