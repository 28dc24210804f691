#include "datapool/file_pool.h"

#include <sys/stat.h>

#include <filesystem>

#include "datapool/pool_rig.h"

#include "check.h"

using namespace pelikan;
using namespace pelikan::test;

namespace {

uint64_t reserved_bytes(const std::string& path) {
  struct stat status {};
  ck_assert_int_eq(::stat(path.c_str(), &status), 0);
  return static_cast<uint64_t>(status.st_blocks) * 512;
}

START_TEST(a_new_pool_is_private_whole_and_reserved) {
  const TemporaryDirectory folder;
  PoolRig rig(folder.path("pool"));
  const auto pool = rig.open();
  ck_assert_uint_eq(pool->bytes().size(), 16 * 2048);
  ck_assert_uint_eq(reinterpret_cast<uintptr_t>(pool->bytes().data()) % 4096, 0);
  ck_assert_text_eq(PoolRig::content(*pool), "empty");
  ck_assert_text_eq(pool->why_empty(), "new");
  struct stat status {};
  ck_assert_int_eq(::stat(folder.path("pool").c_str(), &status), 0);
  ck_assert_uint_eq(status.st_mode & 07777, 0600);
  ck_assert_uint_ge(reserved_bytes(folder.path("pool")), static_cast<uint64_t>(status.st_size));
  ck_assert_int_eq(rig.metric("pool_bytes"), status.st_size);
  ck_assert_int_eq(rig.metric("pool_discard"), 0);
}
END_TEST

START_TEST(a_clean_stop_keeps_heap_tables_and_seed) {
  const TemporaryDirectory folder;
  PoolRig rig(folder.path("pool"));
  auto pool = rig.open();
  const auto seed = pool->hash_seed();
  rig.keep(*pool, "three little words ");
  pool.reset();

  pool = rig.open();
  ck_assert_text_eq(PoolRig::content(*pool), "three little words ");
  ck_assert_text_eq(pool->why_empty(), "");
  ck_assert(pool->hash_seed() == seed);
  ck_assert_int_eq(rig.metric("pool_kept_bytes"), 19);
  ck_assert_ptr_nonnull(
      strstr(rig.said().c_str(), ", made 2023-11-14T22:13:20Z, generation 3 by version 0.1.0"));
  pool->drop_kept();
  ck_assert_uint_eq(pool->kept().size(), 0);
}
END_TEST

START_TEST(without_a_clean_stop_the_next_start_is_empty_under_a_new_seed) {
  const TemporaryDirectory folder;
  PoolRig rig(folder.path("pool"));
  rig.make_clean("old");
  auto pool = rig.open();
  const auto seed = pool->hash_seed();
  pool.reset();  // as kill -9 does: the page cache lives on

  pool = rig.open();
  ck_assert_text_eq(PoolRig::content(*pool), "empty");
  ck_assert_text_eq(pool->why_empty(),
                    "not closed cleanly (generation 5); pool_on_dirty=discard: starting empty");
  ck_assert(pool->hash_seed() != seed);
  ck_assert_ptr_nonnull(strstr(rig.said().c_str(), "warn"));
  ck_assert_ptr_nonnull(strstr(rig.said().c_str(), "pool: not closed cleanly (generation 5)"));
  ck_assert_int_eq(rig.metric("pool_discard"), 1);
}
END_TEST

START_TEST(each_clean_stop_replaces_the_one_before) {
  const TemporaryDirectory folder;
  PoolRig rig(folder.path("pool"));
  for (const char* text : {"a", "bb", "ccc", "dd", "e"}) {
    rig.make_clean(text);
    const auto size = std::filesystem::file_size(folder.path("pool"));
    auto pool = rig.open();
    ck_assert_text_eq(PoolRig::content(*pool), text);
    rig.keep(*pool, text);
    ck_assert_uint_eq(std::filesystem::file_size(folder.path("pool")), size);
  }
}
END_TEST

START_TEST(within_a_boot_the_time_that_passed_is_the_boot_clocks) {
  const TemporaryDirectory folder;
  PoolRig rig(folder.path("pool"));
  rig.make_clean("x");
  rig.time.advance_ms(7'000);
  rig.time.jump_wall_clock_ms(-3'600'000);
  ck_assert_int_eq(rig.time.boot_ms() - rig.open()->stopped_ms(), 7'000);
  ck_assert(rig.said().find("wall clock") == std::string::npos);
}
END_TEST

START_TEST(what_the_stop_takes_is_time_that_passed) {
  const TemporaryDirectory folder;
  PoolRig rig(folder.path("pool"));
  const int64_t stopped_ms = rig.time.boot_ms();
  rig.open()->keep([&](PoolWriter& writer) {
    ck_assert_int_eq(writer.stopped_ms(), stopped_ms);
    writer.append(std::as_bytes(std::span("tables")));
    rig.time.advance_ms(3'000);
  });
  ck_assert_int_eq(rig.open()->stopped_ms(), stopped_ms);
}
END_TEST

START_TEST(across_boots_the_time_that_passed_is_the_wall_clocks) {
  const TemporaryDirectory folder;
  PoolRig rig(folder.path("pool"));
  rig.make_clean("x");
  rig.time.advance_ms(7'000);
  rig.time.jump_wall_clock_ms(5'000);
  rig.boot_id = "another";
  ck_assert_int_eq(rig.time.boot_ms() - rig.open()->stopped_ms(), 12'000);
}
END_TEST

START_TEST(a_wall_clock_set_back_behind_the_stop_lets_no_time_pass) {
  const TemporaryDirectory folder;
  PoolRig rig(folder.path("pool"));
  rig.make_clean("x");
  rig.time.jump_wall_clock_ms(-60'000);
  rig.boot_id = "another";
  ck_assert_int_eq(rig.time.boot_ms() - rig.open()->stopped_ms(), 0);
  ck_assert_ptr_nonnull(strstr(rig.said().c_str(), "the wall clock is 60000 ms behind the last"));
}
END_TEST

START_TEST(a_boot_clock_that_runs_behind_is_of_another_boot) {
  const TemporaryDirectory folder;
  PoolRig rig(folder.path("pool"));
  rig.time.advance_ms(50'000);
  rig.make_clean("x");
  rig.time.advance_ms(-10'000);
  rig.time.jump_wall_clock_ms(11'000);
  ck_assert_int_eq(rig.time.boot_ms() - rig.open()->stopped_ms(), 1'000);
}
END_TEST

START_TEST(large_heaps_begin_at_a_huge_page) {
  const TemporaryDirectory folder("/dev/shm");
  PoolRig rig(folder.path("pool"));
  rig.shape.segment_bytes = kMiB;
  rig.shape.segments = 33;
  rig.shape.tables_bytes = 3 * kMiB + 1;
  const PoolLayout layout(rig.shape);
  ck_assert_uint_eq(layout.heap.offset % (2 * kMiB), 0);
  rig.make_clean("a text of some length");
  ck_assert_text_eq(PoolRig::content(*rig.open()), "a text of some length");
}
END_TEST

START_TEST(forgotten_pages_stay_reserved) {
  const TemporaryDirectory folder;
  PoolRig rig(folder.path("pool"));
  const auto pool = rig.open();
  const uint64_t before = reserved_bytes(folder.path("pool"));
  pool->forget(0, pool->bytes().size());
  ck_assert_uint_eq(reserved_bytes(folder.path("pool")), before);
}
END_TEST

START_TEST(an_empty_file_becomes_a_pool) {
  const TemporaryDirectory folder;
  PoolRig rig(folder.path("pool"));
  std::ofstream(folder.path("pool")).close();
  ck_assert_int_eq(::chmod(folder.path("pool").c_str(), 0600), 0);
  rig.make_clean("x");
  ck_assert_text_eq(PoolRig::content(*rig.open()), "x");
}
END_TEST

}  // namespace

PELIKAN_TESTS("datapool/file_pool", a_new_pool_is_private_whole_and_reserved,
              a_clean_stop_keeps_heap_tables_and_seed,
              without_a_clean_stop_the_next_start_is_empty_under_a_new_seed,
              each_clean_stop_replaces_the_one_before,
              within_a_boot_the_time_that_passed_is_the_boot_clocks,
              what_the_stop_takes_is_time_that_passed,
              across_boots_the_time_that_passed_is_the_wall_clocks,
              a_wall_clock_set_back_behind_the_stop_lets_no_time_pass,
              a_boot_clock_that_runs_behind_is_of_another_boot, large_heaps_begin_at_a_huge_page,
              forgotten_pages_stay_reserved, an_empty_file_becomes_a_pool)
