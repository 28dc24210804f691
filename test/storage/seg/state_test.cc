// What an item is beside its value, when it is moved to another segment.
#include <string>

#include "storage/seg/seg_stage.h"

#include "check.h"

namespace {

using namespace pelikan;
using namespace pelikan::test;

class Stage : public SegStage {
 public:
  // Items that fill segments and expire soon; the first, which lives longer, is then moved.
  void fill_and_expire() {
    for (int key = 0; key < 40; ++key) {
      put("filler " + std::to_string(key), {"", 0, soon()});
    }
    const int64_t moved = metric("seg_relocate");
    pass_ms(8'000);
    pass_ms(8'000);
    ck_assert_int_gt(metric("seg_relocate"), moved);
  }
  void put(const std::string& key, const Value& value, const WriteTerms& terms = {}) {
    with(key, [&](const Lookup& lookup) {
      ck_assert(store().put(lookup, value, terms).status == PutStatus::kStored);
    });
  }
  // In the TTL bucket of the fillers, to outlive them there.
  void plant(const WriteTerms& terms = {}) {
    put("k", {.bytes = "value", .flags = 3, .expiry = soon(), .binary_key = true}, terms);
    touch();
  }
  void touch() {
    with("k", [&](const Lookup& lookup) { ck_assert(store().touch(lookup, in_ms(600'000))); });
  }
  void get() {
    with("k", [&](const Lookup& lookup) { ck_assert(store().get(lookup).has_value()); });
  }
  void claim() {
    with("k",
         [&](const Lookup& lookup) { ck_assert(store().claim(lookup, *store().peek(lookup))); });
  }
  template <class Look>
  void look(Look look) {
    with("k", [&](const Lookup& lookup) {
      const auto item = store().peek(lookup);
      ck_assert(item.has_value());
      look(*item);
    });
  }
  int64_t idle_ms() {
    int64_t idle = 0;
    with("k", [&](const Lookup& lookup) {
      idle = now_ms() - store().last_access_ms(lookup, *store().peek(lookup));
    });
    return idle;
  }

 private:
  [[nodiscard]] Expiry soon() { return in_ms(5'000); }
};

START_TEST(a_moved_item_keeps_its_state) {
  Stage stage;
  stage.plant({.new_cas = 77, .stale = true});
  stage.claim();
  stage.fill_and_expire();
  stage.look([](const ItemView& item) {
    ck_assert_uint_eq(item.cas(), 77);
    ck_assert(item.is_stale() && item.has_winner() && item.has_binary_key());
    ck_assert_uint_eq(item.flags(), 3);
    ck_assert_text_eq(item.value_part(0), "value");
  });
}
END_TEST

START_TEST(a_moved_item_knows_whether_it_was_found) {
  for (int uses = 0; uses < 5; ++uses) {
    Stage stage;
    stage.plant();
    for (int i = 0; i < uses; ++i) stage.get();
    stage.fill_and_expire();
    stage.look([&](const ItemView& item) { ck_assert_int_eq(item.was_found(), uses > 0); });
    stage.get();
    stage.look([](const ItemView& item) { ck_assert(item.was_found()); });
  }
}
END_TEST

START_TEST(a_moved_item_keeps_its_time_of_last_use) {
  Stage stage;
  stage.plant();
  ck_assert_int_le(stage.idle_ms(), 1'000);
  stage.fill_and_expire();
  ck_assert_int_ge(stage.idle_ms(), 16'000);
  stage.get();
  stage.advance_ms(3'000);
  ck_assert_int_ge(stage.idle_ms(), 3'000);
  ck_assert_int_le(stage.idle_ms(), 3'250);
}
END_TEST

START_TEST(an_item_is_as_old_as_its_segment_before_anybody_asked) {
  Stage stage;
  stage.plant();
  stage.advance_ms(4'000);
  stage.get();  // nobody notes that
  ck_assert_int_ge(stage.idle_ms(), 4'000);
  stage.get();
  ck_assert_int_le(stage.idle_ms(), 125);
}
END_TEST

}  // namespace

PELIKAN_TESTS("storage/seg/state", a_moved_item_keeps_its_state,
              a_moved_item_knows_whether_it_was_found, a_moved_item_keeps_its_time_of_last_use,
              an_item_is_as_old_as_its_segment_before_anybody_asked)
