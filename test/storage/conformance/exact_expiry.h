// Lifetimes to the millisecond, and expiries that are kept or set on terms.
#pragma once

#include <array>
#include <string>

#include "storage/conformance/terms_client.h"

#include "check.h"

namespace pelikan::test {

inline constexpr WriteTerms kExact{.exact_expiry = true};

template <StoreFixture Fixture>
struct ExpiryClient : TermsClient<Fixture> {
  using TermsClient<Fixture>::in_ms;
  using TermsClient<Fixture>::prepared;
  using TermsClient<Fixture>::store;

  ExpireStatus expire(std::string_view key, Expiry expiry, const ExpireTerms& terms = {}) {
    const auto epoch = store.enter();
    return store.expire(prepared(key), expiry, terms);
  }
  Expiry expiry(std::string_view key) { return this->state(key).expiry; }
  void set_exact(std::string_view key, std::string_view bytes, int64_t ms) {
    const Written written = this->write(key, {.bytes = bytes, .expiry = in_ms(ms)}, kExact);
    ck_assert(written.status == PutStatus::kStored);
  }
  // The item lives to its last ms and not longer.
  void check_lives_ms(std::string_view key, int64_t ms) {
    ck_assert_int_eq(expiry(key).at_ms, in_ms(ms).at_ms);
    this->fixture.advance_ms(ms - 1);
    ck_assert_msg(this->has(key), "died before its %lld ms", static_cast<long long>(ms));
    this->fixture.advance_ms(1);
    ck_assert_msg(!this->has(key), "outlived its %lld ms", static_cast<long long>(ms));
  }
};

template <StoreFixture Fixture>
void an_exact_lifetime_ends_to_the_millisecond(int) {
  ExpiryClient<Fixture> c;
  for (int64_t ms = 1; ms < 300; ++ms) {
    c.set_exact("k", "v", ms);
    c.check_lives_ms("k", ms);
  }
  for (const int64_t ms : {1'001, 59'999, 3'600'123, 86'400'007}) {
    c.set_exact("k", "v", ms);
    c.check_lives_ms("k", ms);
  }
}

template <StoreFixture Fixture>
void large_values_and_long_keys_have_exact_lifetimes(int) {
  const std::string long_key(300, 'l');
  ExpiryClient<Fixture> c;
  for (const int64_t ms : {77, 1'003}) {
    c.set_exact("large", std::string(30'000, 'v'), ms);
    c.check_lives_ms("large", ms);
    c.set_exact(long_key, "v", ms);
    c.check_lives_ms(long_key, ms);
  }
}

template <StoreFixture Fixture>
void expire_sets_an_exact_lifetime_on_any_item(int) {
  const std::string long_key(300, 'l');
  const std::string large(30'000, 'v');
  ExpiryClient<Fixture> c;
  for (const int64_t ms : {1, 124, 125, 126, 1'003}) {
    ck_assert(c.put("plain", "v") == PutStatus::kStored);
    ck_assert(c.set("flagged", {.bytes = "v", .flags = 7}) == PutStatus::kStored);
    ck_assert(c.put(long_key, "v") == PutStatus::kStored);
    ck_assert(c.write("large", {.bytes = large}, {}).status == PutStatus::kStored);
    for (const std::string& key : {std::string("plain"), std::string("flagged"), long_key}) {
      ck_assert(c.expire(key, c.in_ms(ms)) == ExpireStatus::kDone);
      ck_assert_int_eq(c.expiry(key).at_ms, c.in_ms(ms).at_ms);
      ck_assert_text_eq(c.get(key), "v");
    }
    ck_assert_uint_eq(c.flags("flagged"), 7);
    ck_assert(c.expire("large", c.in_ms(ms)) == ExpireStatus::kDone);
    ck_assert_text_eq(c.get("large"), large);
    c.check_lives_ms("large", ms);
    for (const std::string& key : {std::string("plain"), std::string("flagged"), long_key}) {
      ck_assert(!c.has(key));
    }
  }
}

template <StoreFixture Fixture>
void expire_takes_the_place_of_an_earlier_expiry(int) {
  ExpiryClient<Fixture> c;
  c.set_exact("k", "v", 333);
  for (const int64_t ms : {1'111, 7, 250, 90'061}) {
    ck_assert(c.expire("k", c.in_ms(ms)) == ExpireStatus::kDone);
    ck_assert_int_eq(c.expiry("k").at_ms, c.in_ms(ms).at_ms);
  }
  ck_assert(c.expire("k", {}) == ExpireStatus::kDone);
  ck_assert_int_eq(c.expiry("k").at_ms, Expiry::kNever);
  c.fixture.advance_ms(200'000);
  c.fixture.maintain();
  ck_assert(c.has("k"));
  ck_assert(c.expire("k", c.in_ms(41)) == ExpireStatus::kDone);
  c.check_lives_ms("k", 41);
  ck_assert(c.expire("k", c.in_ms(41)) == ExpireStatus::kNotFound);
}

template <StoreFixture Fixture>
void an_expiry_that_has_passed_erases(int) {
  ExpiryClient<Fixture> c;
  for (const int64_t ms : {0, -1, -100'000}) {
    ck_assert(c.put("k", "v") == PutStatus::kStored);
    ck_assert(c.expire("k", c.in_ms(ms), {.need_some = true}) == ExpireStatus::kRefused);
    ck_assert(c.has("k"));
    ck_assert(c.expire("k", c.in_ms(ms)) == ExpireStatus::kDone);
    ck_assert(!c.has("k"));
    ck_assert(c.expire("k", c.in_ms(ms)) == ExpireStatus::kNotFound);
  }
}

template <StoreFixture Fixture>
void expire_keeps_to_its_terms(int) {
  using enum ExpireStatus;
  struct Row {
    ExpireTerms terms;
    ExpireStatus of_lasting;  // 1,000 ms from now, of an item that never expires
    ExpireStatus sooner;      // of one that expires in 2,000
    ExpireStatus same;        // in 1,000
    ExpireStatus later;       // in 500
  };
  const std::array rows{
      Row{{.need_none = true}, kDone, kRefused, kRefused, kRefused},
      Row{{.need_some = true}, kRefused, kDone, kDone, kDone},
      Row{{.only_later = true}, kRefused, kRefused, kRefused, kDone},
      Row{{.only_sooner = true}, kDone, kDone, kRefused, kRefused},
      Row{{.need_some = true, .only_sooner = true}, kRefused, kDone, kRefused, kRefused},
  };
  ExpiryClient<Fixture> c;
  const auto expire = [&](int64_t present_ms, const ExpireTerms& terms) {
    c.set_exact("k", "v", present_ms);
    const ExpireStatus status = c.expire("k", c.in_ms(1'000), terms);
    const int64_t expected = status == kDone ? 1'000 : present_ms;
    ck_assert_int_eq(c.expiry("k").at_ms, c.in_ms(expected).at_ms);
    return status;
  };
  for (const Row& row : rows) {
    ck_assert(c.put("k", "v") == PutStatus::kStored);
    ck_assert(c.expire("k", c.in_ms(1'000), row.terms) == row.of_lasting);
    ck_assert(expire(2'000, row.terms) == row.sooner);
    ck_assert(expire(1'000, row.terms) == row.same);
    ck_assert(expire(500, row.terms) == row.later);
    // Never is later than all.
    ck_assert(c.expire("k", {}, row.terms) ==
              (row.terms.need_none || row.terms.only_sooner ? kRefused : kDone));
  }
}

template <StoreFixture Fixture>
void a_write_may_keep_the_expiry_of_what_it_replaces(int) {
  const WriteTerms keep{.keep_expiry = true};
  ExpiryClient<Fixture> c;
  for (const std::string& bytes : {std::string("new"), std::string(30'000, 'n')}) {
    c.set_exact("k", "v", 77);
    ck_assert(c.write("k", {.bytes = bytes}, keep).status == PutStatus::kStored);
    ck_assert_text_eq(c.get("k"), bytes);
    c.check_lives_ms("k", 77);
    // What has died has none to keep.
    ck_assert(c.write("k", {.bytes = bytes, .expiry = c.in_ms(5)}, keep).status ==
              PutStatus::kStored);
    ck_assert_int_eq(c.expiry("k").at_ms, Expiry::kNever);
    ck_assert(c.write("k", {.bytes = "again"}, keep).status == PutStatus::kStored);
    ck_assert_int_eq(c.expiry("k").at_ms, Expiry::kNever);
    // Those that are not exact are kept as well.
    ck_assert(c.set("k", {.bytes = "v", .expiry = c.in_ms(5'000)}) == PutStatus::kStored);
    const Expiry before = c.expiry("k");
    ck_assert(c.write("k", {.bytes = bytes}, keep).status == PutStatus::kStored);
    ck_assert_int_eq(c.expiry("k").at_ms, before.at_ms);
    c.erase("k");
  }
}

template <StoreFixture Fixture>
void other_changes_keep_an_exact_expiry(int) {
  ExpiryClient<Fixture> c;
  c.set_exact("k", "7", 777);
  ck_assert_uint_eq(c.incr("k", 5).number, 12);
  ck_assert_int_eq(c.expiry("k").at_ms, c.in_ms(777).at_ms);
  ck_assert(c.join("k", "x", JoinMode::kAppend) == PutStatus::kStored);
  ck_assert_int_eq(c.expiry("k").at_ms, c.in_ms(777).at_ms);
  ck_assert(c.join("k", std::string(30'000, 'x'), JoinMode::kPrepend) == PutStatus::kStored);
  ck_assert_int_eq(c.expiry("k").at_ms, c.in_ms(777).at_ms);
  c.check_lives_ms("k", 777);
  c.set_exact("k", "v", 777);
  ck_assert(c.touch("k", c.in_ms(9'000)));
  ck_assert(is_about(c.expiry("k"), c.in_ms(9'000)));
}

template <StoreFixture Fixture>
void a_write_on_a_token_meets_an_expiry_set_meanwhile(int) {
  ExpiryClient<Fixture> c;
  for (const int64_t former : {500, 0}) {
    if (former == 0) {
      ck_assert(c.put("k", "v") == PutStatus::kStored);
    } else {
      c.set_exact("k", "v", former);
    }
    WriteTerms terms{.keep_expiry = true};
    terms.cas = c.token("k");
    ck_assert(c.expire("k", c.in_ms(33)) == ExpireStatus::kDone);
    // It may have been written anew for that, and then has another token.
    if (c.token("k") != *terms.cas) terms.cas = c.token("k");
    ck_assert(c.write("k", {.bytes = "w"}, terms).status == PutStatus::kStored);
    ck_assert_text_eq(c.get("k"), "w");
    c.check_lives_ms("k", 33);
  }
}

template <StoreFixture Fixture>
inline constexpr std::array kExactExpiryTests{
    PELIKAN_CONFORMANCE(an_exact_lifetime_ends_to_the_millisecond),
    PELIKAN_CONFORMANCE(large_values_and_long_keys_have_exact_lifetimes),
    PELIKAN_CONFORMANCE(expire_sets_an_exact_lifetime_on_any_item),
    PELIKAN_CONFORMANCE(expire_takes_the_place_of_an_earlier_expiry),
    PELIKAN_CONFORMANCE(an_expiry_that_has_passed_erases),
    PELIKAN_CONFORMANCE(expire_keeps_to_its_terms),
    PELIKAN_CONFORMANCE(a_write_may_keep_the_expiry_of_what_it_replaces),
    PELIKAN_CONFORMANCE(other_changes_keep_an_exact_expiry),
    PELIKAN_CONFORMANCE(a_write_on_a_token_meets_an_expiry_set_meanwhile),
};

}  // namespace pelikan::test
