#include "datapool/pool_examination.h"

#include <fmt/format.h>

#include "datapool/pool_rig.h"

#include "check.h"

using namespace pelikan;
using namespace pelikan::test;

namespace {

// The two pages of a pool that was stopped cleanly, to be changed.
struct Pages {
  Pages() {
    newest.state = PoolState::kClean;
    newest.generation = 41;
    newest.kept_bytes = 100;
    older = newest;
    older.state = PoolState::kDirty;
    older.generation = 40;
  }
  SuperblockPages encoded() const { return {encode(newest), encode(older)}; }

  Superblock newest = superblock_of(kSmallShape);
  Superblock older;
};

PoolWanted wanted() { return {.path = "/p", .shape = kSmallShape}; }

std::string refusal(const SuperblockPages& pages, uint64_t file_bytes, const PoolWanted& terms) {
  try {
    (void)examine(pages, file_bytes, terms);
  } catch (const SetupError& error) {
    ck_assert(error.code() == ExitCode::kBadData);
    return error.what();
  }
  return "none";
}

std::string refusal(const Pages& pages, const PoolWanted& terms = wanted()) {
  return refusal(pages.encoded(), pages.newest.file_bytes, terms);
}

// What is said of a mismatch, and that it is content to do without when the option says so.
void expect_mismatch(const Pages& pages, const PoolWanted& terms, const std::string& what,
                     const std::string& advice = "refuse") {
  ck_assert_text_eq(refusal(pages, terms), fmt::format("pool /p: {}; {}", what, advice));
  PoolWanted discarding = terms;
  discarding.discard_mismatch = true;
  const PoolFinding finding = examine(pages.encoded(), pages.newest.file_bytes, discarding);
  ck_assert(finding.content == PoolContent::kNone);
  ck_assert(finding.is_loss);
  ck_assert_text_eq(finding.why_empty, what + "; discarding");
}

START_TEST(a_clean_pool_of_the_right_shape_is_kept) {
  const Pages pages;
  const PoolFinding finding = examine(pages.encoded(), pages.newest.file_bytes, wanted());
  ck_assert(finding.content == PoolContent::kKept);
  ck_assert(finding.superblock == pages.newest);
  ck_assert_uint_eq(finding.page, 0);
}
END_TEST

START_TEST(the_higher_generation_counts_wherever_it_lies) {
  const Pages pages;
  const PoolFinding finding =
      examine({encode(pages.older), encode(pages.newest)}, pages.newest.file_bytes, wanted());
  ck_assert(finding.content == PoolContent::kKept);
  ck_assert_uint_eq(finding.page, 1);
}
END_TEST

// Every bit of both pages: of the newest, then the other says DIRTY; of the other, then it does not
// matter.
START_TEST(no_single_bit_brings_another_state) {
  const Pages sound;
  SuperblockPages pages = sound.encoded();
  for (size_t page = 0; page < 2; ++page) {
    for (size_t bit = 0; bit < pages[page].size() * 8; ++bit) {
      const auto mask = static_cast<std::byte>(1 << bit % 8);
      pages[page][bit / 8] ^= mask;
      const PoolFinding finding = examine(pages, sound.newest.file_bytes, wanted());
      pages[page][bit / 8] ^= mask;
      ck_assert(finding.content == (page == 0 ? PoolContent::kUnclean : PoolContent::kKept));
      ck_assert(finding.superblock == (page == 0 ? sound.older : sound.newest));
      ck_assert_uint_eq(finding.page, 1 - page);
    }
  }
}
END_TEST

START_TEST(a_file_that_is_no_pool_is_told_with_its_size) {
  ck_assert_text_eq(refusal({}, 1'288'490'189, wanted()),
                    "pool /p: not a pelikan pool (no signature); refusing to overwrite 1.2 GiB. "
                    "Use --format-pool to destroy it");
}
END_TEST

START_TEST(two_damaged_superblocks_are_told) {
  const Pages pages;
  SuperblockPages damaged = pages.encoded();
  damaged[0][100] ^= std::byte{1};
  damaged[1][4000] ^= std::byte{1};
  ck_assert_text_eq(refusal(damaged, pages.newest.file_bytes, wanted()),
                    "pool /p: both superblocks fail their checksum");
  damaged[1] = {};  // one page lost, the other damaged
  ck_assert_text_eq(refusal(damaged, pages.newest.file_bytes, wanted()),
                    "pool /p: both superblocks fail their checksum");
}
END_TEST

START_TEST(another_format_is_for_another_build) {
  constexpr char kAdvice[] = "start the newer build or use --format-pool";
  Pages pages;
  pages.newest.major = 2;
  expect_mismatch(pages, wanted(), "format 2.0, this build reads 1.x", kAdvice);
  pages = {};
  pages.newest.needed_features = 0x10;
  expect_mismatch(pages, wanted(), "needs features 0x10, which this build does not know", kAdvice);
  pages = {};
  pages.newest.endian_mark = 0x04030201;
  expect_mismatch(pages, wanted(), "written by a machine of another byte order", kAdvice);
  pages = {};
  pages.newest.checksum_kind = 2;
  expect_mismatch(pages, wanted(), "format 1.0, this build reads 1.x", kAdvice);
}
END_TEST

START_TEST(a_later_minor_version_and_features_one_may_ignore_are_read) {
  Pages pages;
  pages.newest.minor = 3;
  pages.newest.other_features = ~uint64_t{0};
  ck_assert(examine(pages.encoded(), pages.newest.file_bytes, wanted()).content ==
            PoolContent::kKept);
}
END_TEST

START_TEST(another_shape_is_told_with_the_option_that_decides) {
  const Pages pages;
  PoolWanted terms = wanted();
  terms.shape.layout = "slab";
  expect_mismatch(pages, terms, "holds items of a 'seg' store, this is a 'slab' store");
  terms = wanted();
  terms.shape.item_layout = 2;
  expect_mismatch(pages, terms, "item layout 1 in the pool, this build's is 2");
  terms = wanted();
  terms.shape.segment_bytes = 4096;
  expect_mismatch(pages, terms,
                  "segment size 2048 in the pool, 4096 configured (seg_segment_size)");
  terms = wanted();
  terms.shape.segments = 8;
  expect_mismatch(pages, terms,
                  "pool holds 32 KiB, seg_memory asks 16 KiB: shrinking is not supported");
  terms.shape.segments = 17;
  expect_mismatch(pages, terms,
                  "pool holds 32 KiB, seg_memory asks 34 KiB: growing is not supported");
  terms = wanted();
  terms.shape.tables_bytes = 5001;
  expect_mismatch(pages, terms, "size of tables 5000 in the pool, 5001 configured (seg_item_mean)");
}
END_TEST

START_TEST(another_length_of_the_file_is_told) {
  const Pages pages;
  const uint64_t length = pages.newest.file_bytes;
  ck_assert_text_eq(
      refusal(pages.encoded(), length / 2, wanted()),
      fmt::format("pool /p: file has {} bytes, superblock says {}: truncated", length / 2, length));
  ck_assert_text_eq(
      refusal(pages.encoded(), length + 1, wanted()),
      fmt::format("pool /p: file has {} bytes, superblock says {}: something was appended",
                  length + 1, length));
}
END_TEST

START_TEST(a_dirty_pool_starts_empty_or_is_refused) {
  Pages pages;
  pages.newest.state = PoolState::kDirty;
  const PoolFinding finding = examine(pages.encoded(), pages.newest.file_bytes, wanted());
  ck_assert(finding.content == PoolContent::kUnclean);
  ck_assert(finding.is_loss);
  ck_assert_text_eq(finding.why_empty,
                    "not closed cleanly (generation 41); pool_on_dirty=discard: starting empty");
  PoolWanted refusing = wanted();
  refusing.discard_dirty = false;
  ck_assert_text_eq(refusal(pages, refusing),
                    "pool /p: not closed cleanly (generation 41); pool_on_dirty=refuse");
}
END_TEST

START_TEST(what_was_being_formatted_is_formatted_whatever_its_length) {
  Pages pages;
  pages.newest.state = PoolState::kFormatting;
  for (const uint64_t length : {uint64_t{8192}, pages.newest.file_bytes, uint64_t{1} << 40}) {
    const PoolFinding finding = examine(pages.encoded(), length, wanted());
    ck_assert(finding.content == PoolContent::kNone);
    ck_assert(!finding.is_loss);
  }
}
END_TEST

// Their checksums are right, so somebody made them so.
START_TEST(superblocks_that_nobody_writes_are_refused) {
  const auto expect_refusal = [](auto change) {
    Pages pages;
    change(pages.newest);
    ck_assert_text_eq(refusal(pages), "pool /p: superblock with values that no pool has");
  };
  expect_refusal([](Superblock& s) { s.state = static_cast<PoolState>(4); });
  expect_refusal([](Superblock& s) { s.kept_bytes = s.tables_bytes + 1; });
  expect_refusal([](Superblock& s) { s.kept_bytes = ~uint64_t{0}; });
  expect_refusal([](Superblock& s) { s.tables_offset += 4096; });
  expect_refusal([](Superblock& s) { s.heap_offset = 0; });
  expect_refusal([](Superblock& s) { s.created_unix_ms = INT64_MAX; });
  expect_refusal([](Superblock& s) { s.stopped_unix_ms = -1; });
  expect_refusal([](Superblock& s) { s.stopped_boot_ms = INT64_MIN; });
  expect_refusal([](Superblock& s) { s.heap_is_checked = 2; });
}
END_TEST

}  // namespace

PELIKAN_TESTS("datapool/pool_examination", a_clean_pool_of_the_right_shape_is_kept,
              the_higher_generation_counts_wherever_it_lies, no_single_bit_brings_another_state,
              a_file_that_is_no_pool_is_told_with_its_size, two_damaged_superblocks_are_told,
              another_format_is_for_another_build,
              a_later_minor_version_and_features_one_may_ignore_are_read,
              another_shape_is_told_with_the_option_that_decides,
              another_length_of_the_file_is_told, a_dirty_pool_starts_empty_or_is_refused,
              what_was_being_formatted_is_formatted_whatever_its_length,
              superblocks_that_nobody_writes_are_refused)
