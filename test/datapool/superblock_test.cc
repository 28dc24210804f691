#include "datapool/superblock.h"

#include <array>
#include <cstddef>
#include <cstring>

#include "base/crc32c.h"
#include "datapool/pool_rig.h"

#include "check.h"

using namespace pelikan;
using namespace pelikan::test;

namespace {

uint64_t number_at(const SuperblockPage& page, size_t offset, size_t size) {
  uint64_t number = 0;
  for (size_t i = size; i-- > 0;) number = number << 8 | static_cast<uint64_t>(page[offset + i]);
  return number;
}

// Pools outlive builds: what stands where may only change with the format's version.
START_TEST(every_field_stands_where_the_format_has_it) {
  Superblock superblock = superblock_of(kSmallShape);
  superblock.state = PoolState::kDirty;
  superblock.generation = 0x0102030405060708;
  superblock.stopped_unix_ms = 1'700'000'000'000;
  superblock.kept_bytes = 4321;
  const SuperblockPage page = encode(superblock);
  ck_assert_text_eq(text_of(page).substr(0, 8), "PLKNPOOL");
  ck_assert_uint_eq(number_at(page, 8, 2), 1);            // major
  ck_assert_uint_eq(number_at(page, 10, 2), 0);           // minor
  ck_assert_uint_eq(number_at(page, 12, 4), 0x01020304);  // endian mark
  ck_assert_uint_eq(number_at(page, 16, 4), 4096);        // header bytes
  ck_assert_uint_eq(number_at(page, 20, 4), 1);           // CRC32C
  ck_assert_uint_eq(number_at(page, 24, 8), 0);           // features that are needed
  ck_assert_uint_eq(number_at(page, 40, 4), 3);           // state
  ck_assert_uint_eq(number_at(page, 44, 4), 1);           // item layout
  ck_assert_uint_eq(number_at(page, 48, 8), 0x0102030405060708);
  ck_assert_uint_eq(number_at(page, 96, 8), 1'700'000'000'000);
  ck_assert_text_eq(text_of(page).substr(184, 4), std::string_view("seg\0", 4));
  ck_assert_uint_eq(number_at(page, 200, 8), superblock.file_bytes);
  ck_assert_uint_eq(number_at(page, 208, 8), superblock.tables_offset);
  ck_assert_uint_eq(number_at(page, 216, 8), 5000);
  ck_assert_uint_eq(number_at(page, 224, 8), superblock.heap_offset);
  ck_assert_uint_eq(number_at(page, 232, 8), 2048);
  ck_assert_uint_eq(number_at(page, 240, 8), 16);
  ck_assert_uint_eq(number_at(page, 248, 8), 4321);
  ck_assert_uint_eq(number_at(page, 4092, 4), crc32c(std::span(page).first(4092)));
}
END_TEST

START_TEST(what_is_encoded_is_decoded) {
  const Superblock superblock = superblock_of(kSmallShape);
  Superblock decoded;
  ck_assert(decode(encode(superblock), decoded) == PageStatus::kValid);
  ck_assert(decoded == superblock);
}
END_TEST

START_TEST(superblocks_that_differ_in_any_byte_differ) {
  const Superblock superblock = superblock_of(kSmallShape);
  for (size_t i = 0; i < sizeof(Superblock); ++i) {
    std::array<std::byte, sizeof(Superblock)> bytes;
    std::memcpy(bytes.data(), &superblock, sizeof superblock);
    bytes[i] ^= std::byte{1};
    Superblock other;
    std::memcpy(&other, bytes.data(), sizeof other);
    ck_assert_msg(!(other == superblock), "byte %zu", i);
  }
}
END_TEST

START_TEST(the_parts_of_a_file_follow_each_other_without_overlap) {
  for (const uint64_t segments : {uint64_t{1}, uint64_t{1000}, uint64_t{1} << 24}) {
    PoolShape shape = kSmallShape;
    shape.segments = segments;
    shape.tables_bytes = segments * 100 + 1;
    const PoolLayout layout(shape);
    uint64_t end = 2 * sizeof(SuperblockPage);
    for (const PoolExtent& extent :
         {layout.table_sums, layout.heap_sums, layout.tables, layout.heap}) {
      ck_assert_uint_ge(extent.offset, end);
      end = extent.offset + extent.bytes;
    }
    ck_assert_uint_ge(layout.file_bytes, end);
    ck_assert_uint_lt(layout.file_bytes, end + 4096);
    const uint64_t mib = uint64_t{1} << 20;
    ck_assert_uint_ge(layout.table_sums.bytes, (shape.tables_bytes + mib - 1) / mib * 4);
    ck_assert_uint_ge(layout.heap_sums.bytes, (shape.heap_bytes() + mib - 1) / mib * 4);
    ck_assert_uint_eq(layout.heap.offset % 4096, 0);
  }
}
END_TEST

}  // namespace

PELIKAN_TESTS("datapool/superblock", every_field_stands_where_the_format_has_it,
              what_is_encoded_is_decoded, superblocks_that_differ_in_any_byte_differ,
              the_parts_of_a_file_follow_each_other_without_overlap)
