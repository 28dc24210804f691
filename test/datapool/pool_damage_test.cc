// Clean pools that were damaged while no process had them: refused, or empty, or what they were.
#include <unistd.h>

#include <filesystem>
#include <random>
#include <set>

#include "datapool/pool_rig.h"

#include "check.h"

using namespace pelikan;
using namespace pelikan::test;

namespace {

namespace fs = std::filesystem;

constexpr char kText[] = "what the store had";
constexpr char kOlder[] = "older";

// A pool that was stopped twice, on a file system that syncs for nothing.
class StoppedPool {
 public:
  StoppedPool() {
    rig.options.verify.set("full");
    rig.make_clean(kOlder);
    rig.make_clean(kText);
    sound_ = content_of(path());
  }

  std::string path() const { return folder_.path("pool"); }
  const std::string& sound() const { return sound_; }
  void put(std::string_view bytes) {
    std::ofstream(path(), std::ios::binary | std::ios::trunc) << bytes;
  }
  // What a store gets from these bytes: its text, "empty", or "refused".
  std::string answer_to(std::string_view bytes) {
    put(bytes);
    try {
      const auto pool = rig.open();
      return PoolRig::content(*pool);
    } catch (const SetupError& error) {
      ck_assert(error.code() == ExitCode::kBadData);
      return "refused";
    }
  }

 private:
  TemporaryDirectory folder_{"/dev/shm"};
  std::string sound_;

 public:
  PoolRig rig{path()};
};

std::string flipped(std::string bytes, uint64_t bit) {
  bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << bit % 8));
  return bytes;
}

START_TEST(a_flipped_bit_never_gives_a_wrong_or_an_older_content) {
  StoppedPool pool;
  std::mt19937_64 random(6);
  std::set<std::string> seen;
  for (int i = 0; i < 2'000; ++i) {
    const std::string answer =
        pool.answer_to(flipped(pool.sound(), random() % (pool.sound().size() * 8)));
    ck_assert_msg(answer == kText || answer == "empty", "%s", answer.c_str());
    seen.insert(answer);
  }
  ck_assert_uint_eq(seen.size(), 2);  // some flips lie where nothing is read
}
END_TEST

START_TEST(a_flipped_bit_in_a_dirty_pool_never_brings_the_last_stop_back) {
  StoppedPool pool;
  pool.rig.options.verify.set("header");
  (void)pool.rig.open();  // a process that ended without a clean stop
  const std::string dirty = content_of(pool.path());
  for (uint64_t bit = 0; bit < 2 * sizeof(SuperblockPage) * 8; bit += 13) {
    ck_assert_text_eq(pool.answer_to(flipped(dirty, bit)), "empty");
  }
}
END_TEST

START_TEST(a_flipped_bit_in_the_heap_is_the_stores_to_find_unless_all_is_verified) {
  StoppedPool pool;
  const PoolLayout layout(pool.rig.shape);
  const std::string damaged = flipped(pool.sound(), (layout.heap.offset + 1000) * 8);
  ck_assert_text_eq(pool.answer_to(damaged), "empty");
  ck_assert_ptr_nonnull(strstr(pool.rig.said().c_str(), "heap fails its checksum at offset "));
  pool.rig.options.on_dirty.set("refuse");
  ck_assert_text_eq(pool.answer_to(damaged), "refused");
  pool.rig.options.verify.set("header");
  ck_assert_text_eq(pool.answer_to(damaged), "wrong");  // as the store will see it
}
END_TEST

START_TEST(a_flipped_bit_in_the_tables_leaves_nothing_to_use) {
  StoppedPool pool;
  const PoolLayout layout(pool.rig.shape);
  for (const PoolExtent& extent : {layout.tables, layout.table_sums}) {
    const std::string damaged = flipped(pool.sound(), extent.offset * 8 + 9);
    pool.rig.options.on_dirty.set("discard");
    ck_assert_text_eq(pool.answer_to(damaged), "empty");
    pool.rig.options.on_dirty.set("refuse");
    pool.put(damaged);
    ck_assert_text_eq(pool.rig.refusal().sentence,
                      fmt::format("pool {}: tables fail their checksum at offset {}; "
                                  "pool_on_dirty=refuse",
                                  pool.path(), layout.tables.offset));
    ck_assert(content_of(pool.path()) == damaged);  // a refusal writes nothing
  }
}
END_TEST

START_TEST(a_truncated_pool_is_refused_and_left_alone) {
  StoppedPool pool;
  std::mt19937_64 random(7);
  for (int i = 0; i < 50; ++i) {
    const std::string part = pool.sound().substr(0, 1 + random() % (pool.sound().size() - 1));
    ck_assert_text_eq(pool.answer_to(part), "refused");
    ck_assert(content_of(pool.path()) == part);
  }
}
END_TEST

START_TEST(a_pool_cut_at_a_place_of_its_layout_is_refused) {
  StoppedPool pool;
  const PoolLayout layout(pool.rig.shape);
  for (const uint64_t size : {uint64_t{1}, uint64_t{4095}, uint64_t{4096}, uint64_t{8191},
                              uint64_t{8192}, layout.tables.offset, layout.heap.offset,
                              layout.file_bytes - 4096, layout.file_bytes - 1}) {
    ck_assert_text_eq(pool.answer_to(pool.sound().substr(0, size)), "refused");
  }
  ck_assert_text_eq(pool.answer_to(pool.sound() + "x"), "refused");
  ck_assert_text_eq(pool.answer_to(pool.sound()), kText);
}
END_TEST

START_TEST(a_pool_of_another_size_is_made_anew_when_the_option_says_so) {
  for (const uint64_t segments : {8, 64}) {
    StoppedPool pool;
    pool.rig.shape.segments = segments;
    ck_assert_text_eq(pool.answer_to(pool.sound()), "refused");
    ck_assert(content_of(pool.path()) == pool.sound());
    pool.rig.options.on_mismatch.set("discard");
    ck_assert_text_eq(pool.answer_to(pool.sound()), "empty");
    ck_assert_uint_eq(fs::file_size(pool.path()), PoolLayout(pool.rig.shape).file_bytes);
    pool.rig.make_clean("new");
    ck_assert_text_eq(PoolRig::content(*pool.rig.open()), "new");
  }
}
END_TEST

START_TEST(an_unfinished_formatting_is_finished) {
  StoppedPool pool;
  Superblock superblock = superblock_of(pool.rig.shape);
  superblock.generation = 100;
  const SuperblockPage page = encode(superblock);
  std::string formatting = text_of(page) + text_of(page);
  ck_assert_text_eq(pool.answer_to(formatting), "empty");
  formatting += pool.sound().substr(formatting.size());
  ck_assert_text_eq(pool.answer_to(formatting), "empty");
  pool.rig.make_clean("new");
  ck_assert_text_eq(PoolRig::content(*pool.rig.open()), "new");
}
END_TEST

}  // namespace

PELIKAN_TESTS("datapool/pool_damage", a_flipped_bit_never_gives_a_wrong_or_an_older_content,
              a_flipped_bit_in_a_dirty_pool_never_brings_the_last_stop_back,
              a_flipped_bit_in_the_heap_is_the_stores_to_find_unless_all_is_verified,
              a_flipped_bit_in_the_tables_leaves_nothing_to_use,
              a_truncated_pool_is_refused_and_left_alone,
              a_pool_cut_at_a_place_of_its_layout_is_refused,
              a_pool_of_another_size_is_made_anew_when_the_option_says_so,
              an_unfinished_formatting_is_finished)
