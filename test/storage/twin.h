// Twin plays every operation on a store and on a MapStore beside it, and notes the first
// difference: a hit that is not the newest value, an item that is there although it died, one that
// is gone although nothing took it, another status, a cas token that does not grow.
//
// A store under test may forget (evict) where Forgetting allows it; the reference then forgets as
// well.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "storage/map_store.h"
#include "storage/store.h"
#include "storage/whole_value.h"

namespace pelikan::test {

enum class Forgetting : uint8_t { kNever, kAllowed };

template <class Store>
  requires MemcacheStore<Store> && LargeValueStore<Store> && ExactExpiryStore<Store> &&
           EditableStore<Store>
class Twin {
 public:
  Twin(Store& store, MapStore& reference, Forgetting forgetting)
      : store_(store), reference_(reference), forgetting_(forgetting) {}

  [[nodiscard]] const std::string& flaw() const { return flaw_; }  // empty: none so far
  [[nodiscard]] uint64_t hits() const { return hits_; }
  [[nodiscard]] uint64_t forgotten() const { return forgotten_; }
  [[nodiscard]] uint64_t refused() const {
    return refused_;
  }  // writes for which there was no memory

  [[nodiscard]] size_t value_limit(size_t key_size) { return store_.value_limit(key_size); }

  void get(std::string_view key) {
    const auto epoch = store_.enter();
    compare(prepared(key));
  }
  void put(std::string_view key, const Value& value, PutMode mode) {
    const auto act = [&](const Lookup& lookup) { return put_one(lookup, value, mode); };
    const bool fits = value.bytes.size() <= store_.value_limit(key.size());
    attempt(key, act,
            [&] { return fits ? reference_.put({key}, value, mode) : PutStatus::kTooLarge; });
  }
  void put(std::string_view key, const Value& value, const WriteTerms& terms) {
    const auto act = [&](const Lookup& lookup) {
      if (!is_received(lookup, value)) return store_.put(lookup, value, terms).status;
      auto room = receive(store_, lookup.key, value.bytes);
      return room ? store_.publish(lookup, std::move(*room), value, terms).status
                  : PutStatus::kNoMemory;
    };
    const bool fits = value.bytes.size() <= store_.value_limit(key.size());
    attempt(key, act, [&] {
      return fits ? reference_.put({key}, value, terms).status : PutStatus::kTooLarge;
    });
  }
  void overlay(std::string_view key, size_t offset, std::string_view bytes) {
    const size_t limit = store_.value_limit(key.size());
    const bool fits = bytes.size() <= limit && offset <= limit - bytes.size();
    const auto act = [&](const Lookup& lookup) {
      return store_.overlay(lookup, offset, bytes, {}).status;
    };
    attempt(key, act, [&] {
      return fits ? reference_.overlay({key}, offset, bytes, {}).status : PutStatus::kTooLarge;
    });
  }
  void expire(std::string_view key, Expiry expiry, const ExpireTerms& terms) {
    ExpireStatus actual{};
    const auto act = [&](const Lookup& lookup) {
      actual = store_.expire(lookup, expiry, terms);
      return actual == ExpireStatus::kNoMemory ? PutStatus::kNoMemory : PutStatus::kStored;
    };
    attempt(key, act, [&] {
      if (actual != reference_.expire({key}, expiry, terms)) note("another expire status", key);
      return PutStatus::kStored;
    });
  }
  // With the current token, or with the one before the last write.
  void compare_and_put(std::string_view key, const Value& value, bool current) {
    const auto act = [&](const Lookup& lookup) {
      const Tokens& tokens = tokens_of(key);
      return compare_and_put_one(lookup, value, current ? tokens.newest : tokens.former);
    };
    attempt(key, act, [&] {
      if (value.bytes.size() > store_.value_limit(key.size())) return PutStatus::kTooLarge;
      const auto item = reference_.get({key});
      const uint64_t token = item ? item->cas() : 0;
      return reference_.compare_and_put({key}, value, current ? token : token + 1);
    });
  }
  void join(std::string_view key, std::string_view bytes, JoinMode mode) {
    const auto act = [&](const Lookup& lookup) { return store_.join(lookup, bytes, mode); };
    attempt(key, act, [&] {
      const auto item = reference_.get({key});
      const size_t size = item ? item->value_size() + bytes.size() : 0;
      return size <= store_.value_limit(key.size()) ? reference_.join({key}, bytes, mode)
                                                    : PutStatus::kNotStored;
    });
  }
  void arithmetic(std::string_view key, uint64_t n, ArithmeticMode mode) {
    ArithmeticResult actual;
    const auto act = [&](const Lookup& lookup) {
      actual = store_.arithmetic(lookup, n, mode);
      return actual.status == ArithmeticStatus::kNoMemory ? PutStatus::kNoMemory
                                                          : PutStatus::kStored;
    };
    attempt(key, act, [&] {
      const ArithmeticResult expected = reference_.arithmetic({key}, n, mode);
      if (actual.status != expected.status) note("another arithmetic status", key);
      if (actual.number != expected.number) note("another number", key);
      return PutStatus::kStored;
    });
  }
  void erase(std::string_view key) {
    const auto act = [&](const Lookup& lookup) { return as_status(store_.erase(lookup)); };
    attempt(key, act, [&] { return as_status(reference_.erase({key})); });
  }
  void touch(std::string_view key, Expiry expiry) {
    const auto act = [&](const Lookup& lookup) { return as_status(store_.touch(lookup, expiry)); };
    attempt(key, act, [&] { return as_status(reference_.touch({key}, expiry)); });
  }
  void flush(Expiry at) {
    store_.flush(at);
    reference_.flush(at);
  }

