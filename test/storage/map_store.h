// MapStore: the storage concepts over std::unordered_map, as simply as they can be said. The
// reference other stores are compared with, and what services are tested over. It forgets nothing
// but what has expired, was erased or flushed; memory is short only when a test says so.
//
// Thread safety: none.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/assertion.h"
#include "base/bytes.h"
#include "base/clock.h"
#include "storage/store.h"

namespace pelikan::test {

struct MapLimits {
  size_t value = kMiB;            // the largest value
  size_t large_from = 64 * kKiB;  // values from here on are received into reservations
  size_t part = 16 * kKiB;  // large values are handed out, and received, in parts of this size
};

// Hashes texts, so that a view finds a string in a map without a copy.
struct TextHash {
  using is_transparent = void;
  size_t operator()(std::string_view text) const noexcept {
    return std::hash<std::string_view>{}(text);
  }
};

class MapStore {
  struct Item {
    std::string key;
    std::string bytes;
    uint32_t flags;
    Expiry expiry;
    uint64_t cas;
    bool fetched = false;
  };

 public:
  class ItemView {
   public:
    ItemView(const Item& item, size_t part) noexcept : item_(&item), part_(part) {}
    [[nodiscard]] std::string_view key() const noexcept { return item_->key; }
    [[nodiscard]] uint32_t flags() const noexcept { return item_->flags; }
    [[nodiscard]] uint64_t cas() const noexcept { return item_->cas; }
    [[nodiscard]] size_t value_size() const noexcept { return item_->bytes.size(); }
    [[nodiscard]] std::string_view value_part(size_t offset) const noexcept {
      return std::string_view(item_->bytes).substr(offset, part_);
    }

   private:
    const Item* item_;
    size_t part_;
  };
  class Epoch {
   public:
    explicit Epoch(MapStore& store) noexcept : store_(store) { ++store_.epochs_; }
    Epoch(const Epoch&) = delete;
    Epoch& operator=(const Epoch&) = delete;
    ~Epoch() {
      if (--store_.epochs_ == 0) store_.graves_.clear();
    }

   private:
    MapStore& store_;
  };
  class Reservation {
   public:
    Reservation(size_t size, size_t part) : bytes_(size, '\0'), part_(part) {}
    [[nodiscard]] std::span<char> next() noexcept {
      return std::span<char>(bytes_).subspan(filled_, std::min(part_, bytes_.size() - filled_));
    }
    void advance(size_t n) noexcept { filled_ += n; }

   private:
    friend class MapStore;
    std::string bytes_;
    size_t part_;
    size_t filled_ = 0;
  };

  explicit MapStore(const Clock& clock, MapLimits limits = {}) : clock_(clock), limits_(limits) {}

  // ---- what a test turns
  // The next `writes` writes answer kNoMemory; make_room() answers `room_comes`.
  void refuse(size_t writes, bool room_comes = true) {
    refused_ = writes;
    room_comes_ = room_comes;
  }

  // ---- KeyValueStore
  [[nodiscard]] Epoch enter() noexcept { return Epoch(*this); }
  void foresee(std::string_view) const noexcept {}
  void prepare(std::span<Lookup> batch) noexcept {
    for (Lookup& lookup : batch) lookup.hash = TextHash{}(lookup.key);
  }
  [[nodiscard]] std::optional<ItemView> get(const Lookup& key) noexcept;
  PutStatus put(const Lookup& key, const Value& value, PutMode mode) noexcept {
    if (!allows(mode, find(key.key) != nullptr)) return PutStatus::kNotStored;
    return store(key.key, std::string(value.bytes), value.flags, value.expiry);
  }
  bool erase(const Lookup& key) noexcept {
    if (find(key.key) == nullptr) return false;
    bury(key.key);
    return true;
  }

  // ---- ScannableStore
  // The cursor is the least hash not seen yet.
  template <class Visit>
  [[nodiscard]] uint64_t scan(uint64_t cursor, size_t places, Visit&& visit) noexcept;

  // ---- MemcacheStore
  PutStatus compare_and_put(const Lookup& key, const Value& value, uint64_t cas) noexcept {
    const Item* item = find(key.key);
    if (item == nullptr) return PutStatus::kNotFound;
    if (item->cas != cas) return PutStatus::kExists;
    return store(key.key, std::string(value.bytes), value.flags, value.expiry);
  }
  PutStatus join(const Lookup& key, std::string_view bytes, JoinMode mode) noexcept {
    const Item* old = find(key.key);
    if (old == nullptr) return PutStatus::kNotStored;
    std::string joined = mode == JoinMode::kAppend ? old->bytes + std::string(bytes)
                                                   : std::string(bytes) + old->bytes;
    if (joined.size() > limits_.value) return PutStatus::kNotStored;
    return store(key.key, std::move(joined), old->flags, old->expiry);
  }
  ArithmeticResult arithmetic(const Lookup& key, uint64_t n, ArithmeticMode mode) noexcept;
  bool touch(const Lookup& key, Expiry expiry) noexcept {
    Item* item = find(key.key);
    if (item == nullptr) return false;
    item->expiry = expiry;
    return true;
  }
  bool make_room() noexcept {
    CHECK(epochs_ == 0);
    return room_comes_;
  }
  void flush(Expiry at) noexcept {
    flush_at_ = at;
    flush_if_due();
  }
  [[nodiscard]] size_t value_limit(size_t /*key_size*/) const noexcept { return limits_.value; }

