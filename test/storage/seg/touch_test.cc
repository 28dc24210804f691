// Items that never expired and were touched: their memory comes back when their time has come.
#include <string>
#include <utility>

#include "storage/seg/seg_fixture.h"

#include "check.h"

namespace {

using namespace pelikan;
using namespace pelikan::test;

class Stage {
 public:
  Stage() : fixture_(Bytes{256 * kKiB}, Bytes{2 * kKiB}, Bytes{8 * kKiB}) {}

  void put(int key, size_t bytes = 100) {
    const std::string value(bytes, 'v');
    with(key, [&](SegStore::Access& store, const Lookup& lookup) {
      const Value item{.bytes = value, .flags = 0, .expiry = {}};
      if (!store.is_large(lookup.key.size(), bytes)) {
        return store.put(lookup, item, PutMode::kSet) == PutStatus::kStored;
      }
      auto reservation = store.reserve(lookup.key, bytes);
      reservation->append(value);
      return store.publish(lookup, std::move(*reservation), item, PutMode::kSet) ==
             PutStatus::kStored;
    });
  }
  void touch(int key, int64_t ms) {
    with(key, [&](SegStore::Access& store, const Lookup& lookup) {
      return store.touch(lookup, {fixture_.clock().now_ms() + ms});
    });
  }
  void pass_ms(int64_t ms) {
    fixture_.advance_ms(ms);
    fixture_.maintain();
  }
  int64_t metric(std::string_view name) { return fixture_.registry().read().value(name); }

 private:
  template <class Act>
  void with(int key, Act act) {
    const std::string name = "key:" + std::to_string(key);
    const auto epoch = fixture_.store().enter();
    Lookup lookup{name};
    fixture_.store().prepare({&lookup, 1});
    ck_assert(act(fixture_.store(), lookup));
  }

  SegFixture fixture_;
};

constexpr int kEnough = 40;  // items fill two segments and more

START_TEST(touched_in_an_open_segment) {
  Stage stage;
  stage.put(0);
  stage.touch(0, 5'000);
  for (int key = 1; key < kEnough; ++key) stage.put(key);
  stage.pass_ms(3'000);
  ck_assert_int_eq(stage.metric("seg_expire_item"), 0);
  stage.pass_ms(4'000);
  ck_assert_int_eq(stage.metric("seg_expire_item"), 1);
  ck_assert_int_eq(stage.metric("seg_item_live"), kEnough - 1);
}
END_TEST

START_TEST(touched_in_a_sealed_segment) {
  Stage stage;
  for (int key = 0; key < kEnough; ++key) stage.put(key);
  stage.touch(0, 5'000);
  stage.pass_ms(7'000);
  ck_assert_int_eq(stage.metric("seg_expire_item"), 1);
  // Its neighbours never expire, and the segment is not looked at for nothing.
  stage.touch(1, 50'000);
  stage.touch(2, 5'000);
  stage.pass_ms(60'000);
  ck_assert_int_eq(stage.metric("seg_expire_item"), 3);
  ck_assert_int_eq(stage.metric("seg_item_live"), kEnough - 3);
}
END_TEST

START_TEST(a_whole_segment_comes_back) {
  Stage stage;
  for (int key = 0; key < kEnough; ++key) stage.put(key);
  const int64_t free = stage.metric("seg_segment_free");
  for (int key = 0; key < kEnough; ++key) stage.touch(key, 5'000);
  stage.pass_ms(7'000);
  stage.pass_ms(1'000);
  ck_assert_int_eq(stage.metric("seg_item_live"), 0);
  ck_assert_int_gt(stage.metric("seg_segment_free"), free);
}
END_TEST

START_TEST(a_large_value_comes_back) {
  Stage stage;
  const int64_t free = stage.metric("seg_segment_free");
  stage.put(0, 7'000);
  ck_assert_int_lt(stage.metric("seg_segment_free"), free);
  stage.touch(0, 5'000);
  stage.pass_ms(7'000);
  ck_assert_int_eq(stage.metric("seg_segment_free"), free);
}
END_TEST

}  // namespace

PELIKAN_TESTS("storage/seg/touch", touched_in_an_open_segment, touched_in_a_sealed_segment,
              a_whole_segment_comes_back, a_large_value_comes_back)
