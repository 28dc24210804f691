// Items that never expired and were touched: their memory comes back when their time has come.
#include <string>
#include <utility>

#include "storage/seg/seg_stage.h"

#include "check.h"

namespace {

using namespace pelikan;
using namespace pelikan::test;

class Stage : public SegStage {
 public:
  void put(int key, size_t bytes = 100) {
    const std::string value(bytes, 'v');
    with(name(key), [&](const Lookup& lookup) {
      ck_assert(put(lookup, {.bytes = value, .flags = 0, .expiry = {}}) == PutStatus::kStored);
    });
  }
  void touch(int key, int64_t ms) {
    with(name(key), [&](const Lookup& lookup) { ck_assert(store().touch(lookup, in_ms(ms))); });
  }

 private:
  static std::string name(int key) { return "key:" + std::to_string(key); }
  PutStatus put(const Lookup& lookup, const Value& item) {
    if (!store().is_large(lookup.key.size(), item.bytes.size())) {
      return store().put(lookup, item, PutMode::kSet);
    }
    auto reservation = store().reserve(lookup.key, item.bytes.size());
    reservation->append(item.bytes);
    return store().publish(lookup, std::move(*reservation), item, PutMode::kSet);
  }
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
