// MapStore: the storage concepts over std::unordered_map, as simply as they can be said. The
// reference other stores are compared with, and what services are tested over. It forgets nothing
// but what has expired, was erased or flushed; memory is short only when a test says so.
//
// Thread safety: none.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/assertion.h"
#include "base/bytes.h"
#include "base/clock.h"
#include "storage/map_item.h"
#include "storage/map_shelf.h"
#include "storage/map_writes.h"
#include "storage/store.h"

namespace pelikan::test {

class MapStore {
  using Item = MapItem;

 public:
  using ItemView = MapItemView;
  using Reservation = MapReservation;
  using Epoch = MapEpoch;

  explicit MapStore(const Clock& clock, MapLimits limits = {})
      : clock_(clock), limits_(limits), shelf_(clock) {}

  // ---- what a test turns
  // The next `writes` writes answer kNoMemory; make_room() answers `room_comes`.
  void refuse(size_t writes, bool room_comes = true) {
    refused_ = writes;
    room_comes_ = room_comes;
  }

  // ---- KeyValueStore
  [[nodiscard]] Epoch enter() noexcept { return Epoch(shelf_); }
  void foresee(std::string_view) const noexcept {}
  void prepare(std::span<Lookup> batch) const noexcept { locate(batch); }
  void locate(std::span<Lookup> batch) const noexcept {
    for (Lookup& lookup : batch) lookup.hash = TextHash{}(lookup.key);
  }
  bool approach(std::span<Lookup>) const noexcept { return false; }
  void reach(std::span<Lookup>) const noexcept {}
  [[nodiscard]] std::optional<ItemView> get(const Lookup& key) noexcept {
    const auto view = peek(key);
    if (!view) return view;
    Item* item = shelf_.find(key.key);
    item->found = true;
    ++item->hits;
    item->last_access_ms = clock_.now_ms();
    return view;
  }
  PutStatus put(const Lookup& key, const Value& value, PutMode mode) noexcept {
    return put(key, value, WriteTerms{.mode = mode}).status;
  }
  bool erase(const Lookup& key) noexcept {
    if (shelf_.find(key.key) == nullptr) return false;
    shelf_.bury(key.key);
    return true;
  }

  // ---- ScannableStore
  // The cursor is the least hash not seen yet.
  template <class Visit>
  [[nodiscard]] uint64_t scan(uint64_t cursor, size_t places, Visit&& visit) noexcept {
    for (const auto& [hash, item] : shelf_.from(cursor)) {
      if (places-- == 0) return hash;
      if (!visit(view(*item), item->last_access_ms)) return hash + 1;
    }
    return 0;
  }

  [[nodiscard]] uint64_t cursor_at(uint32_t share) const noexcept { return uint64_t{share} << 32U; }

  // ---- CountedStore
  [[nodiscard]] StoreSize size() const noexcept { return shelf_.size(); }

  // ---- MemcacheStore
  PutStatus compare_and_put(const Lookup& key, const Value& value, uint64_t cas) noexcept {
    return put(key, value, WriteTerms{.cas = cas}).status;
  }
  PutStatus join(const Lookup& key, std::string_view bytes, JoinMode mode) noexcept {
    return join(key, bytes, mode, WriteTerms{}).status;
  }
  ArithmeticResult arithmetic(const Lookup& key, uint64_t n, ArithmeticMode mode) noexcept {
    return arithmetic(key, n, mode, WriteTerms{});
  }
  bool touch(const Lookup& key, Expiry expiry) noexcept {
    Item* item = shelf_.find(key.key);
    if (item == nullptr) return false;
    item->expiry = expiry;
    item->last_access_ms = clock_.now_ms();
    return true;
  }
  bool make_room() noexcept {
    CHECK(!shelf_.is_in_epoch());
    return room_comes_;
  }
  // Keeps to no limit, but knows what it was told.
  [[nodiscard]] bool limit_memory(uint64_t bytes) noexcept { return bytes <= limits_.memory; }
  void flush(Expiry at) noexcept { shelf_.flush(at); }
  [[nodiscard]] size_t value_limit(size_t /*key_size*/) const noexcept { return limits_.value; }

  // ---- ConditionalStore
  [[nodiscard]] std::optional<ItemView> peek(const Lookup& key) noexcept {
    const Item* item = shelf_.find(key.key);
    return item == nullptr ? std::nullopt : std::optional(view(*item));
  }
  Written put(const Lookup& key, const Value& value, const WriteTerms& terms) noexcept;
  Written join(const Lookup& key, std::string_view bytes, JoinMode mode,
               const WriteTerms& terms) noexcept;
  Written overlay(const Lookup& key, size_t offset, std::string_view bytes,
                  const WriteTerms& terms) noexcept;
  ArithmeticResult arithmetic(const Lookup& key, uint64_t n, ArithmeticMode mode,
                              const WriteTerms& terms) noexcept;
  EraseStatus erase_if(const Lookup& key, uint64_t cas) noexcept {
    const Item* item = shelf_.find(key.key);
    if (item == nullptr) return EraseStatus::kNotFound;
    if (item->cas != cas) return EraseStatus::kExists;
    shelf_.bury(key.key);
    return EraseStatus::kErased;
  }
  ExpireStatus expire(const Lookup& key, Expiry expiry, const ExpireTerms& terms) noexcept;
  bool claim(const Lookup& key, const ItemView& view) noexcept {
    Item* item = shelf_.find(key.key);
    if (item != view.item_ || item->has_winner) return false;
    return item->has_winner = true;
  }
  [[nodiscard]] Expiry expiry(const ItemView& view) const noexcept { return view.item_->expiry; }
  [[nodiscard]] int64_t last_access_ms(const Lookup& /*key*/, const ItemView& view) const noexcept {
    return view.item_->last_access_ms;
  }

