// RespLarge: a large collection, which its item holds a handle of, and how packed ones become such.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include "service/resp/call.h"
#include "service/resp/collection_types.h"
#include "service/resp/write.h"
#include "storage/handled.h"

namespace pelikan {

// Read and changed under its key's lock (RespKeyLocks), but for is_gone().
template <class Kind>
class RespLarge final : public Handled {
 public:
  using Data = typename Kind::Large;

  // The same elements. Throws std::bad_alloc.
  RespLarge(KeyedHash hash, const typename Kind::View& packed) : data_(make(hash, packed)) {}

  [[nodiscard]] Data& data() noexcept { return data_; }
  // Of the memory there is, all in.
  [[nodiscard]] size_t bytes() const noexcept {
    return structure::size_class(sizeof(RespLarge)) + data_.memory();
  }
  // All that is in it has expired; from any thread.
  [[nodiscard]] bool is_gone(int64_t now_ms) const noexcept {
    return gone_at_ms_.load(std::memory_order_relaxed) <= now_ms;
  }
  // Follows a change.
  void note_change() noexcept {
    if constexpr (requires { data_.last_expiry_ms(); }) {
      if (data_.size() == 0) return;
      gone_at_ms_.store(data_.last_expiry_ms(), std::memory_order_relaxed);
    }
  }
  size_t destroy_some() noexcept override { return data_.destroy_some(kRowsAtOnce) ? 0 : bytes(); }

 private:
  static constexpr size_t kRowsAtOnce = 2000;

  static Data make(KeyedHash hash, const typename Kind::View& packed) {
    if constexpr (std::is_constructible_v<Data, KeyedHash, typename Kind::View>) {
      return Data(hash, packed);
    } else {
      return Data(packed);
    }
  }

  Data data_;
  std::atomic<int64_t> gone_at_ms_{structure::kNoExpiry};  // relaxed: it orders nothing
};

// REQUIRES: the item is of the kind, and large
template <class Kind, class Item>
[[nodiscard]] RespLarge<Kind>& large_of(const Item& item) noexcept {
  return static_cast<RespLarge<Kind>&>(*item.handled());
}

// Notes a change of a collection when it is done, however that ended, and tells the store what the
// collection takes now.
template <class Store, class Kind>
class RespLargeBill {
 public:
  RespLargeBill(Store& store, RespLarge<Kind>& large) noexcept : store_(store), large_(large) {}
  ~RespLargeBill() {
    large_.note_change();
    store_.charge(large_, large_.bytes());
  }
  RespLargeBill(const RespLargeBill&) = delete;
  RespLargeBill& operator=(const RespLargeBill&) = delete;

 private:
  Store& store_;
  RespLarge<Kind>& large_;
};

// A large collection that a command makes, and may store. What is not stored is freed as what was:
// in the background, if it is long.
template <class Kind, class Store>
class RespMade {
 public:
  // REQUIRES: the store outlives it
  RespMade(Store& store, std::unique_ptr<RespLarge<Kind>> large) noexcept
      : store_(&store), large_(std::move(large)) {}
  // An empty one. Throws std::bad_alloc.
  explicit RespMade(RespStoreCall<Store>& call)
      : RespMade(call.store, std::make_unique<RespLarge<Kind>>(
                                 call.worker.key_hash, typename Kind::View(Kind::kEmpty))) {}
  RespMade(RespMade&&) noexcept = default;
  RespMade& operator=(RespMade&&) = delete;
  ~RespMade() {
    if (large_ == nullptr || is_freed_at_once()) return;
    store_->charge(*large_, bytes());
    store_->let_go(*large_.release());
  }

  // REQUIRES: it is not stored
  [[nodiscard]] typename Kind::Large& data() const noexcept { return large_->data(); }
  [[nodiscard]] size_t bytes() const noexcept { return large_->bytes(); }

  // Stores it on terms. If that fails for memory it may be tried again.
  Written put(RespStoreCall<Store>& call, const Lookup& key, Expiry expiry,
              const WriteTerms& terms) noexcept {
    large_->note_change();
    store_->charge(*large_, bytes());
    const Value value{.bytes = {},
                      .flags = static_cast<uint32_t>(Kind::kType),
                      .expiry = expiry,
                      .handled = large_.get()};
    const Written written = call.store.put(key, value, terms);
    if (written.status != PutStatus::kNoMemory) store_->let_go(*large_.release());
    return written;
  }

 private:
  // The store has not heard of it, and it is short.
  [[nodiscard]] bool is_freed_at_once() const noexcept {
    constexpr size_t kMostRows = 1000;
    return large_->charged() == 0 && large_->data().size() <= kMostRows;
  }

  Store* store_;
  std::unique_ptr<RespLarge<Kind>> large_;
};

// The same in place of what was there, or of nothing; the key's expiry stays.
template <class Kind, class Store, class Item>
[[nodiscard]] PutStatus replace_by_large(RespStoreCall<Store>& call, const Lookup& key,
                                         const std::optional<Item>& old,
                                         std::unique_ptr<RespLarge<Kind>> large) noexcept {
  RespMade<Kind, Store> made(call.store, std::move(large));
  return made.put(call, key, {}, in_place_keeping_expiry(old)).status;
}

}  // namespace pelikan
