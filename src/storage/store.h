// What a service may ask of a store. A store is shared by all workers; each worker holds one Access
// to it (`store.access(clock)`): its line in the epochs, its metric cells, its clock. The concepts
// describe an Access.
//
// Use, batch after batch of at most kBatch look-ups:
//   store.prepare(batch);          // hashes, prefetches, decides nothing; long before is best
//   auto epoch = store.enter();    // views live until it ends; no system call inside
//   store.get(batch[0]);           // one by one, in order
//   store.put(batch[1], ...);
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "storage/store_types.h"

namespace pelikan {

// An item as a reader sees it; valid until the epoch ends.
template <class I>
concept ItemLike = requires(const I item, size_t offset) {
  { item.key() } -> std::same_as<std::string_view>;
  { item.flags() } -> std::same_as<uint32_t>;
  { item.cas() } -> std::same_as<uint64_t>;
  { item.value_size() } -> std::same_as<size_t>;
  // Contiguous value bytes from `offset` on, never empty while offset < value_size().
  { item.value_part(offset) } -> std::same_as<std::string_view>;
};

template <class S>
concept KeyValueStore =
    requires(S s, std::span<Lookup> batch, const Lookup& key, const Value& value) {
      typename S::Epoch;  // RAII
      requires ItemLike<typename S::ItemView>;
      { s.enter() } -> std::same_as<typename S::Epoch>;
      s.foresee(key.key);  // a hint: this key will be looked up soon; in an epoch or outside
      // In an epoch or outside, an earlier one too. prepare() is all three steps.
      s.prepare(batch);
      s.locate(batch);
      { s.approach(batch) } -> std::same_as<bool>;  // reach() has something to do
      s.reach(batch);
      { s.get(key) } -> std::same_as<std::optional<typename S::ItemView>>;
      { s.put(key, value, PutMode::kSet) } -> std::same_as<PutStatus>;
      { s.erase(key) } -> std::same_as<bool>;
    };

// A walk over all live items in steps, while others go on reading and writing. The cursor is all it
// needs to remember: begin with 0, go on with what scan() returned, until that is 0 again. An item
// that is there under its key from the first step to the last is seen exactly once, however often
// it is overwritten, touched or moved meanwhile; one that comes or goes meanwhile once or not at
// all, and one that is deleted and set anew maybe once more. Any number is safe as a cursor.
template <class S>
concept ScannableStore =
    KeyValueStore<S> &&
    requires(S s, uint64_t cursor, size_t places,
             bool (*visit)(const typename S::ItemView&, int64_t used_ms), uint32_t share) {
      // In an epoch: looks at about so many places where items may be. The visitor says whether to
      // go on behind the item it was shown, of which it also learns when it was last used or else
      // written, on Clock::now_ms(), as far as that is known. This counts as no use.
      { s.scan(cursor, places, visit) } -> std::same_as<uint64_t>;
      // Where so many 2^32ths of the walk lie behind: a random number leads to a random place.
      { s.cursor_at(share) } -> std::same_as<uint64_t>;
    };

template <class S>
concept CountedStore = KeyValueStore<S> && requires(const S s) {
  { s.size() } -> std::same_as<StoreSize>;
};

// What memcached's classic commands ask beyond that.
template <class S>
concept MemcacheStore =
    KeyValueStore<S> && requires(S s, const Lookup& key, const Value& value, uint64_t n,
                                 Expiry expiry, std::string_view bytes) {
      { s.compare_and_put(key, value, n) } -> std::same_as<PutStatus>;
      // Keeps flags and expiry.
      { s.join(key, bytes, JoinMode::kAppend) } -> std::same_as<PutStatus>;
      { s.arithmetic(key, n, ArithmeticMode::kIncrement) } -> std::same_as<ArithmeticResult>;
      { s.touch(key, expiry) } -> std::same_as<bool>;  // the cas token stays
      // Outside an epoch only: waits until memory for the last write is free, within the store's
      // bound. False: none came.
      { s.make_room() } -> std::same_as<bool>;
      // Everything stored before `at` is dead from then on (at or before now: at once).
      s.flush(expiry);
      // All memory of the store shall be so many bytes, soon; from any thread, outside an epoch.
      // False: more than it has, or less than it can work with; nothing changed.
      { s.limit_memory(uint64_t{}) } -> std::same_as<bool>;
      // The largest value that can be stored under a key of this length.
      { s.value_limit(size_t{}) } -> std::same_as<size_t>;
    };

// Values received straight into their own memory: invisible until published, may outlive epochs;
// the Reservation's destructor gives the memory back.
template <class S>
concept LargeValueStore =
    KeyValueStore<S> &&
    requires(S s, typename S::Reservation r, const Lookup& key, const Value& value, size_t size) {
      // True: a value of this size goes through reserve()/publish(), a smaller one through put().
      { s.is_large(key.key.size(), size) } -> std::same_as<bool>;
      // Empty: no memory.
      { s.reserve(key.key, size) } -> std::same_as<std::optional<typename S::Reservation>>;
      // Where the coming bytes go; empty when all are there.
      { r.next() } -> std::same_as<std::span<char>>;
      r.advance(size_t{});  // so many bytes were written there
      // Publishes under the same rules as put (mode) or compare_and_put; `value.bytes` is ignored.
      { s.publish(key, std::move(r), value, PutMode::kSet) } -> std::same_as<PutStatus>;
      { s.publish_if(key, std::move(r), value, uint64_t{}) } -> std::same_as<PutStatus>;
    };

// An item with what memcached's meta commands tell of it. The state is that of the moment when the
// view was made.
template <class I>
concept StatefulItem = ItemLike<I> && requires(const I item) {
  { item.was_found() } -> std::same_as<bool>;   // by a get, since it was written
  { item.is_stale() } -> std::same_as<bool>;    // marked so: to be written anew
  { item.has_winner() } -> std::same_as<bool>;  // somebody was told to write it anew
  { item.has_binary_key() } -> std::same_as<bool>;
  { item.memory_bytes() } -> std::same_as<size_t>;  // the whole item
  { item.frequency() } -> std::same_as<unsigned>;  // of its key's gets, on the store's scale from 0
};

// Writes on terms, and the state of an item beside its value. Any write but touch and arithmetic
// leaves an item that is neither stale nor won, unless its terms say otherwise.
template <class S>
concept ConditionalStore =
    KeyValueStore<S> && StatefulItem<typename S::ItemView> &&
    requires(S s, typename S::Reservation r, const Lookup& key, const Value& value,
             std::string_view bytes, const WriteTerms& terms, const typename S::ItemView& item) {
      // A get that counts as no use.
      { s.peek(key) } -> std::same_as<std::optional<typename S::ItemView>>;
      { s.put(key, value, terms) } -> std::same_as<Written>;
      { s.publish(key, std::move(r), value, terms) } -> std::same_as<Written>;
      // With no bytes: the same value, written anew.
      { s.join(key, bytes, JoinMode::kAppend, terms) } -> std::same_as<Written>;
      {
        s.arithmetic(key, uint64_t{}, ArithmeticMode::kIncrement, terms)
      } -> std::same_as<ArithmeticResult>;
      { s.erase_if(key, uint64_t{}) } -> std::same_as<EraseStatus>;  // its token is this one
      // Gives the item a winner; false: it has one, or is no longer there.
      { s.claim(key, item) } -> std::same_as<bool>;
      { s.expiry(item) } -> std::same_as<Expiry>;
      // CLOCK_BOOTTIME milliseconds of the last use before this call, as exact as the store says.
      { s.last_access_ms(key, item) } -> std::same_as<int64_t>;
    };

// Lifetimes that are exact to the millisecond: of what is put or published with exact_expiry, and
// of every item whose expiry expire() has set.
template <class S>
concept ExactExpiryStore =
    ConditionalStore<S> && requires(S s, const Lookup& key, Expiry expiry, ExpireTerms terms) {
      // In an epoch: the live item's expiry, if its present one fits the terms. One that has passed
      // erases the item. kNoMemory: nothing changed, see PutStatus.
      { s.expire(key, expiry, terms) } -> std::same_as<ExpireStatus>;
    };

// Objects in place of values, for values that are changed in place (handled.h). An item is made to
// hold one by put() with Value::handled on WriteTerms; the key's expiry is then always changed
// without another item being made.
template <class S>
concept HandlingStore =
    ConditionalStore<S> && requires(S s, const typename S::ItemView item, Handled& handled) {
      { item.handled() } -> std::same_as<Handled*>;  // null: it has a value
      // In the epoch in which it was found: it stays although its items may go. False: it is gone.
      { s.hold(handled) } -> std::same_as<bool>;
      // Its maker, or who has held it, is done with it: now items alone do, if there are any.
      s.let_go(handled);
      // It takes so many bytes now, one at least, all in. By whoever may change the object.
      s.charge(handled, size_t{});
      // False: so many bytes more are not to be had now; as kNoMemory, see PutStatus.
      { s.can_charge(size_t{}) } -> std::same_as<bool>;
    };

// Values that are changed in part.
template <class S>
concept EditableStore =
    ConditionalStore<S> && requires(S s, const Lookup& key, size_t offset, std::string_view bytes,
                                    const WriteTerms& terms) {
      // In an epoch: writes bytes into the live item's value from `offset` on, and zero bytes where
      // it was shorter; flags and expiry stay. A missing item counts as an empty value, if the
      // terms' mode allows that. kTooLarge: the new value would be; nothing changed.
      { s.overlay(key, offset, bytes, terms) } -> std::same_as<Written>;
    };

}  // namespace pelikan