  // ---- LargeValueStore
  [[nodiscard]] bool is_large(size_t /*key_size*/, size_t value_size) const noexcept {
    return value_size >= limits_.large_from;
  }
  [[nodiscard]] std::optional<Reservation> reserve(std::string_view /*key*/, size_t size) noexcept {
    if (refuses()) return std::nullopt;
    return Reservation(size, limits_.part);
  }
  PutStatus publish(const Lookup& key, Reservation&& value, const Value& meta,
                    PutMode mode) noexcept {
    return publish(key, std::move(value), meta, WriteTerms{.mode = mode}).status;
  }
  PutStatus publish_if(const Lookup& key, Reservation&& value, const Value& meta,
                       uint64_t cas) noexcept {
    return publish(key, std::move(value), meta, WriteTerms{.cas = cas}).status;
  }
  Written publish(const Lookup& key, Reservation&& value, const Value& meta,
                  const WriteTerms& terms) noexcept {
    CHECK(value.next().empty());
    return put(key, {value.bytes_, meta.flags, meta.expiry, meta.binary_key}, terms);
  }

 private:
  [[nodiscard]] bool refuses() noexcept { return refused_ > 0 && refused_-- > 0; }
  [[nodiscard]] ItemView view(const Item& item) const noexcept {
    return {item, is_large(item.key.size(), item.bytes.size()) ? limits_.part : limits_.value};
  }

  Written store(Item item, const WriteTerms& terms) noexcept {
    if (item.bytes.size() > limits_.value) return {PutStatus::kTooLarge};
    if (refuses()) return {PutStatus::kNoMemory};
    ++last_cas_;
    item.cas = terms.new_cas.value_or(last_cas_);
    item.last_access_ms = clock_.now_ms();
    const Written written{PutStatus::kStored, item.cas, item.bytes.size()};
    shelf_.put(std::move(item));
    return written;
  }

  const Clock& clock_;
  const MapLimits limits_;
  MapShelf shelf_;
  uint64_t last_cas_ = 0;
  size_t refused_ = 0;
  bool room_comes_ = true;
};

inline Written MapStore::put(const Lookup& key, const Value& value,
                             const WriteTerms& terms) noexcept {
  const Item* old = shelf_.find(key.key);
  if (const PutStatus status = map_admits(old, terms); status != PutStatus::kStored)
    return {status};
  return store(map_put(key.key, old, value, terms), terms);
}

inline Written MapStore::join(const Lookup& key, std::string_view bytes, JoinMode mode,
                              const WriteTerms& terms) noexcept {
  const Item* old = shelf_.find(key.key);
  if (old == nullptr) return {PutStatus::kNotStored};
  if (terms.cas && old->cas != *terms.cas) return {PutStatus::kExists};
  const std::string more(bytes);
  std::string joined = mode == JoinMode::kAppend ? old->bytes + more : more + old->bytes;
  if (joined.size() > limits_.value) return {PutStatus::kNotStored};
  return store(map_change(key.key, old, std::move(joined), terms), terms);
}

inline Written MapStore::overlay(const Lookup& key, size_t offset, std::string_view bytes,
                                 const WriteTerms& terms) noexcept {
  const Item* old = shelf_.find(key.key);
  if (const PutStatus status = map_admits(old, terms); status != PutStatus::kStored)
    return {status};
  if (offset > limits_.value) return {PutStatus::kTooLarge};
  return store(map_change(key.key, old, map_overlay(old, offset, bytes), terms), terms);
}

inline ArithmeticResult MapStore::arithmetic(const Lookup& key, uint64_t n, ArithmeticMode mode,
                                             const WriteTerms& terms) noexcept {
  const Item* old = shelf_.find(key.key);
  if (old == nullptr) return {ArithmeticStatus::kNotFound};
  if (terms.cas && old->cas != *terms.cas) return {ArithmeticStatus::kExists};
  const auto number = map_count(*old, n, mode);
  if (!number) return {ArithmeticStatus::kNotNumber};
  Item item = *old;
  item.bytes = std::to_string(*number);
  const Written written = store(std::move(item), terms);
  if (written.status != PutStatus::kStored) return {ArithmeticStatus::kNoMemory};
  return {ArithmeticStatus::kDone, *number, written.cas};
}

inline ExpireStatus MapStore::expire(const Lookup& key, Expiry expiry,
                                     const ExpireTerms& terms) noexcept {
  Item* item = shelf_.find(key.key);
  if (item == nullptr) return ExpireStatus::kNotFound;
  if (!map_expires(*item, expiry, terms)) return ExpireStatus::kRefused;
  if (refuses()) return ExpireStatus::kNoMemory;
  item->expiry = expiry;
  item->last_access_ms = clock_.now_ms();
  return ExpireStatus::kDone;
}

static_assert(MemcacheStore<MapStore> && ScannableStore<MapStore>);
static_assert(LargeValueStore<MapStore> && ConditionalStore<MapStore>);
static_assert(ExactExpiryStore<MapStore> && EditableStore<MapStore> && CountedStore<MapStore>);

}  // namespace pelikan::test
