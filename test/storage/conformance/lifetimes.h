// Expiry, touch and flush.
#pragma once

#include <array>
#include <random>
#include <string>
#include <vector>

#include "storage/conformance/client.h"

#include "check.h"

namespace pelikan::test {

template <StoreFixture Fixture>
void an_item_lives_until_its_expiry_and_not_longer(int) {
  Client<Fixture> c;
  ck_assert(c.set("k", {"v", 0, c.in_ms(3'000)}) == PutStatus::kStored);
  c.fixture.advance_ms(2'000);
  ck_assert(c.has("k"));
  c.fixture.advance_ms(1'000);
  ck_assert(!c.has("k"));
}

template <StoreFixture Fixture>
void lifetimes_from_a_second_to_years_end_to_the_second(int) {
  for (const int64_t seconds : {1, 2, 15, 16, 17, 100, 3'600, 86'400, 2'592'000, 100'000'000}) {
    Client<Fixture> c;
    ck_assert(c.set("k", {"v", 0, c.in_ms(seconds * 1'000)}) == PutStatus::kStored);
    c.fixture.advance_ms((seconds - 1) * 1'000);
    ck_assert_msg(c.has("k"), "died before its %lld s", static_cast<long long>(seconds));
    c.fixture.advance_ms(1'000);
    ck_assert_msg(!c.has("k"), "outlived its %lld s", static_cast<long long>(seconds));
  }
}

template <StoreFixture Fixture>
void a_thousand_lifetimes_end_on_time_and_not_before(int) {
  Client<Fixture> c;
  constexpr int kMost = 300;
  std::mt19937 random(2'026);
  std::vector<int> seconds(1'000);
  for (size_t i = 0; i < seconds.size(); ++i) {
    seconds[i] = 1 + static_cast<int>(random() % kMost);
    const Expiry end = c.in_ms(seconds[i] * 1'000);
    ck_assert(c.set("k" + std::to_string(i), {"v", 0, end}) == PutStatus::kStored);
  }
  for (int now = 0; now <= kMost; ++now) {
    for (size_t i = 0; i < seconds.size(); ++i) {
      ck_assert_msg(c.has("k" + std::to_string(i)) == (now < seconds[i]), "%d s of %d s", now,
                    seconds[i]);
    }
    if (now % 7 == 0) c.fixture.maintain();
    c.fixture.advance_ms(1'000);
  }
}

template <StoreFixture Fixture>
void maintenance_takes_no_live_item_and_brings_no_dead_one_back(int) {
  Client<Fixture> c;
  ck_assert(c.set("short", {"s", 0, c.in_ms(1'000)}) == PutStatus::kStored);
  ck_assert(c.set("long", {"l", 0, c.in_ms(60'000)}) == PutStatus::kStored);
  ck_assert(c.put("for ever", "e") == PutStatus::kStored);
  for (int second = 0; second < 59; ++second) {
    c.fixture.advance_ms(1'000);
    c.fixture.maintain();
    ck_assert(!c.has("short"));
    ck_assert_text_eq(c.get("long"), "l");
  }
  c.fixture.advance_ms(1'000);
  c.fixture.maintain();
  ck_assert(!c.has("long"));
  ck_assert_text_eq(c.get("for ever"), "e");
}

template <StoreFixture Fixture>
void an_expiry_that_has_passed_is_stored_but_dead_at_once(int) {
  Client<Fixture> c;
  ck_assert(c.put("k", "old") == PutStatus::kStored);
  ck_assert(c.set("k", {"v", 0, c.in_ms(0)}) == PutStatus::kStored);
  ck_assert(!c.has("k"));
  ck_assert(c.set("k", {"v", 0, c.in_ms(-5'000)}) == PutStatus::kStored);
  ck_assert(!c.has("k"));
}

template <StoreFixture Fixture>
void touch_shortens_extends_and_kills(int) {
  Client<Fixture> c;
  ck_assert(!c.touch("k", {}));
  ck_assert(c.set("k", {"v", 0, c.in_ms(1'000)}) == PutStatus::kStored);
  ck_assert(c.touch("k", c.in_ms(100'000)));
  c.fixture.advance_ms(50'000);
  c.fixture.maintain();
  ck_assert_text_eq(c.get("k"), "v");
  ck_assert(c.touch("k", c.in_ms(1'000)));
  c.fixture.advance_ms(1'000);
  ck_assert(!c.has("k"));
  ck_assert(c.put("k", "v") == PutStatus::kStored);
  ck_assert(c.touch("k", c.in_ms(0)));
  ck_assert(!c.has("k"));
  ck_assert(!c.touch("k", {}));
}

template <StoreFixture Fixture>
void an_expired_item_counts_as_missing_everywhere(int) {
  Client<Fixture> c;
  for (const char* key : {"add", "replace", "cas", "join", "incr", "erase", "touch"}) {
    ck_assert(c.set(key, {"1", 0, c.in_ms(1'000)}) == PutStatus::kStored);
  }
  const uint64_t token = c.token("cas");
  c.fixture.advance_ms(1'000);
  ck_assert(c.put("add", "2", PutMode::kAdd) == PutStatus::kStored);
  ck_assert(c.put("replace", "2", PutMode::kReplace) == PutStatus::kNotStored);
  ck_assert(c.cas("cas", "2", token) == PutStatus::kNotFound);
  ck_assert(c.join("join", "2", JoinMode::kAppend) == PutStatus::kNotStored);
  ck_assert(c.incr("incr", 1).status == ArithmeticStatus::kNotFound);
  ck_assert(!c.erase("erase"));
  ck_assert(!c.touch("touch", {}));
}

template <StoreFixture Fixture>
void flush_kills_what_was_stored_before_and_nothing_after(int) {
  Client<Fixture> c;
  for (int i = 0; i < 100; ++i)
    ck_assert(c.put("old" + std::to_string(i), "v") == PutStatus::kStored);
  c.store.flush(c.in_ms(0));
  ck_assert(c.put("new", "v") == PutStatus::kStored);
  for (int i = 0; i < 100; ++i) ck_assert(!c.has("old" + std::to_string(i)));
  ck_assert(c.put("old1", "2", PutMode::kReplace) == PutStatus::kNotStored);
  ck_assert(c.join("old2", "2", JoinMode::kAppend) == PutStatus::kNotStored);
  ck_assert(c.put("old3", "back", PutMode::kAdd) == PutStatus::kStored);
  c.fixture.maintain();
  ck_assert(!c.has("old0"));
  ck_assert_text_eq(c.get("new"), "v");
  ck_assert_text_eq(c.get("old3"), "back");
}

template <StoreFixture Fixture>
void a_delayed_flush_comes_at_its_time(int) {
  Client<Fixture> c;
  ck_assert(c.put("before", "v") == PutStatus::kStored);
  c.store.flush(c.in_ms(2'000));
  ck_assert(c.put("meanwhile", "v") == PutStatus::kStored);
  c.fixture.advance_ms(1'000);
  ck_assert(c.has("before"));
  c.fixture.advance_ms(1'000);
  ck_assert(!c.has("before"));
  ck_assert(!c.has("meanwhile"));
  ck_assert(c.put("after", "v") == PutStatus::kStored);
  c.fixture.advance_ms(60'000);
  c.fixture.maintain();
  ck_assert(c.has("after"));
}

template <StoreFixture Fixture>
void a_later_flush_replaces_a_pending_one(int) {
  Client<Fixture> c;
  c.store.flush(c.in_ms(2'000));
  c.store.flush(c.in_ms(5'000));
  ck_assert(c.put("k", "v") == PutStatus::kStored);
  c.fixture.advance_ms(3'000);
  ck_assert(c.has("k"));
  c.store.flush(c.in_ms(0));
  ck_assert(!c.has("k"));
  ck_assert(c.put("k", "v") == PutStatus::kStored);
  c.fixture.advance_ms(10'000);
  ck_assert(c.has("k"));
}

template <StoreFixture Fixture>
inline constexpr std::array kLifetimeTests{
    PELIKAN_CONFORMANCE(an_item_lives_until_its_expiry_and_not_longer),
    PELIKAN_CONFORMANCE(lifetimes_from_a_second_to_years_end_to_the_second),
    PELIKAN_CONFORMANCE(a_thousand_lifetimes_end_on_time_and_not_before),
    PELIKAN_CONFORMANCE(maintenance_takes_no_live_item_and_brings_no_dead_one_back),
    PELIKAN_CONFORMANCE(an_expiry_that_has_passed_is_stored_but_dead_at_once),
    PELIKAN_CONFORMANCE(touch_shortens_extends_and_kills),
    PELIKAN_CONFORMANCE(an_expired_item_counts_as_missing_everywhere),
    PELIKAN_CONFORMANCE(flush_kills_what_was_stored_before_and_nothing_after),
    PELIKAN_CONFORMANCE(a_delayed_flush_comes_at_its_time),
    PELIKAN_CONFORMANCE(a_later_flush_replaces_a_pending_one),
};

}  // namespace pelikan::test
