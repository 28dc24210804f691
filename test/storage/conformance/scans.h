// A walk over all items, in steps, while they change.
#pragma once

#include <array>
#include <map>
#include <string>

#include "storage/conformance/client.h"

#include "check.h"

namespace pelikan::test {

// How often a walk saw each key.
using Seen = std::map<std::string, int>;

template <StoreFixture Fixture>
struct Walk {
  Client<Fixture>& client;
  uint64_t cursor = 0;
  bool is_over = false;
  Seen seen{};

  // So many places more, or until so many items were seen.
  void step(size_t places, size_t items = SIZE_MAX) {
    const auto epoch = client.store.enter();
    cursor = client.store.scan(cursor, places, [&](const auto& item, int64_t /*used_ms*/) {
      ++seen[std::string(item.key())];
      return --items > 0;
    });
    is_over = cursor == 0;
  }
  void finish(size_t places, size_t items = SIZE_MAX) {
    while (!is_over) step(places, items);
  }
};

inline std::string scan_key(int i) { return "key:" + std::to_string(i); }

template <StoreFixture Fixture>
void fill(Client<Fixture>& c, int count) {
  for (int i = 0; i < count; ++i) ck_assert(c.put(scan_key(i), "v") == PutStatus::kStored);
}

template <StoreFixture Fixture>
void a_walk_over_nothing_is_over_at_once_or_sees_nothing(int) {
  Client<Fixture> c;
  Walk<Fixture> walk{c};
  walk.finish(1'000);
  ck_assert(walk.seen.empty());
}

template <StoreFixture Fixture>
void a_walk_sees_every_item_once_in_steps_of_any_size(int) {
  constexpr int kItems = 600;
  Client<Fixture> c;
  fill(c, kItems);
  for (const size_t items : {SIZE_MAX, size_t{1}, size_t{3}}) {
    Walk<Fixture> walk{c};
    walk.finish(2'000, items);
    ck_assert_uint_eq(walk.seen.size(), kItems);
    for (const auto& [key, times] : walk.seen) ck_assert_int_eq(times, 1);
  }
}

template <StoreFixture Fixture>
void a_walk_sees_no_dead_item(int) {
  Client<Fixture> c;
  ck_assert(c.put("flushed", "v") == PutStatus::kStored);
  c.store.flush(c.in_ms(0));
  ck_assert(c.set("expired", {"v", 0, c.in_ms(1'000)}) == PutStatus::kStored);
  ck_assert(c.put("erased", "v") == PutStatus::kStored);
  ck_assert(c.put("live", "v") == PutStatus::kStored);
  ck_assert(c.erase("erased"));
  c.fixture.advance_ms(1'000);
  Walk<Fixture> walk{c};
  walk.finish(1'000);
  ck_assert(walk.seen == (Seen{{"live", 1}}));
}

template <StoreFixture Fixture>
void what_is_there_throughout_is_seen_once_whatever_happens_to_it(int) {
  constexpr int kItems = 1'000;
  Client<Fixture> c;
  fill(c, kItems);
  Walk<Fixture> walk{c};
  for (int i = 0; !walk.is_over; ++i) {
    walk.step(50, 20);
    const std::string key = scan_key(i % kItems);
    ck_assert(c.put(key, "longer than before") == PutStatus::kStored);
    ck_assert(c.join(scan_key((i * 7) % kItems), "more", JoinMode::kAppend) == PutStatus::kStored);
    ck_assert(c.touch(scan_key((i * 3) % kItems), c.in_ms(60'000)));
    ck_assert(c.put("new:" + std::to_string(i), "v") == PutStatus::kStored);
    if (i % 2 == 0) ck_assert(c.erase("new:" + std::to_string(i / 2)));
  }
  for (int i = 0; i < kItems; ++i) ck_assert_int_eq(walk.seen[scan_key(i)], 1);
}

template <StoreFixture Fixture>
void a_walk_tells_of_an_item_all_that_is_known(int) {
  Client<Fixture> c;
  const Expiry expiry = c.in_ms(10'000);
  ck_assert(c.set("k", {"value", 7, expiry}) == PutStatus::kStored);
  const uint64_t token = c.token("k");
  ck_assert(c.put("unread", "") == PutStatus::kStored);
  int seen = 0;
  const auto epoch = c.store.enter();
  for (uint64_t cursor = 0, first = 1; cursor != 0 || first != 0; first = 0) {
    cursor = c.store.scan(cursor, 1'000, [&](const auto& item, int64_t used_ms) {
      ++seen;
      const bool is_k = item.key() == "k";
      ck_assert_int_eq(item.was_found(), is_k);
      ck_assert_int_eq(c.store.expiry(item).at_ms, is_k ? expiry.at_ms : Expiry::kNever);
      ck_assert_int_le(used_ms, c.fixture.clock().now_ms());
      ck_assert_int_gt(used_ms, c.fixture.clock().now_ms() - 1'000);
      if (!is_k) return true;
      ck_assert_text_eq(whole(item), "value");
      ck_assert_uint_eq(item.flags(), 7);
      ck_assert_uint_eq(item.cas(), token);
      return true;
    });
  }
  ck_assert_int_eq(seen, 2);
}

template <StoreFixture Fixture>
void any_number_is_safe_as_a_cursor(int) {
  Client<Fixture> c;
  fill(c, 100);
  const auto epoch = c.store.enter();
  for (uint64_t cursor = 1; cursor != 0; cursor = cursor << 1 | (cursor % 3 == 0 ? 1 : 0)) {
    int seen = 0;
    (void)c.store.scan(cursor, 10, [&](const auto& item, int64_t /*used_ms*/) {
      ck_assert(item.key().starts_with("key:"));
      ++seen;
      return true;
    });
    ck_assert_int_le(seen, 100);
    if (cursor >> 63 != 0) break;
  }
}

template <StoreFixture Fixture>
inline constexpr std::array kScanTests{
    PELIKAN_CONFORMANCE(a_walk_over_nothing_is_over_at_once_or_sees_nothing),
    PELIKAN_CONFORMANCE(a_walk_sees_every_item_once_in_steps_of_any_size),
    PELIKAN_CONFORMANCE(a_walk_sees_no_dead_item),
    PELIKAN_CONFORMANCE(what_is_there_throughout_is_seen_once_whatever_happens_to_it),
    PELIKAN_CONFORMANCE(a_walk_tells_of_an_item_all_that_is_known),
    PELIKAN_CONFORMANCE(any_number_is_safe_as_a_cursor),
};

}  // namespace pelikan::test
