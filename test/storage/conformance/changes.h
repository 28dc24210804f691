// What is made of the item that is there: cas, append, prepend, incr, decr.
#pragma once

#include <array>
#include <string>
#include <utility>

#include "storage/conformance/client.h"

#include "check.h"

namespace pelikan::test {

template <StoreFixture Fixture>
void cas_stores_with_the_current_token_only(int) {
  Client<Fixture> c;
  ck_assert(c.cas("k", "v", 1) == PutStatus::kNotFound);
  ck_assert(c.put("k", "one") == PutStatus::kStored);
  const uint64_t first = c.token("k");
  ck_assert(c.cas("k", "no", first + 1) == PutStatus::kExists);
  ck_assert(c.cas("k", "two", first) == PutStatus::kStored);
  ck_assert(c.cas("k", "no", first) == PutStatus::kExists);
  ck_assert_text_eq(c.get("k"), "two");
}

template <StoreFixture Fixture>
void every_write_makes_a_greater_token(int) {
  Client<Fixture> c;
  uint64_t last = 0;
  const auto grew = [&] { return std::exchange(last, c.token("k")) < c.token("k"); };
  ck_assert(c.set("k", {"1", 0, c.in_ms(5'000)}) == PutStatus::kStored);
  ck_assert(grew());
  ck_assert(c.set("k", {"1", 0, c.in_ms(90'000)}) == PutStatus::kStored);
  ck_assert(grew());
  // Other lifetimes may be kept elsewhere; the order of the tokens is that of the writes.
  ck_assert(c.set("k", {"1", 0, c.in_ms(5'000)}) == PutStatus::kStored);
  ck_assert(grew());
  ck_assert(c.incr("k", 1).status == ArithmeticStatus::kDone);
  ck_assert(grew());
  ck_assert(c.join("k", "0", JoinMode::kAppend) == PutStatus::kStored);
  ck_assert(grew());
  ck_assert(c.cas("k", "3", last) == PutStatus::kStored);
  ck_assert(grew());
}

template <StoreFixture Fixture>
void a_token_is_not_that_of_a_later_item(int) {
  Client<Fixture> c;
  ck_assert(c.put("k", "1") == PutStatus::kStored);
  const uint64_t first = c.token("k");
  ck_assert(c.erase("k"));
  ck_assert(c.put("k", "1") == PutStatus::kStored);
  ck_assert(c.cas("k", "no", first) == PutStatus::kExists);
  const uint64_t second = c.token("k");
  c.store.flush(c.in_ms(0));
  ck_assert(c.put("k", "1") == PutStatus::kStored);
  ck_assert(c.cas("k", "no", second) == PutStatus::kExists);
  ck_assert_text_eq(c.get("k"), "1");
}

template <StoreFixture Fixture>
void touch_keeps_token_value_and_flags(int) {
  Client<Fixture> c;
  ck_assert(c.set("k", {"v", 7}) == PutStatus::kStored);
  const uint64_t token = c.token("k");
  ck_assert(c.touch("k", c.in_ms(60'000)));
  ck_assert_uint_eq(c.token("k"), token);
  ck_assert_text_eq(c.get("k"), "v");
  ck_assert_uint_eq(c.flags("k"), 7);
}

template <StoreFixture Fixture>
void join_extends_at_its_end_and_keeps_flags_and_expiry(int) {
  Client<Fixture> c;
  ck_assert(c.join("k", "x", JoinMode::kAppend) == PutStatus::kNotStored);
  ck_assert(c.set("k", {"mid", 9, c.in_ms(2'000)}) == PutStatus::kStored);
  ck_assert(c.join("k", "end", JoinMode::kAppend) == PutStatus::kStored);
  ck_assert(c.join("k", "begin", JoinMode::kPrepend) == PutStatus::kStored);
  ck_assert_text_eq(c.get("k"), "beginmidend");
  ck_assert_uint_eq(c.flags("k"), 9);
  c.fixture.advance_ms(2'000);
  ck_assert(!c.has("k"));
}

template <StoreFixture Fixture>
void a_join_over_the_limit_is_not_stored_and_changes_nothing(int) {
  Client<Fixture> c;
  ck_assert(c.put("k", "v") == PutStatus::kStored);
  const std::string huge(c.store.value_limit(1), 'x');
  ck_assert(c.join("k", huge, JoinMode::kAppend) == PutStatus::kNotStored);
  ck_assert_text_eq(c.get("k"), "v");
}

template <StoreFixture Fixture>
void incr_wraps_and_decr_stops_at_zero(int) {
  Client<Fixture> c;
  ck_assert(c.incr("n", 1).status == ArithmeticStatus::kNotFound);
  ck_assert(c.put("n", "18446744073709551614") == PutStatus::kStored);
  ck_assert_uint_eq(c.incr("n", 1).number, UINT64_MAX);
  ck_assert_uint_eq(c.incr("n", 3).number, 2);
  ck_assert_uint_eq(c.decr("n", 3).number, 0);
  ck_assert(c.put("n", "10") == PutStatus::kStored);
  ck_assert_uint_eq(c.decr("n", 1).number, 9);
  ck_assert_uint_eq(c.incr("n", 91).number, 100);  // grows again, whatever was stored for 9
  ck_assert_text_eq(c.get("n"), "100");
}

template <StoreFixture Fixture>
void arithmetic_keeps_flags_and_expiry(int) {
  Client<Fixture> c;
  ck_assert(c.set("n", {"5", 3, c.in_ms(2'000)}) == PutStatus::kStored);
  ck_assert_uint_eq(c.incr("n", 5).number, 10);
  ck_assert_uint_eq(c.flags("n"), 3);
  c.fixture.advance_ms(2'000);
  ck_assert(c.incr("n", 1).status == ArithmeticStatus::kNotFound);
}

template <StoreFixture Fixture>
void what_is_no_number_is_not_counted_with(int) {
  Client<Fixture> c;
  for (const char* text : {"", "  ", "abc", "1a", "-1", "1.5", " 1", "18446744073709551616",
                           "000000000000000000001"}) {
    ck_assert(c.put("n", text) == PutStatus::kStored);
    ck_assert_msg(c.incr("n", 1).status == ArithmeticStatus::kNotNumber, "'%s' counted", text);
    ck_assert_text_eq(c.get("n"), text);
  }
  for (const char* text : {"7", "7  ", "00000000000000000007"}) {
    ck_assert(c.put("n", text) == PutStatus::kStored);
    ck_assert_msg(c.incr("n", 1).status == ArithmeticStatus::kDone, "'%s' not counted", text);
  }
}

template <StoreFixture Fixture>
inline constexpr std::array kChangeTests{
    PELIKAN_CONFORMANCE(cas_stores_with_the_current_token_only),
    PELIKAN_CONFORMANCE(every_write_makes_a_greater_token),
    PELIKAN_CONFORMANCE(a_token_is_not_that_of_a_later_item),
    PELIKAN_CONFORMANCE(touch_keeps_token_value_and_flags),
    PELIKAN_CONFORMANCE(join_extends_at_its_end_and_keeps_flags_and_expiry),
    PELIKAN_CONFORMANCE(a_join_over_the_limit_is_not_stored_and_changes_nothing),
    PELIKAN_CONFORMANCE(incr_wraps_and_decr_stops_at_zero),
    PELIKAN_CONFORMANCE(arithmetic_keeps_flags_and_expiry),
    PELIKAN_CONFORMANCE(what_is_no_number_is_not_counted_with),
};

}  // namespace pelikan::test