 private:
  struct Tokens {
    uint64_t newest = 0;
    uint64_t former = 0;
    uint64_t reference = 0;  // the reference's token when `newest` was seen
  };

  static PutStatus as_status(bool done) { return done ? PutStatus::kStored : PutStatus::kNotFound; }

  // Waits for memory outside the epoch and begins anew, as a worker does.
  template <class Act, class Expect>
  void attempt(std::string_view key, Act act, Expect expect) {
    PutStatus actual = PutStatus::kNoMemory;
    for (int tries = 0; tries < 4 && actual == PutStatus::kNoMemory; ++tries) {
      if (tries > 0 && !store_.make_room()) break;
      const auto epoch = store_.enter();
      const Lookup lookup = prepared(key);
      compare(lookup);
      actual = act(lookup);
    }
    if (actual == PutStatus::kNoMemory) {
      ++refused_;
    } else if (actual != expect()) {
      note("another status", key);
    }
    get(key);
  }

  Lookup prepared(std::string_view key) {
    Lookup lookup{key};
    store_.prepare({&lookup, 1});
    return lookup;
  }

  // Both hold the same under the key, or the store has forgotten it.
  void compare(const Lookup& lookup) {
    const auto actual = store_.get(lookup);
    const auto expected = reference_.get(lookup);
    if (actual && !expected) return note("a dead item is there", lookup.key);
    if (!actual && expected) note_forgotten(lookup.key);
    if (!actual) return erase_reference(lookup);
    ++hits_;
    if (actual->key() != lookup.key) note("another key", lookup.key);
    if (actual->flags() != expected->flags()) note("other flags", lookup.key);
    if (store_.expiry(*actual).at_ms != reference_.expiry(*expected).at_ms) {
      note("another expiry", lookup.key);
    }
    if (!are_equal(*actual, *expected)) note("another value", lookup.key);
    compare_tokens(lookup.key, actual->cas(), expected->cas());
  }

  Tokens& tokens_of(std::string_view key) {
    const auto found = tokens_.find(key);
    return found != tokens_.end() ? found->second : tokens_[std::string(key)];
  }

  void compare_tokens(std::string_view key, uint64_t actual, uint64_t expected) {
    Tokens& tokens = tokens_of(key);
    // Not written since: moving the item, or a new expiry, may have changed its token.
    if (tokens.reference == expected) {
      tokens.newest = actual;
      return;
    }
    if (actual <= tokens.newest) note("a cas token that did not grow", key);
    tokens = {actual, tokens.newest, expected};
  }

  void note_forgotten(std::string_view key) {
    if (forgetting_ == Forgetting::kNever) note("a live item is gone", key);
    ++forgotten_;
  }

  // A key that is gone may come back with any token.
  void erase_reference(const Lookup& lookup) {
    reference_.erase(lookup);
    if (const auto found = tokens_.find(lookup.key); found != tokens_.end()) tokens_.erase(found);
  }

  [[nodiscard]] bool is_received(const Lookup& lookup, const Value& value) {
    const size_t key_size = lookup.key.size();
    return value.bytes.size() <= store_.value_limit(key_size) &&
           store_.is_large(key_size, value.bytes.size());
  }

  PutStatus put_one(const Lookup& lookup, const Value& value, PutMode mode) {
    if (!is_received(lookup, value)) return store_.put(lookup, value, mode);
    auto room = receive(store_, lookup.key, value.bytes);
    return room ? store_.publish(lookup, std::move(*room), value, mode) : PutStatus::kNoMemory;
  }

  PutStatus compare_and_put_one(const Lookup& lookup, const Value& value, uint64_t token) {
    if (!is_received(lookup, value)) return store_.compare_and_put(lookup, value, token);
    auto room = receive(store_, lookup.key, value.bytes);
    return room ? store_.publish_if(lookup, std::move(*room), value, token) : PutStatus::kNoMemory;
  }

  void note(std::string_view what, std::string_view key) {
    if (flaw_.empty()) flaw_ = std::string(what) + " (key '" + std::string(key) + "')";
  }

  Store& store_;
  MapStore& reference_;
  const Forgetting forgetting_;
  std::unordered_map<std::string, Tokens, TextHash, std::equal_to<>> tokens_;
  std::string flaw_;
  uint64_t hits_ = 0;
  uint64_t forgotten_ = 0;
  uint64_t refused_ = 0;
};

}  // namespace pelikan::test
