// What the conformance tests say most often, each operation in an epoch of its own.
#pragma once

#include <string>
#include <string_view>

#include "storage/script.h"

#include "check.h"

namespace pelikan::test {

template <class View>
std::string whole(const View& item) {
  std::string bytes;
  while (bytes.size() < item.value_size()) {
    const std::string_view part = item.value_part(bytes.size());
    ck_assert_uint_gt(part.size(), 0);
    bytes += part;
  }
  ck_assert_uint_eq(bytes.size(), item.value_size());
  return bytes;
}

template <StoreFixture Fixture>
struct Client {
  using Store = typename Fixture::Store;
  Fixture fixture{};
  Store& store = fixture.store();

  Lookup prepared(std::string_view key) {
    Lookup lookup{key};
    store.prepare({&lookup, 1});
    return lookup;
  }
  PutStatus put(std::string_view key, std::string_view bytes, PutMode mode = PutMode::kSet) {
    const auto epoch = store.enter();
    return store.put(prepared(key), Value{bytes}, mode);
  }
  PutStatus set(std::string_view key, const Value& value) {
    const auto epoch = store.enter();
    return store.put(prepared(key), value, PutMode::kSet);
  }
  PutStatus cas(std::string_view key, std::string_view bytes, uint64_t token) {
    const auto epoch = store.enter();
    return store.compare_and_put(prepared(key), Value{bytes}, token);
  }
  PutStatus join(std::string_view key, std::string_view bytes, JoinMode mode) {
    const auto epoch = store.enter();
    return store.join(prepared(key), bytes, mode);
  }
  ArithmeticResult incr(std::string_view key, uint64_t n) {
    const auto epoch = store.enter();
    return store.arithmetic(prepared(key), n, ArithmeticMode::kIncrement);
  }
  ArithmeticResult decr(std::string_view key, uint64_t n) {
    const auto epoch = store.enter();
    return store.arithmetic(prepared(key), n, ArithmeticMode::kDecrement);
  }
  bool erase(std::string_view key) {
    const auto epoch = store.enter();
    return store.erase(prepared(key));
  }
  bool touch(std::string_view key, Expiry expiry) {
    const auto epoch = store.enter();
    return store.touch(prepared(key), expiry);
  }
  bool has(std::string_view key) {
    const auto epoch = store.enter();
    return store.get(prepared(key)).has_value();
  }
  // The whole value, or "(none)".
  std::string get(std::string_view key) {
    const auto epoch = store.enter();
    const auto item = store.get(prepared(key));
    return item ? whole(*item) : "(none)";
  }
  uint32_t flags(std::string_view key) {
    const auto epoch = store.enter();
    return store.get(prepared(key))->flags();
  }
  uint64_t token(std::string_view key) {
    const auto epoch = store.enter();
    return store.get(prepared(key))->cas();
  }
  [[nodiscard]] Expiry in_ms(int64_t ms) { return {fixture.clock().now_ms() + ms}; }
};

}  // namespace pelikan::test

// A row of a table of tests, each a function template over the fixture.
#define PELIKAN_CONFORMANCE(test) \
  TTest { #test, &test<Fixture>, __FILE__, __LINE__ }  // NOLINT(bugprone-macro-parentheses): a name
