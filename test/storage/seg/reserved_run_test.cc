// What becomes of a run that was reserved for more than was written.
#include "storage/seg/reserved_run.h"

#include <string>

#include "storage/seg/seg_fixture.h"

#include "check.h"

namespace {

using namespace pelikan;
using namespace pelikan::test;

constexpr size_t kItem = 64;  // bytes all in

// Two threads' doors to one store of small segments.
struct Rig {
  SegFixture fixture{Bytes{256 * kKiB}, Bytes{2 * kKiB}, Bytes{kKiB}, 3};
  SegStore::Access& one = fixture.store();
  SegStore::Access two = fixture.segments().access(fixture.clock());
  int next = 1000;

  // A new item; returns its cas token, which tells its place.
  uint64_t put(SegStore::Access& access, size_t bytes = kItem) {
    const std::string key = "key " + std::to_string(next++);
    const std::string value(bytes - 8 - key.size(), 'v');
    Lookup lookup{key};
    access.prepare({&lookup, 1});
    const Written written = access.put(lookup, {value}, WriteTerms{});
    ck_assert(written.status == PutStatus::kStored);
    return written.cas;
  }
  void put_in_one_epoch(SegStore::Access& access, int items) {
    const auto epoch = access.enter();
    for (int i = 0; i < items; ++i) put(access);
  }
  // Items that are evicted again; what they leave behind is no header.
  void churn(int items, size_t bytes) {
    for (int i = 0; i < items; ++i) {
      {
        const auto epoch = two.enter();
        put(two, bytes);
      }
      if (i % 2 == 0) fixture.maintain();
    }
  }
  int64_t metric(const char* name) { return fixture.registry().read().find(name)->value; }
};

constexpr uint64_t kUnits = kItem / kItemAlign;  // from token to token

START_TEST(items_of_an_epoch_lie_one_behind_the_other) {
  Rig rig;
  rig.put_in_one_epoch(rig.one, 4);
  const auto epoch = rig.one.enter();
  uint64_t last = rig.put(rig.one);
  for (int i = 0; i < 6; ++i) {
    const uint64_t token = rig.put(rig.one);
    ck_assert_uint_eq(token, last + kUnits);
    last = token;
  }
}
END_TEST

START_TEST(what_is_left_goes_back_when_nobody_reserved_behind_it) {
  Rig rig;
  rig.put_in_one_epoch(rig.one, 8);
  uint64_t last = 0;
  {
    const auto epoch = rig.one.enter();
    last = rig.put(rig.one);
  }
  const auto epoch = rig.two.enter();
  ck_assert_uint_eq(rig.put(rig.two), last + kUnits);
}
END_TEST

START_TEST(what_is_left_in_front_of_others_becomes_a_dead_item) {
  Rig rig;
  rig.churn(600, 900);
  rig.put_in_one_epoch(rig.one, 8);
  {
    const auto first = rig.one.enter();
    const uint64_t own = rig.put(rig.one);
    const auto second = rig.two.enter();
    ck_assert_uint_eq(rig.put(rig.two), own + 8 * kUnits);
  }
  rig.fixture.segments().check_invariants();
  // Segments are walked from end to end when they are evicted.
  const int64_t evicted = rig.metric("seg_evict");
  rig.churn(600, 900);
  ck_assert_int_gt(rig.metric("seg_evict"), evicted + 128);
  rig.fixture.segments().check_invariants();
}
END_TEST

START_TEST(a_run_in_a_segment_that_others_sealed_is_closed_there) {
  Rig rig;
  rig.put_in_one_epoch(rig.one, 8);
  {
    const auto first = rig.one.enter();
    const uint64_t own = rig.put(rig.one);
    for (int i = 0; i < 40; ++i) rig.put_in_one_epoch(rig.two, 1);  // more than a segment
    ck_assert_uint_eq(rig.put(rig.one) >> kOffsetBits, (own >> kOffsetBits) + 1);
  }
  rig.fixture.segments().check_invariants();
}
END_TEST

START_TEST(a_flush_ends_a_run) {
  Rig rig;
  rig.put_in_one_epoch(rig.one, 8);
  {
    const auto epoch = rig.one.enter();
    const uint64_t own = rig.put(rig.one);
    rig.two.flush({rig.fixture.clock().now_ms()});
    ck_assert_uint_gt(rig.put(rig.one) >> kOffsetBits, own >> kOffsetBits);
  }
  rig.fixture.maintain();
  ck_assert_int_eq(rig.metric("seg_item_live"), 1);
}
END_TEST

}  // namespace

PELIKAN_TESTS("storage/seg/reserved_run", items_of_an_epoch_lie_one_behind_the_other,
              what_is_left_goes_back_when_nobody_reserved_behind_it,
              what_is_left_in_front_of_others_becomes_a_dead_item,
              a_run_in_a_segment_that_others_sealed_is_closed_there, a_flush_ends_a_run)
