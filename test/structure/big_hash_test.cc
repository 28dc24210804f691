#include "structure/big_hash.h"

#include <string>
#include <string_view>

#include "structure/hash_twin.h"
#include "structure/play.h"

#include "check.h"

namespace {

using namespace pelikan::structure;

constexpr pelikan::KeyedHash kHash(42);

Element element(const std::string& text) { return Element(std::string_view(text)); }
std::string name_of(int number) { return "field:" + std::to_string(number); }

}  // namespace

START_TEST(a_hash_is_what_a_plain_one_is_after_any_steps) {
  for (uint32_t seed = 0; seed < 60; ++seed) {
    BigHash hash(kHash);
    test::HashTwin twin(hash);
    test::play(twin, seed, 4000, [&](size_t) { hash.check_invariants(); });
  }
}
END_TEST

START_TEST(many_fields_expire_in_steps_and_leave_nothing) {
  BigHash hash(kHash);
  const size_t empty = hash.memory();
  for (int i = 0; i < 5000; ++i) {
    hash.set(element(name_of(i)), element("value"));
    hash.set_expiry(element(name_of(i)), 1000 + i);
  }
  hash.check_invariants();
  ck_assert_int_eq(hash.next_expiry_ms(), 1000);
  ck_assert_uint_eq(hash.erase_expired(999), 0);
  ck_assert_uint_eq(hash.erase_expired(1099, 60), 60);
  ck_assert_uint_eq(hash.erase_expired(1099, 60), 40);
  ck_assert(!hash.find(element(name_of(99))));
  ck_assert(hash.find(element(name_of(100)))->is_live(1099));
  ck_assert_uint_eq(hash.erase_expired(1'000'000), 4900);
  ck_assert_int_eq(hash.next_expiry_ms(), kNoExpiry);
  ck_assert_uint_eq(hash.memory(), empty);
}
END_TEST

START_TEST(a_hash_without_expiry_pays_nothing_for_it) {
  BigHash hash(kHash);
  for (int i = 0; i < 1000; ++i) hash.set(element(name_of(i)), element("value"));
  const size_t before = hash.memory();
  hash.set_expiry(element(name_of(1)), kNoExpiry);
  ck_assert_uint_eq(hash.memory(), before);
  hash.set_expiry(element(name_of(1)), 7);
  ck_assert_uint_gt(hash.memory(), before);
  hash.set_expiry(element(name_of(1)), kNoExpiry);
  ck_assert_uint_eq(hash.memory(), before);
  ck_assert_text_eq(hash.find(element(name_of(1)))->value.text().view(), "value");
}
END_TEST

START_TEST(a_packed_hash_becomes_a_large_one_with_its_expiries) {
  HashDraft draft;
  draft.clear();
  for (int i = 0; i < 100; ++i) draft.set(element(name_of(i)), element(std::to_string(i)));
  draft.set_expiry(element(name_of(7)), 1234);
  const BigHash hash(kHash, draft.view());
  hash.check_invariants();
  ck_assert_uint_eq(hash.size(), 100);
  ck_assert_int_eq(hash.next_expiry_ms(), 1234);
  ck_assert_text_eq(hash.find(element(name_of(42)))->value.text().view(), "42");
}
END_TEST

START_TEST(a_hash_is_destroyed_in_steps) {
  BigHash hash(kHash);
  for (int i = 0; i < 10'000; ++i) {
    hash.set(element(name_of(i)), element("value"));
    if (i % 2 == 0) hash.set_expiry(element(name_of(i)), i + 1);
  }
  size_t steps = 1;
  for (size_t memory = hash.memory(); !hash.destroy_some(500); ++steps) {
    ck_assert_uint_lt(hash.memory(), memory);
    memory = hash.memory();
  }
  ck_assert_uint_ge(steps, 20);
}
END_TEST

START_TEST(a_random_field_is_one_of_the_hash) {
  BigHash hash(kHash);
  hash.set(element("only"), element("1"));
  uint64_t random = 3;
  ck_assert_text_eq(hash.random_field(random).name.text().view(), "only");
}
END_TEST

PELIKAN_TESTS("structure/big_hash", a_hash_is_what_a_plain_one_is_after_any_steps,
              many_fields_expire_in_steps_and_leave_nothing,
              a_hash_without_expiry_pays_nothing_for_it,
              a_packed_hash_becomes_a_large_one_with_its_expiries, a_hash_is_destroyed_in_steps,
              a_random_field_is_one_of_the_hash)
