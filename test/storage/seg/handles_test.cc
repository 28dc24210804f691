// Items that hold objects in place of values: who owns those, when they end, and what they take of
// the store's memory.
#include <string>

#include "storage/handled.h"
#include "storage/seg/seg_stage.h"

#include "check.h"

namespace {

using namespace pelikan;
using namespace pelikan::test;

// Says when it ends, for which it takes several steps while the store is there.
class Counted final : public Handled {
 public:
  explicit Counted(int& ended) : ended_(ended) {}
  ~Counted() override { ++ended_; }
  size_t destroy_some() noexcept override { return static_cast<size_t>(--steps_); }

 private:
  int& ended_;
  int steps_ = 3;
};

struct Stage : SegStage {
  int ended = 0;

  using SegStage::in_ms;
  using SegStage::now_ms;
  using SegStage::store;
  using SegStage::with;

  PutStatus put(std::string_view key, size_t bytes, Expiry expiry = {}) {
    PutStatus status = PutStatus::kNoMemory;
    auto* counted = new Counted(ended);
    store().charge(*counted, bytes);
    with(key, [&](const Lookup& lookup) {
      const Value value{.bytes = {}, .flags = 7, .expiry = expiry, .handled = counted};
      status = store().put(lookup, value, WriteTerms{.exact_expiry = true}).status;
    });
    store().let_go(*counted);
    return status;
  }
  PutStatus put_with_patience(std::string_view key, size_t bytes) {
    for (int i = 0; i < 1000; ++i) {
      if (store().can_charge(bytes)) return put(key, bytes);
      pass_ms(1);
    }
    return PutStatus::kNoMemory;
  }
  bool has(std::string_view key) {
    bool found = false;
    with(key, [&](const Lookup& lookup) {
      const auto item = store().peek(lookup);
      found = item && item->handled() != nullptr && item->flags() == 7;
    });
    return found;
  }
  void erase(std::string_view key) {
    with(key, [&](const Lookup& lookup) { ck_assert(store().erase(lookup)); });
  }
  // Until all that were let go have ended, and some rounds more.
  void settle() {
    for (int i = 0; i < 20; ++i) pass_ms(1);
  }
};

START_TEST(an_object_is_found_where_it_was_put_and_ends_when_it_is_erased) {
  Stage stage;
  ck_assert(stage.put("k", 100) == PutStatus::kStored);
  stage.settle();
  ck_assert(stage.has("k"));
  ck_assert_int_eq(stage.ended, 0);
  stage.erase("k");
  ck_assert(!stage.has("k"));
  stage.settle();
  ck_assert_int_eq(stage.ended, 1);
  ck_assert_int_eq(stage.metric("seg_handle_byte"), 0);
}
END_TEST

START_TEST(nobody_who_looks_at_an_object_sees_it_end) {
  Stage stage;
  ck_assert(stage.put("k", 100) == PutStatus::kStored);
  stage.with("k", [&](const Lookup& lookup) {
    const auto item = stage.store().peek(lookup);
    ck_assert(stage.store().erase(lookup));
    stage.settle();
    ck_assert_int_eq(stage.ended, 0);
    ck_assert_uint_eq(item->handled()->charged(), 100);
  });
  stage.settle();
  ck_assert_int_eq(stage.ended, 1);
}
END_TEST

START_TEST(another_value_under_the_key_ends_it) {
  Stage stage;
  ck_assert(stage.put("k", 100) == PutStatus::kStored);
  stage.with("k", [&](const Lookup& lookup) {
    ck_assert(stage.store().put(lookup, {"text"}, PutMode::kSet) == PutStatus::kStored);
  });
  stage.settle();
  ck_assert_int_eq(stage.ended, 1);
}
END_TEST

START_TEST(one_that_is_not_stored_ends_with_its_maker) {
  Stage stage;
  ck_assert(stage.put("k", 100, {stage.now_ms() - 1}) == PutStatus::kStored);  // dead at once
  ck_assert(!stage.has("k"));
  stage.settle();
  ck_assert_int_eq(stage.ended, 1);
}
END_TEST

START_TEST(expiry_and_flush_end_it) {
  Stage stage;
  ck_assert(stage.put("expires", 100, stage.in_ms(5'000)) == PutStatus::kStored);
  stage.pass_ms(60'000);
  stage.settle();
  ck_assert_int_eq(stage.ended, 1);

  ck_assert(stage.put("flushed", 100) == PutStatus::kStored);
  stage.store().flush({});
  stage.settle();
  ck_assert_int_eq(stage.ended, 1);  // that was a flush which never comes
  stage.store().flush({stage.now_ms()});
  stage.settle();
  ck_assert_int_eq(stage.ended, 2);
}
END_TEST

START_TEST(a_new_expiry_makes_no_second_item) {
  Stage stage;
  ck_assert(stage.put("k", 100) == PutStatus::kStored);
  stage.with("k", [&](const Lookup& lookup) {
    const uint64_t token = stage.store().peek(lookup)->cas();
    ck_assert(stage.store().expire(lookup, stage.in_ms(1'500), {}) == ExpireStatus::kDone);
    ck_assert_uint_eq(stage.store().peek(lookup)->cas(), token);
  });
  stage.settle();
  ck_assert(stage.has("k"));
  ck_assert_int_eq(stage.ended, 0);
}
END_TEST

START_TEST(an_object_under_two_keys_ends_with_the_second) {
  Stage stage;
  ck_assert(stage.put("a", 100) == PutStatus::kStored);
  Handled* shared = nullptr;
  stage.with("a", [&](const Lookup& lookup) { shared = stage.store().peek(lookup)->handled(); });
  stage.with("b", [&](const Lookup& lookup) {
    const Value value{.bytes = {}, .flags = 7, .handled = shared};
    ck_assert(stage.store().put(lookup, value, WriteTerms{}).status == PutStatus::kStored);
  });
  stage.erase("a");
  stage.settle();
  ck_assert(stage.has("b"));
  ck_assert_int_eq(stage.ended, 0);
  stage.erase("b");
  stage.settle();
  ck_assert_int_eq(stage.ended, 1);
}
END_TEST

START_TEST(what_objects_take_is_withheld_from_the_segments) {
  Stage stage;
  const int64_t most = 256 * 1024;
  ck_assert(stage.put("k", 64 * kKiB) == PutStatus::kStored);
  stage.settle();
  ck_assert_int_eq(stage.metric("seg_handle_byte"), 64 * 1024);
  ck_assert_int_eq(stage.metric("seg_segment_withheld"), 64 / 2);
  ck_assert_int_le(stage.metric("seg_memory_byte"), most);
  stage.erase("k");
  stage.settle();
  ck_assert_int_eq(stage.metric("seg_segment_withheld"), 0);
}
END_TEST

START_TEST(old_objects_go_when_new_ones_need_their_memory) {
  Stage stage;
  constexpr int kObjects = 400;
  for (int i = 0; i < kObjects; ++i) {
    const std::string key = "key:" + std::to_string(i);
    ck_assert_msg(stage.put_with_patience(key, 10'000) == PutStatus::kStored, "%d", i);
    ck_assert_int_le(stage.metric("seg_handle_byte"), 256 * 1024);
  }
  stage.settle();
  // The last ones are there, and those that are not have ended.
  ck_assert(stage.has("key:399"));
  int there = 0;
  for (int i = 0; i < kObjects; ++i) there += stage.has("key:" + std::to_string(i)) ? 1 : 0;
  ck_assert_int_ge(there, 5);
  ck_assert_int_eq(stage.ended, kObjects - there);
  ck_assert_int_eq(stage.metric("seg_handle_byte"), there * 10'000);
}
END_TEST

}  // namespace

PELIKAN_TESTS("storage/seg/handles", an_object_is_found_where_it_was_put_and_ends_when_it_is_erased,
              nobody_who_looks_at_an_object_sees_it_end, another_value_under_the_key_ends_it,
              one_that_is_not_stored_ends_with_its_maker, expiry_and_flush_end_it,
              a_new_expiry_makes_no_second_item, an_object_under_two_keys_ends_with_the_second,
              what_objects_take_is_withheld_from_the_segments,
              old_objects_go_when_new_ones_need_their_memory)
