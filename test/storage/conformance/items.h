// Get, set, delete, add, replace; and what a batch sees.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "storage/conformance/client.h"

#include "check.h"

namespace pelikan::test {

template <StoreFixture Fixture>
void a_set_value_is_found_with_its_key_and_flags(int) {
  Client<Fixture> c;
  ck_assert(c.set("apple", {"red", 0xDEADBEEF}) == PutStatus::kStored);
  const auto epoch = c.store.enter();
  const auto item = c.store.get(c.prepared("apple"));
  ck_assert(item.has_value());
  ck_assert_text_eq(item->key(), "apple");
  ck_assert_uint_eq(item->flags(), 0xDEADBEEF);
  ck_assert_uint_eq(item->value_size(), 3);
  ck_assert_text_eq(item->value_part(0), "red");
  ck_assert_text_eq(item->value_part(1), "ed");
  ck_assert(!c.store.get(c.prepared("appl")).has_value());
  ck_assert(!c.store.get(c.prepared("apples")).has_value());
}

template <StoreFixture Fixture>
void a_set_replaces_value_flags_and_expiry(int) {
  Client<Fixture> c;
  ck_assert(c.set("k", {"old", 1, c.in_ms(1'000)}) == PutStatus::kStored);
  ck_assert(c.set("k", {"newer", 2}) == PutStatus::kStored);
  c.fixture.advance_ms(10'000);
  ck_assert_text_eq(c.get("k"), "newer");
  ck_assert_uint_eq(c.flags("k"), 2);
}

template <StoreFixture Fixture>
void keys_and_values_of_every_length_and_byte_come_back(int) {
  Client<Fixture> c;
  for (size_t n = 1; n <= 250; ++n) {
    std::string key(n, static_cast<char>(n));
    std::string bytes(n - 1, static_cast<char>(255 - n));
    if (n > 2) bytes[n / 2] = '\0';
    ck_assert(c.put(key, bytes) == PutStatus::kStored);
  }
  for (size_t n = 1; n <= 250; ++n) {
    std::string bytes(n - 1, static_cast<char>(255 - n));
    if (n > 2) bytes[n / 2] = '\0';
    ck_assert_text_eq(c.get(std::string(n, static_cast<char>(n))), bytes);
  }
}

template <StoreFixture Fixture>
void many_keys_are_kept_apart(int) {
  Client<Fixture> c;
  for (int i = 0; i < 20'000; ++i) {
    const std::string key = "key:" + std::to_string(i);
    ck_assert(c.put(key, std::to_string(i * 7)) == PutStatus::kStored);
  }
  for (int i = 0; i < 20'000; ++i) {
    ck_assert_text_eq(c.get("key:" + std::to_string(i)), std::to_string(i * 7));
  }
  ck_assert(!c.has("key:20000"));
}

template <StoreFixture Fixture>
void an_erased_item_is_gone_once(int) {
  Client<Fixture> c;
  ck_assert(c.put("k", "v") == PutStatus::kStored);
  ck_assert(c.erase("k"));
  ck_assert(!c.has("k"));
  ck_assert(!c.erase("k"));
  ck_assert(c.put("k", "again") == PutStatus::kStored);
  ck_assert_text_eq(c.get("k"), "again");
}

template <StoreFixture Fixture>
void add_stores_only_what_is_not_there(int) {
  Client<Fixture> c;
  ck_assert(c.put("k", "first", PutMode::kAdd) == PutStatus::kStored);
  ck_assert(c.put("k", "second", PutMode::kAdd) == PutStatus::kNotStored);
  ck_assert_text_eq(c.get("k"), "first");
}

template <StoreFixture Fixture>
void replace_stores_only_what_is_there(int) {
  Client<Fixture> c;
  ck_assert(c.put("k", "first", PutMode::kReplace) == PutStatus::kNotStored);
  ck_assert(!c.has("k"));
  ck_assert(c.put("k", "first") == PutStatus::kStored);
  ck_assert(c.put("k", "second", PutMode::kReplace) == PutStatus::kStored);
  ck_assert_text_eq(c.get("k"), "second");
}

template <StoreFixture Fixture>
void a_value_over_the_limit_changes_nothing(int) {
  Client<Fixture> c;
  ck_assert(c.put("k", "old") == PutStatus::kStored);
  const std::string huge(c.store.value_limit(1) + 1, 'x');
  ck_assert(c.put("k", huge) == PutStatus::kTooLarge);
  ck_assert_text_eq(c.get("k"), "old");
}

template <StoreFixture Fixture>
void a_batch_sees_what_was_put_before_in_the_same_batch(int) {
  Client<Fixture> c;
  ck_assert(c.put("k", "old") == PutStatus::kStored);
  std::vector<Lookup> batch(kBatch, Lookup{"k"});
  batch.back().key = "other";
  const auto epoch = c.store.enter();
  c.store.prepare(batch);
  const auto old = c.store.get(batch[0]);
  ck_assert(c.store.put(batch[1], Value{"new"}, PutMode::kSet) == PutStatus::kStored);
  const auto newer = c.store.get(batch[2]);
  ck_assert(c.store.erase(batch[3]));
  ck_assert(!c.store.get(batch[4]).has_value());
  ck_assert(c.store.put(batch[15], Value{"too"}, PutMode::kAdd) == PutStatus::kStored);
  ck_assert_text_eq(whole(*c.store.get(batch[15])), "too");
  // Views stay what they were until the epoch ends.
  ck_assert_text_eq(whole(*old), "old");
  ck_assert_text_eq(whole(*newer), "new");
}

template <StoreFixture Fixture>
inline constexpr std::array kItemTests{
    PELIKAN_CONFORMANCE(a_set_value_is_found_with_its_key_and_flags),
    PELIKAN_CONFORMANCE(a_set_replaces_value_flags_and_expiry),
    PELIKAN_CONFORMANCE(keys_and_values_of_every_length_and_byte_come_back),
    PELIKAN_CONFORMANCE(many_keys_are_kept_apart),
    PELIKAN_CONFORMANCE(an_erased_item_is_gone_once),
    PELIKAN_CONFORMANCE(add_stores_only_what_is_not_there),
    PELIKAN_CONFORMANCE(replace_stores_only_what_is_there),
    PELIKAN_CONFORMANCE(a_value_over_the_limit_changes_nothing),
    PELIKAN_CONFORMANCE(a_batch_sees_what_was_put_before_in_the_same_batch),
};

}  // namespace pelikan::test
