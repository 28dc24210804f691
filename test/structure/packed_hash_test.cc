#include "structure/packed_hash.h"

#include <string>
#include <string_view>

#include "structure/hash_twin.h"
#include "structure/play.h"

#include "check.h"

namespace {

using namespace pelikan::structure;

Element element(std::string_view text) { return Element(text); }

HashDraft hash_of_eight() {
  HashDraft draft;
  draft.clear();
  for (int i = 0; i < 8; ++i) {
    const std::string name = "field" + std::to_string(i);
    draft.set(element(name), element("sixteen bytes..."));
  }
  return draft;
}

}  // namespace

START_TEST(eight_fields_of_6_and_16_bytes_take_195_bytes) {
  ck_assert_uint_eq(hash_of_eight().bytes().size(), 195);
}
END_TEST

START_TEST(a_field_that_is_set_again_stays_where_it_was) {
  HashDraft draft = hash_of_eight();
  ck_assert(!draft.set(element("field3"), element("7")));
  ck_assert_text_eq(draft.view().at(3).value.text().view(), "7");
  ck_assert(draft.set(element("other"), element("8")));
  ck_assert_text_eq(draft.view().at(8).name.text().view(), "other");
}
END_TEST

START_TEST(expiry_costs_nothing_until_a_field_has_one) {
  HashDraft draft = hash_of_eight();
  ck_assert(draft.set_expiry(element("field1"), kNoExpiry));
  ck_assert(!draft.set_expiry(element("none"), 5));
  ck_assert_uint_eq(draft.bytes().size(), 195);
  ck_assert(draft.set_expiry(element("field1"), 1'763'740'800'000));
  ck_assert_uint_eq(draft.bytes().size(), 195 + 8 + 6);
  ck_assert_int_eq(draft.next_expiry_ms(), 1'763'740'800'000);
}
END_TEST

START_TEST(a_field_dies_at_its_expiry_and_not_before) {
  HashDraft draft = hash_of_eight();
  draft.set_expiry(element("field1"), 1000);
  draft.set_expiry(element("field2"), 2000);
  ck_assert(draft.find(element("field1"))->is_live(999));
  ck_assert(!draft.find(element("field1"))->is_live(1000));
  ck_assert_uint_eq(draft.erase_expired(999), 0);
  ck_assert_uint_eq(draft.erase_expired(1000), 1);
  ck_assert(!draft.find(element("field1")));
  ck_assert_int_eq(draft.next_expiry_ms(), 2000);
}
END_TEST

START_TEST(setting_a_field_ends_its_expiry_but_a_new_value_keeps_it) {
  HashDraft draft = hash_of_eight();
  draft.set_expiry(element("field1"), 1000);
  draft.set_value(element("field1"), element("1"));
  ck_assert_int_eq(draft.find(element("field1"))->expires_at_ms, 1000);
  draft.set(element("field1"), element("2"));
  ck_assert_int_eq(draft.find(element("field1"))->expires_at_ms, kNoExpiry);
}
END_TEST

START_TEST(no_more_fields_expire_at_once_than_asked_for) {
  HashDraft draft = hash_of_eight();
  for (int i = 0; i < 8; ++i) draft.set_expiry(element("field" + std::to_string(i)), 10);
  ck_assert_uint_eq(draft.erase_expired(10, 3), 3);
  ck_assert_uint_eq(draft.size(), 5);
}
END_TEST

START_TEST(a_hash_is_what_a_plain_one_is_after_any_steps) {
  for (uint32_t seed = 0; seed < 100; ++seed) {
    HashDraft draft;
    draft.clear();
    test::HashTwin twin(draft);
    test::play(twin, seed, 2000, [&](size_t) { ck_assert(Packed::is_valid(draft.bytes())); });
  }
}
END_TEST

PELIKAN_TESTS("structure/packed_hash", eight_fields_of_6_and_16_bytes_take_195_bytes,
              a_field_that_is_set_again_stays_where_it_was,
              expiry_costs_nothing_until_a_field_has_one, a_field_dies_at_its_expiry_and_not_before,
              setting_a_field_ends_its_expiry_but_a_new_value_keeps_it,
              no_more_fields_expire_at_once_than_asked_for,
              a_hash_is_what_a_plain_one_is_after_any_steps)