  // ---- LargeValueStore
  [[nodiscard]] bool is_large(size_t /*key_size*/, size_t value_size) const noexcept {
    return value_size >= limits_.large_from;
  }
  [[nodiscard]] std::optional<Reservation> reserve(std::string_view /*key*/, size_t size) noexcept {
    if (refused_ == 0) return Reservation(size, limits_.part);
    --refused_;
    return std::nullopt;
  }
  PutStatus publish(const Lookup& key, Reservation&& value, const Value& meta,
                    PutMode mode) noexcept {
    CHECK(value.next().empty());
    return put(key, {value.bytes_, meta.flags, meta.expiry}, mode);
  }
  PutStatus publish_if(const Lookup& key, Reservation&& value, const Value& meta,
                       uint64_t cas) noexcept {
    CHECK(value.next().empty());
    return compare_and_put(key, {value.bytes_, meta.flags, meta.expiry}, cas);
  }

 private:
  static bool allows(PutMode mode, bool is_live) noexcept {
    return mode == PutMode::kSet || (mode == PutMode::kReplace) == is_live;
  }

  [[nodiscard]] ItemView view(const Item& item) const noexcept {
    return {item, is_large(item.key.size(), item.bytes.size()) ? limits_.part : limits_.value};
  }

  void flush_if_due() noexcept {
    if (flush_at_.at_ms > clock_.now_ms()) return;
    flush_at_ = Expiry{};
    while (!items_.empty()) bury(items_.begin()->first);
  }

  // The live item, or nullptr. What has died is buried on the way.
  Item* find(std::string_view key) noexcept {
    flush_if_due();
    const auto found = items_.find(key);
    if (found == items_.end()) return nullptr;
    if (found->second->expiry.at_ms > clock_.now_ms()) return found->second.get();
    bury(key);
    return nullptr;
  }

  // Out of the map, but not freed: a view of it may be held until the epoch ends.
  void bury(std::string_view key) noexcept {
    const auto found = items_.find(key);
    if (found == items_.end()) return;
    graves_.push_back(std::move(found->second));
    items_.erase(found);
  }

  PutStatus store(std::string_view key, std::string bytes, uint32_t flags, Expiry expiry) noexcept {
    if (bytes.size() > limits_.value) return PutStatus::kTooLarge;
    if (refused_ > 0) {
      --refused_;
      return PutStatus::kNoMemory;
    }
    bury(key);
    items_[std::string(key)] = std::make_unique<Item>(
        Item{std::string(key), std::move(bytes), flags, expiry, ++last_cas_});
    return PutStatus::kStored;
  }

  const Clock& clock_;
  const MapLimits limits_;
  std::unordered_map<std::string, std::unique_ptr<Item>, TextHash, std::equal_to<>> items_;
  std::vector<std::unique_ptr<Item>> graves_;
  Expiry flush_at_;
  uint64_t last_cas_ = 0;
  size_t refused_ = 0;
  bool room_comes_ = true;
  int epochs_ = 0;
};

inline std::optional<MapStore::ItemView> MapStore::get(const Lookup& key) noexcept {
  Item* item = find(key.key);
  if (item == nullptr) return std::nullopt;
  item->fetched = true;
  return view(*item);
}

template <class Visit>
uint64_t MapStore::scan(uint64_t cursor, size_t places, Visit&& visit) noexcept {
  flush_if_due();
  std::map<uint64_t, const Item*> ahead;
  for (const auto& [key, item] : items_) {
    const uint64_t hash = std::hash<std::string_view>{}(key);
    const bool is_live = item->expiry.at_ms > clock_.now_ms();
    if (hash >= cursor && is_live) CHECK(ahead.emplace(hash, item.get()).second);
  }
  for (const auto& [hash, item] : ahead) {
    const ItemState state{item->expiry, item->fetched, item->key.size() + item->bytes.size()};
    if (places-- == 0) return hash;
    if (!visit(view(*item), state)) return hash + 1;
  }
  return 0;
}

inline ArithmeticResult MapStore::arithmetic(const Lookup& key, uint64_t n,
                                             ArithmeticMode mode) noexcept {
  const Item* item = find(key.key);
  if (item == nullptr) return {ArithmeticStatus::kNotFound};
  std::string_view digits = item->bytes;
  while (digits.ends_with(' ')) digits.remove_suffix(1);
  const auto old = digits.empty() ? std::optional<uint64_t>(0) : parse_u64(digits);
  if (!old || digits.size() > kMaxDecimal) return {ArithmeticStatus::kNotNumber};
  const uint64_t number = mode == ArithmeticMode::kIncrement ? *old + n : *old - std::min(*old, n);
  if (store(key.key, std::to_string(number), item->flags, item->expiry) != PutStatus::kStored) {
    return {ArithmeticStatus::kNoMemory};
  }
  return {ArithmeticStatus::kDone, number};
}

static_assert(MemcacheStore<MapStore>);
static_assert(ScannableStore<MapStore>);
static_assert(LargeValueStore<MapStore>);

}  // namespace pelikan::test
