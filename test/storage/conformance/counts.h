// How many items there are, and how often each is asked for.
#pragma once

#include <array>
#include <string>

#include "storage/conformance/exact_expiry.h"
#include "storage/conformance/scans.h"

#include "check.h"

namespace pelikan::test {

template <StoreFixture Fixture>
struct CountClient : ExpiryClient<Fixture> {
  void check_size(uint64_t items, uint64_t expiring) {
    const StoreSize size = this->store.size();
    ck_assert_uint_eq(size.items, items);
    ck_assert_uint_eq(size.expiring, expiring);
  }
};

template <StoreFixture Fixture>
void the_size_follows_every_change(int) {
  const std::string large(30'000, 'v');
  CountClient<Fixture> c;
  c.check_size(0, 0);
  ck_assert(c.put("a", "1") == PutStatus::kStored);
  ck_assert(c.put("a", "2") == PutStatus::kStored);
  ck_assert(c.write("large", {.bytes = large}, kExact).status == PutStatus::kStored);
  c.check_size(2, 0);
  c.set_exact("b", "1", 5'000);
  c.check_size(3, 1);
  ck_assert(c.expire("a", c.in_ms(5'000)) == ExpireStatus::kDone);
  ck_assert(c.expire("large", c.in_ms(5'000)) == ExpireStatus::kDone);
  c.check_size(3, 3);
  ck_assert(c.expire("a", c.in_ms(9'000)) == ExpireStatus::kDone);
  ck_assert(c.expire("b", {}) == ExpireStatus::kDone);
  c.check_size(3, 2);
  ck_assert(c.incr("a", 1).status == ArithmeticStatus::kDone);
  ck_assert(c.join("a", large, JoinMode::kAppend) == PutStatus::kStored);
  ck_assert(c.write("large", {.bytes = "small"}, {.keep_expiry = true}).status ==
            PutStatus::kStored);
  c.check_size(3, 2);
  ck_assert(c.put("large", "small") == PutStatus::kStored);
  c.check_size(3, 1);
  ck_assert(c.erase("a"));
  c.check_size(2, 0);
  c.set_exact("b", "1", 5'000);
  ck_assert(c.expire("b", c.in_ms(0)) == ExpireStatus::kDone);
  c.check_size(1, 0);
}

template <StoreFixture Fixture>
void what_expired_is_not_counted_once_it_was_met(int) {
  CountClient<Fixture> c;
  for (int i = 0; i < 50; ++i) c.set_exact(scan_key(i), "v", 1'000);
  ck_assert(c.put("stays", "v") == PutStatus::kStored);
  c.check_size(51, 50);
  c.fixture.advance_ms(20'000);
  c.fixture.maintain();
  for (int i = 0; i < 50; ++i) ck_assert(!c.has(scan_key(i)));
  c.check_size(1, 0);
}

template <StoreFixture Fixture>
void a_flush_leaves_nothing_to_count_at_once(int) {
  constexpr int kItems = 300;
  CountClient<Fixture> c;
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < kItems; ++i) c.set_exact(scan_key(i), "v", 50'000);
    c.check_size(round == 0 ? kItems : kItems + 10, round == 0 ? kItems : kItems + 1);
    c.store.flush(c.in_ms(0));
    c.check_size(0, 0);
    // Over flushed items, beside them, and what is taken away again.
    for (int i = kItems - 10; i < kItems + 10; ++i) {
      ck_assert(c.put(scan_key(i), "v") == PutStatus::kStored);
    }
    c.check_size(20, 0);
    c.set_exact("exact", "v", 50'000);
    c.check_size(21, 1);
    ck_assert(c.erase(scan_key(kItems)));
    ck_assert(!c.erase(scan_key(0)));
    ck_assert(c.set(scan_key(1), {.bytes = "v", .expiry = c.in_ms(-1)}) == PutStatus::kStored);
    c.check_size(20, 1);
    c.fixture.maintain();
    c.check_size(20, 1);
  }
}

template <StoreFixture Fixture>
void the_frequency_grows_with_gets_alone(int) {
  CountClient<Fixture> c;
  const auto frequency = [&c] {
    const auto epoch = c.store.enter();
    return c.store.peek(c.prepared("k"))->frequency();
  };
  ck_assert(c.put("k", "v") == PutStatus::kStored);
  ck_assert_uint_eq(frequency(), 0);
  ck_assert_uint_eq(frequency(), 0);
  ck_assert(c.has("k"));
  ck_assert_uint_eq(frequency(), 1);
  ck_assert(c.has("k"));
  ck_assert_uint_eq(frequency(), 2);
}

// From any place on, and over the end to the beginning, a walk sees all items.
template <StoreFixture Fixture>
void a_walk_begins_anywhere(int) {
  constexpr int kItems = 200;
  Client<Fixture> c;
  fill(c, kItems);
  ck_assert_uint_eq(c.store.cursor_at(0), 0);
  for (const uint32_t share : {1U, 1'000'000'000U, UINT32_MAX}) {
    Walk<Fixture> behind{c, c.store.cursor_at(share)};
    behind.finish(1'000);
    Walk<Fixture> all{c};
    all.finish(1'000);
    for (const auto& [key, times] : behind.seen) ck_assert_int_eq(all.seen.count(key), 1);
    if (share == 1'000'000'000U) {
      ck_assert_uint_gt(behind.seen.size(), 0);
      ck_assert_uint_lt(behind.seen.size(), kItems);
    }
  }
}

template <StoreFixture Fixture>
inline constexpr std::array kCountTests{
    PELIKAN_CONFORMANCE(the_size_follows_every_change),
    PELIKAN_CONFORMANCE(what_expired_is_not_counted_once_it_was_met),
    PELIKAN_CONFORMANCE(a_flush_leaves_nothing_to_count_at_once),
    PELIKAN_CONFORMANCE(the_frequency_grows_with_gets_alone),
    PELIKAN_CONFORMANCE(a_walk_begins_anywhere),
};

}  // namespace pelikan::test
