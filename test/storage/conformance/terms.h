// Writes on terms, and the state of items: what memcached's meta commands ask.
#pragma once

#include <array>
#include <string>
#include <utility>

#include "storage/conformance/terms_client.h"

#include "check.h"

namespace pelikan::test {

template <StoreFixture Fixture>
void a_put_on_terms_asks_for_the_token_and_tells_the_new_one(int) {
  TermsClient<Fixture> c;
  const Written first = c.write("k", {"one"}, {});
  ck_assert(first.status == PutStatus::kStored);
  ck_assert_uint_eq(first.cas, c.token("k"));
  ck_assert_uint_eq(first.value_size, 3);
  ck_assert(c.write("none", {"x"}, {.cas = 1}).status == PutStatus::kNotFound);
  ck_assert(c.write("k", {"x"}, {.cas = first.cas + 1}).status == PutStatus::kExists);
  ck_assert(c.write("k", {"x"}, {.mode = PutMode::kAdd, .cas = first.cas}).status ==
            PutStatus::kNotStored);
  const Written second = c.write("k", {"two"}, {.cas = first.cas});
  ck_assert(second.status == PutStatus::kStored);
  ck_assert_uint_gt(second.cas, first.cas);
  ck_assert_text_eq(c.get("k"), "two");
}

template <StoreFixture Fixture>
void a_token_may_be_given_and_later_ones_differ_from_it(int) {
  TermsClient<Fixture> c;
  for (const uint64_t given : std::array<uint64_t, 3>{UINT64_MAX, 1, uint64_t{1} << 40}) {
    ck_assert_uint_eq(c.write("k", {"1"}, {.new_cas = given}).cas, given);
    ck_assert_uint_eq(c.state("k").cas, given);
    ck_assert(c.add("k", 1, {.cas = given}).status == ArithmeticStatus::kDone);
    ck_assert_uint_ne(c.state("k").cas, given);
    ck_assert(c.cas("k", "no", given) == PutStatus::kExists);
    ck_assert_uint_eq(c.extend("k", "0", {.new_cas = given}).cas, given);
    ck_assert_uint_eq(c.add("k", 1, {.new_cas = given}).cas, given);
    ck_assert_text_eq(c.get("k"), "21");
  }
}

template <StoreFixture Fixture>
void an_older_token_makes_stale_where_that_is_taken(int) {
  TermsClient<Fixture> c;
  const Expiry expiry = c.in_ms(60'000);
  ck_assert_uint_eq(c.write("k", {"new", 0, expiry}, {.new_cas = 100}).cas, 100);
  ck_assert(c.claim("k"));
  ck_assert(c.write("k", {"old"}, {.cas = 101, .or_newer = true}).status == PutStatus::kExists);
  ck_assert(!c.state("k").stale);
  ck_assert(c.write("k", {"old"}, {.cas = 99, .or_newer = true}).status == PutStatus::kStored);
  ck_assert(c.state("k").stale && c.state("k").won);
  ck_assert(is_about(c.state("k").expiry, expiry));
  ck_assert_text_eq(c.get("k"), "old");
  // Also when it says that it is dead by now.
  const Value dead{"older", 0, c.in_ms(0)};
  const uint64_t before = c.state("k").cas - 1;
  ck_assert(c.write("k", dead, {.cas = before, .or_newer = true}).status == PutStatus::kStored);
  ck_assert_text_eq(c.get("k"), "older");
  ck_assert(c.state("k").stale && is_about(c.state("k").expiry, expiry));
  const SeenState seen = c.state("k");
  // The right token cures it.
  ck_assert(c.write("k", {"v"}, {.cas = seen.cas, .or_newer = true}).status == PutStatus::kStored);
  ck_assert(!c.state("k").stale && !c.state("k").won);
  // And lets it die.
  const uint64_t cas = c.state("k").cas;
  ck_assert(c.write("k", dead, {.cas = cas, .or_newer = true}).status == PutStatus::kStored);
  ck_assert(!c.has("k"));
}

template <StoreFixture Fixture>
void stale_and_won_are_cured_by_any_new_value(int) {
  TermsClient<Fixture> c;
  const auto spoil = [&] {
    ck_assert(c.write("k", {"1"}, {.stale = true, .has_winner = true}).status ==
              PutStatus::kStored);
    ck_assert(c.state("k").stale && c.state("k").won);
  };
  const auto is_cured = [&] { return !c.state("k").stale && !c.state("k").won; };
  spoil();
  ck_assert(c.put("k", "2") == PutStatus::kStored && is_cured());
  spoil();
  ck_assert(c.join("k", "2", JoinMode::kAppend) == PutStatus::kStored && is_cured());
  spoil();
  ck_assert(c.touch("k", c.in_ms(9'000)) && !is_cured());
  ck_assert(c.incr("k", 1).status == ArithmeticStatus::kDone);
  ck_assert(c.state("k").stale && c.state("k").won);
}

template <StoreFixture Fixture>
void an_item_is_rewritten_as_it_is_but_for_its_token(int) {
  TermsClient<Fixture> c;
  const Value value{"value", 7, c.in_ms(60'000), true};
  const Written first = c.write("k", value, {});
  ck_assert(c.extend("k", "", {.cas = first.cas + 1}).status == PutStatus::kExists);
  const Written second = c.extend("k", "", {.cas = first.cas, .stale = true});
  ck_assert(second.status == PutStatus::kStored);
  ck_assert_uint_ne(second.cas, first.cas);
  ck_assert_uint_eq(second.value_size, 5);
  const SeenState seen = c.state("k");
  ck_assert(seen.stale && !seen.won && seen.binary_key);
  ck_assert(is_about(seen.expiry, value.expiry));
  ck_assert_uint_eq(c.flags("k"), 7);
  ck_assert_text_eq(c.get("k"), "value");
}

template <StoreFixture Fixture>
void only_one_claims_an_item(int) {
  TermsClient<Fixture> c;
  ck_assert(!c.claim("none"));
  ck_assert(c.put("k", "v") == PutStatus::kStored);
  ck_assert(!c.state("k").won);
  ck_assert(c.claim("k"));
  ck_assert(c.state("k").won);
  ck_assert(!c.claim("k"));
  ck_assert(c.put("k", "v") == PutStatus::kStored);
  ck_assert(c.claim("k"));
}

template <StoreFixture Fixture>
void an_item_written_since_it_was_seen_cannot_be_claimed(int) {
  TermsClient<Fixture> c;
  ck_assert(c.put("k", "v") == PutStatus::kStored);
  const auto epoch = c.store.enter();
  const Lookup lookup = c.prepared("k");
  const auto item = c.store.peek(lookup);
  ck_assert(c.store.put(lookup, Value{"w"}, PutMode::kSet) == PutStatus::kStored);
  ck_assert(!c.store.claim(lookup, *item));
  ck_assert(!c.store.peek(lookup)->has_winner());
}

template <StoreFixture Fixture>
void whether_an_item_was_found_is_exact(int) {
  TermsClient<Fixture> c;
  for (int uses = 0; uses < 6; ++uses) {
    ck_assert(c.put("k", "v") == PutStatus::kStored);
    ck_assert(!c.state("k").found);
    for (int i = 0; i < uses; ++i) {
      ck_assert(c.has("k"));
      ck_assert(c.state("k").found);
    }
  }
}

template <StoreFixture Fixture>
void an_item_that_goes_stale_or_is_counted_knows_whether_it_was_found(int) {
  TermsClient<Fixture> c;
  for (int uses = 0; uses < 6; ++uses) {
    ck_assert(c.put("k", "99") == PutStatus::kStored);
    for (int i = 0; i < uses; ++i) ck_assert(c.has("k"));
    ck_assert(c.extend("k", "", {.stale = true}).status == PutStatus::kStored);
    ck_assert_int_eq(c.state("k").found, uses > 0);
    for (int i = 0; i < 2; ++i) {
      ck_assert(c.incr("k", 1).status == ArithmeticStatus::kDone);
      ck_assert_int_eq(c.state("k").found, uses > 0);
    }
    ck_assert(c.has("k"));
    ck_assert(c.state("k").found);
  }
}

template <StoreFixture Fixture>
void an_erase_on_terms_asks_for_the_token(int) {
  TermsClient<Fixture> c;
  ck_assert(c.erase_if("k", 1) == EraseStatus::kNotFound);
  ck_assert(c.put("k", "v") == PutStatus::kStored);
  const uint64_t token = c.token("k");
  ck_assert(c.erase_if("k", token + 1) == EraseStatus::kExists);
  ck_assert(c.has("k"));
  ck_assert(c.erase_if("k", token) == EraseStatus::kErased);
  ck_assert(!c.has("k"));
}

template <StoreFixture Fixture>
void times_of_last_use_are_kept_once_they_were_asked_for(int) {
  TermsClient<Fixture> c;
  ck_assert(c.put("k", "v") == PutStatus::kStored);
  ck_assert(c.put("other", "v") == PutStatus::kStored);
  ck_assert_int_le(c.idle_ms("k"), 1'000);
  const auto use_after = [&](auto&& use) {
    c.fixture.advance_ms(8'000);
    ck_assert_int_ge(c.idle_ms("k"), 8'000);
    ck_assert(use());
    ck_assert_int_lt(c.idle_ms("k"), 1'000);
  };
  use_after([&] { return c.has("k"); });
  use_after([&] { return c.touch("k", {}); });
  use_after([&] { return c.put("k", "w") == PutStatus::kStored; });
  ck_assert_int_ge(c.idle_ms("other"), 24'000);
}

template <StoreFixture Fixture>
void large_values_are_written_on_terms(int) {
  TermsClient<Fixture> c;
  const std::string large(c.store.value_limit(1) * 3 / 4, 'l');
  ck_assert(c.store.is_large(1, large.size()));
  const Value value{large, 3, c.in_ms(60'000), true};
  ck_assert_uint_eq(c.write("k", value, {.new_cas = 50}).cas, 50);
  ck_assert(c.write("k", value, {.cas = 51}).status == PutStatus::kExists);
  const Written outdated = c.write("k", {large}, {.cas = 49, .or_newer = true, .new_cas = 60});
  ck_assert(outdated.status == PutStatus::kStored && outdated.cas == 60);
  ck_assert_uint_eq(outdated.value_size, large.size());
  ck_assert(c.state("k").stale);
  ck_assert(is_about(c.state("k").expiry, value.expiry));
  ck_assert(c.write("k", value, {.has_winner = true}).status == PutStatus::kStored);
  const Written stale = c.extend("k", "", {.stale = true});
  ck_assert(stale.status == PutStatus::kStored && stale.value_size == large.size());
  const SeenState seen = c.state("k");
  ck_assert(seen.stale && !seen.won && seen.binary_key);
  ck_assert_text_eq(c.get("k"), large);
  ck_assert(c.erase_if("k", seen.cas) == EraseStatus::kErased);
}

template <StoreFixture Fixture>
inline constexpr std::array kTermsTests{
    PELIKAN_CONFORMANCE(a_put_on_terms_asks_for_the_token_and_tells_the_new_one),
    PELIKAN_CONFORMANCE(a_token_may_be_given_and_later_ones_differ_from_it),
    PELIKAN_CONFORMANCE(an_older_token_makes_stale_where_that_is_taken),
    PELIKAN_CONFORMANCE(stale_and_won_are_cured_by_any_new_value),
    PELIKAN_CONFORMANCE(an_item_is_rewritten_as_it_is_but_for_its_token),
    PELIKAN_CONFORMANCE(only_one_claims_an_item),
    PELIKAN_CONFORMANCE(an_item_written_since_it_was_seen_cannot_be_claimed),
    PELIKAN_CONFORMANCE(whether_an_item_was_found_is_exact),
    PELIKAN_CONFORMANCE(an_item_that_goes_stale_or_is_counted_knows_whether_it_was_found),
    PELIKAN_CONFORMANCE(an_erase_on_terms_asks_for_the_token),
    PELIKAN_CONFORMANCE(times_of_last_use_are_kept_once_they_were_asked_for),
    PELIKAN_CONFORMANCE(large_values_are_written_on_terms),
};

}  // namespace pelikan::test
