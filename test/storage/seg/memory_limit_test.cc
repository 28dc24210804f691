// A limit on memory that changes while the store is used.
#include <string>

#include "storage/seg/seg_fixture.h"

#include "check.h"

namespace {

using namespace pelikan;
using namespace pelikan::test;

constexpr int kItems = 40'000;  // about twice what the fixture's 64 MiB hold

std::string key_of(int i) { return "key:" + std::to_string(i); }
std::string value_of(int i) {
  return std::to_string(i) + std::string(2000 + static_cast<size_t>(i % 2000), 'v');
}

// A store whose maintenance is called as writers call it, and what is asked of it here.
struct Stage {
  SegFixture fixture;
  SegStore::Access& store = fixture.store();

  PutStatus put(int i) {
    const std::string key = key_of(i);
    const std::string value = value_of(i);
    Lookup lookup{key};
    for (;;) {
      {
        const auto epoch = store.enter();
        store.prepare({&lookup, 1});
        const PutStatus status = store.put(lookup, {value}, PutMode::kSet);
        if (status != PutStatus::kNoMemory) return status;
      }
      if (!store.make_room()) return PutStatus::kNoMemory;
    }
  }
  void fill(int from, int to) {
    for (int i = from; i < to; ++i) {
      ck_assert(put(i) == PutStatus::kStored);
      if (i % 100 == 0) fixture.maintain();
    }
  }
  // How many keys are there; what is there is right.
  int hits() {
    int found = 0;
    for (int i = 0; i < kItems; ++i) {
      const std::string key = key_of(i);
      Lookup lookup{key};
      const auto epoch = store.enter();
      store.prepare({&lookup, 1});
      const auto item = store.get(lookup);
      if (!item) continue;
      ck_assert_text_eq(item->value_part(0), value_of(i));
      ++found;
    }
    return found;
  }
  // Rounds until no reader can look at what was emptied.
  void maintain() {
    for (int round = 0; round < 4; ++round) fixture.maintain();
    fixture.segments().check_invariants();
  }
  int64_t gauge(std::string_view name) { return fixture.registry().read().value(name); }
};

START_TEST(a_lower_limit_evicts_and_gives_memory_back) {
  Stage stage;
  stage.fill(0, kItems);
  const int hits_before = stage.hits();
  const size_t bytes_before = stage.fixture.segments().memory_bytes();
  ck_assert_uint_gt(bytes_before, 60 * kMiB);

  ck_assert(stage.store.limit_memory(32 * kMiB));
  stage.maintain();
  ck_assert_uint_le(stage.fixture.segments().memory_bytes(), 32 * kMiB);
  ck_assert_uint_gt(stage.fixture.segments().memory_bytes(), 31 * kMiB);
  ck_assert_int_eq(stage.gauge("seg_budget_byte"), 32 * kMiB);
  ck_assert_int_gt(stage.gauge("seg_segment_withheld"), 0);
  const int hits_after = stage.hits();
  ck_assert_int_lt(hits_after, hits_before * 6 / 10);
  ck_assert_int_gt(hits_after, hits_before * 3 / 10);
}
END_TEST

START_TEST(writes_go_on_while_memory_shrinks_and_after) {
  Stage stage;
  stage.fill(0, kItems);
  ck_assert(stage.store.limit_memory(24 * kMiB));
  stage.fill(0, kItems);  // maintenance comes along now and then
  stage.maintain();
  ck_assert_uint_le(stage.fixture.segments().memory_bytes(), 24 * kMiB);
  stage.fill(0, 1000);
  ck_assert_uint_le(stage.fixture.segments().memory_bytes(), 24 * kMiB);
  ck_assert_int_gt(stage.hits(), 0);
}
END_TEST

START_TEST(a_higher_limit_brings_memory_back_into_use) {
  Stage stage;
  stage.fill(0, kItems);
  const int hits_before = stage.hits();
  ck_assert(stage.store.limit_memory(32 * kMiB));
  stage.maintain();
  ck_assert(stage.store.limit_memory(64 * kMiB));
  stage.maintain();
  ck_assert_int_eq(stage.gauge("seg_segment_withheld"), 0);
  stage.fill(0, kItems);
  stage.maintain();
  ck_assert_int_gt(stage.hits(), hits_before * 9 / 10);
}
END_TEST

START_TEST(a_limit_out_of_bounds_changes_nothing) {
  Stage stage;
  ck_assert(!stage.store.limit_memory(64 * kMiB + 1));
  ck_assert(!stage.store.limit_memory(kMiB));
  ck_assert(!stage.store.limit_memory(0));
  ck_assert_int_eq(stage.gauge("seg_budget_byte"), 64 * kMiB);
  stage.maintain();
  ck_assert_int_eq(stage.gauge("seg_segment_withheld"), 0);
}
END_TEST

START_TEST(many_ttls_share_the_open_segments_of_a_low_limit) {
  Stage stage;
  const std::string value = value_of(0);
  const auto put = [&](int i) {
    const std::string key = key_of(i);
    Lookup lookup{key};
    const auto epoch = stage.store.enter();
    stage.store.prepare({&lookup, 1});
    const Expiry expiry{stage.fixture.clock().now_ms() + 1000 * (int64_t{8} << (i % 18))};
    return stage.store.put(lookup, {value, 0, expiry}, PutMode::kSet);
  };
  for (int i = 0; i < 2000; ++i) ck_assert(put(i) == PutStatus::kStored);
  ck_assert_int_gt(stage.gauge("seg_segment_open_now"), 10);
  ck_assert(stage.store.limit_memory(12 * kMiB));
  stage.maintain();
  ck_assert_uint_le(stage.fixture.segments().memory_bytes(), 12 * kMiB);
  ck_assert_int_le(stage.gauge("seg_segment_open_now"), 10);
}
END_TEST

}  // namespace

PELIKAN_TESTS("storage/seg/memory_limit", a_lower_limit_evicts_and_gives_memory_back,
              writes_go_on_while_memory_shrinks_and_after,
              a_higher_limit_brings_memory_back_into_use, a_limit_out_of_bounds_changes_nothing,
              many_ttls_share_the_open_segments_of_a_low_limit)
