// A client of a store's writes on terms, which also looks at the state of items.
#pragma once

#include <algorithm>
#include <cstring>
#include <string_view>
#include <utility>

#include "storage/conformance/client.h"

#include "check.h"

namespace pelikan::test {

// An item's state, copied out of its epoch.
struct SeenState {
  uint64_t cas = 0;
  bool found = false;
  bool stale = false;
  bool won = false;
  bool binary_key = false;
  Expiry expiry{};
};

// Stores may keep items 125 ms longer than asked.
inline bool is_about(Expiry actual, Expiry asked) {
  return actual.at_ms >= asked.at_ms && actual.at_ms <= asked.at_ms + 125;
}

template <StoreFixture Fixture>
struct TermsClient : Client<Fixture> {
  using Client<Fixture>::prepared;
  using Client<Fixture>::store;

  Written write(std::string_view key, const Value& value, const WriteTerms& terms) {
    const auto epoch = store.enter();
    const Lookup lookup = prepared(key);
    if (!store.is_large(key.size(), value.bytes.size())) return store.put(lookup, value, terms);
    auto reservation = store.reserve(key, value.bytes.size());
    ck_assert(reservation.has_value());
    std::string_view rest = value.bytes;
    for (auto to = reservation->next(); !to.empty(); to = reservation->next()) {
      const size_t part = std::min(to.size(), rest.size());
      std::memcpy(to.data(), rest.data(), part);
      reservation->advance(part);
      rest.remove_prefix(part);
    }
    return store.publish(lookup, std::move(*reservation), value, terms);
  }
  Written extend(std::string_view key, std::string_view bytes, const WriteTerms& terms) {
    const auto epoch = store.enter();
    return store.join(prepared(key), bytes, JoinMode::kAppend, terms);
  }
  ArithmeticResult add(std::string_view key, uint64_t n, const WriteTerms& terms) {
    const auto epoch = store.enter();
    return store.arithmetic(prepared(key), n, ArithmeticMode::kIncrement, terms);
  }
  EraseStatus erase_if(std::string_view key, uint64_t cas) {
    const auto epoch = store.enter();
    return store.erase_if(prepared(key), cas);
  }
  bool claim(std::string_view key) {
    const auto epoch = store.enter();
    const Lookup lookup = prepared(key);
    const auto item = store.peek(lookup);
    return item && store.claim(lookup, *item);
  }
  SeenState state(std::string_view key) {
    const auto epoch = store.enter();
    const auto item = store.peek(prepared(key));
    ck_assert(item.has_value());
    return {item->cas(),        item->was_found(),      item->is_stale(),
            item->has_winner(), item->has_binary_key(), store.expiry(*item)};
  }
  int64_t idle_ms(std::string_view key) {
    const auto epoch = store.enter();
    const Lookup lookup = prepared(key);
    const auto item = store.peek(lookup);
    ck_assert(item.has_value());
    return this->fixture.clock().now_ms() - store.last_access_ms(lookup, *item);
  }
};

}  // namespace pelikan::test
