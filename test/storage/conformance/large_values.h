// Values received straight into their own memory.
#pragma once

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "storage/conformance/client.h"

#include "check.h"

namespace pelikan::test {

// Receives a value as a connection does, in pieces of an odd size, over several epochs.
template <StoreFixture Fixture>
std::optional<typename Fixture::Store::Reservation> received(Client<Fixture>& c,
                                                             std::string_view key,
                                                             std::string_view bytes) {
  auto room = c.store.reserve(key, bytes.size());
  ck_assert(room.has_value());
  while (!bytes.empty()) {
    const auto epoch = c.store.enter();
    const std::span<char> into = room->next();
    ck_assert_uint_gt(into.size(), 0);
    const size_t n = std::min({into.size(), bytes.size(), size_t{4'099}});
    bytes.copy(into.data(), n);
    room->advance(n);
    bytes.remove_prefix(n);
  }
  ck_assert_uint_eq(room->next().size(), 0);
  return room;
}

template <StoreFixture Fixture>
PutStatus put_large(Client<Fixture>& c, std::string_view key, const Value& value,
                    PutMode mode = PutMode::kSet) {
  auto room = received(c, key, value.bytes);
  const auto epoch = c.store.enter();
  return c.store.publish(c.prepared(key), std::move(*room), value, mode);
}

inline std::string pattern(size_t size, char seed) {
  std::string bytes(size, seed);
  for (size_t i = 0; i < size; ++i)
    bytes[i] = static_cast<char>(bytes[i] + static_cast<char>(i % 251));
  return bytes;
}

// The largest value there may be, which every store here receives in place.
template <StoreFixture Fixture>
std::string largest(Client<Fixture>& c, char seed) {
  const size_t size = c.store.value_limit(5);
  ck_assert(c.store.is_large(5, size));
  return pattern(size, seed);
}

template <StoreFixture Fixture>
void a_large_value_is_invisible_until_published_and_comes_back_whole(int) {
  Client<Fixture> c;
  const std::string bytes = largest(c, 'a');
  auto room = received(c, "large", bytes);
  ck_assert(!c.has("large"));
  {
    const auto epoch = c.store.enter();
    ck_assert(c.store.publish(c.prepared("large"), std::move(*room), {{}, 5}, PutMode::kSet) ==
              PutStatus::kStored);
  }
  ck_assert(c.get("large") == bytes);
  ck_assert_uint_eq(c.flags("large"), 5);
  ck_assert(c.erase("large"));
  ck_assert(!c.has("large"));
}

template <StoreFixture Fixture>
void large_and_small_values_replace_one_another(int) {
  Client<Fixture> c;
  const std::string first = largest(c, 'a');
  const std::string second = largest(c, 'b');
  ck_assert(c.put("large", "small") == PutStatus::kStored);
  ck_assert(put_large(c, "large", {first}) == PutStatus::kStored);
  ck_assert(c.get("large") == first);
  ck_assert(put_large(c, "large", {second}) == PutStatus::kStored);
  ck_assert(c.get("large") == second);
  ck_assert(c.put("large", "small") == PutStatus::kStored);
  ck_assert_text_eq(c.get("large"), "small");
}

template <StoreFixture Fixture>
void large_values_obey_add_replace_and_cas(int) {
  Client<Fixture> c;
  const std::string bytes = largest(c, 'a');
  ck_assert(put_large(c, "large", {bytes}, PutMode::kReplace) == PutStatus::kNotStored);
  ck_assert(put_large(c, "large", {bytes}, PutMode::kAdd) == PutStatus::kStored);
  ck_assert(put_large(c, "large", {bytes}, PutMode::kAdd) == PutStatus::kNotStored);
  const uint64_t token = c.token("large");
  for (const bool current : {false, true}) {
    auto room = received(c, "large", bytes);
    const auto epoch = c.store.enter();
    const uint64_t given = current ? token : token + 1;
    ck_assert(c.store.publish_if(c.prepared("large"), std::move(*room), {}, given) ==
              (current ? PutStatus::kStored : PutStatus::kExists));
  }
  ck_assert_uint_gt(c.token("large"), token);
}

template <StoreFixture Fixture>
void a_large_value_expires_is_touched_and_flushed_like_others(int) {
  Client<Fixture> c;
  const std::string bytes = largest(c, 'a');
  ck_assert(put_large(c, "large", {bytes, 0, c.in_ms(2'000)}) == PutStatus::kStored);
  ck_assert(c.touch("large", c.in_ms(4'000)));
  c.fixture.advance_ms(3'000);
  c.fixture.maintain();
  ck_assert(c.get("large") == bytes);
  c.fixture.advance_ms(1'000);
  ck_assert(!c.has("large"));
  ck_assert(put_large(c, "large", {bytes}) == PutStatus::kStored);
  c.store.flush(c.in_ms(0));
  ck_assert(!c.has("large"));
  ck_assert(c.incr("large", 1).status == ArithmeticStatus::kNotFound);
}

template <StoreFixture Fixture>
void an_abandoned_reservation_gives_its_memory_back(int) {
  Client<Fixture> c;
  const std::string bytes = largest(c, 'a');
  for (int i = 0; i < 200; ++i) {
    (void)received(c, "large", bytes);
    c.fixture.maintain();
  }
  ck_assert(!c.has("large"));
  ck_assert(put_large(c, "large", {bytes}) == PutStatus::kStored);
}

template <StoreFixture Fixture>
void values_join_across_the_border_to_large(int) {
  Client<Fixture> c;
  std::string expected = "[";
  ck_assert(c.put("k", expected) == PutStatus::kStored);
  const std::string piece = pattern(c.store.value_limit(1) / 9, 'p');
  for (int i = 0; i < 8; ++i) {
    const JoinMode mode = i % 2 == 0 ? JoinMode::kAppend : JoinMode::kPrepend;
    expected = mode == JoinMode::kAppend ? expected + piece : piece + expected;
    ck_assert(c.join("k", piece, mode) == PutStatus::kStored);
    ck_assert(c.get("k") == expected);
    c.fixture.maintain();
  }
}

template <StoreFixture Fixture>
inline constexpr std::array kLargeTests{
    PELIKAN_CONFORMANCE(a_large_value_is_invisible_until_published_and_comes_back_whole),
    PELIKAN_CONFORMANCE(large_and_small_values_replace_one_another),
    PELIKAN_CONFORMANCE(large_values_obey_add_replace_and_cas),
    PELIKAN_CONFORMANCE(a_large_value_expires_is_touched_and_flushed_like_others),
    PELIKAN_CONFORMANCE(an_abandoned_reservation_gives_its_memory_back),
    PELIKAN_CONFORMANCE(values_join_across_the_border_to_large),
};

}  // namespace pelikan::test
