// MapShelf: MapStore's items under their keys. What is taken from it is freed when nobody can hold
// a view of it any more.
//
// Thread safety: none.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/assertion.h"
#include "base/clock.h"
#include "storage/map_item.h"
#include "storage/store.h"

namespace pelikan::test {

// Hashes texts, so that a view finds a string in a map without a copy.
struct TextHash {
  using is_transparent = void;
  size_t operator()(std::string_view text) const noexcept {
    return std::hash<std::string_view>{}(text);
  }
};

class MapShelf {
 public:
  explicit MapShelf(const Clock& clock) : clock_(clock) {}

  void enter() noexcept { ++epochs_; }
  void leave() noexcept {
    if (--epochs_ == 0) graves_.clear();
  }
  [[nodiscard]] bool is_in_epoch() const noexcept { return epochs_ != 0; }

  // The live item, or nullptr. What has died is buried on the way.
  [[nodiscard]] MapItem* find(std::string_view key) noexcept {
    flush_if_due();
    const auto found = items_.find(key);
    if (found == items_.end()) return nullptr;
    if (found->second->expiry.at_ms > clock_.now_ms()) return found->second.get();
    bury(key);
    return nullptr;
  }

  // Takes the place of what is there.
  void put(MapItem item) noexcept {
    bury(item.key);
    std::string key = item.key;
    items_[std::move(key)] = std::make_unique<MapItem>(std::move(item));
  }

  // Out of the map, but not freed: a view of it may be held until the epoch ends.
  void bury(std::string_view key) noexcept {
    const auto found = items_.find(key);
    if (found == items_.end()) return;
    graves_.push_back(std::move(found->second));
    items_.erase(found);
  }

  void flush(Expiry at) noexcept {
    flush_at_ = at;
    flush_if_due();
  }

  [[nodiscard]] StoreSize size() const noexcept {
    StoreSize size;
    for (const auto& [key, item] : items_) {
      if (item->expiry.at_ms <= clock_.now_ms()) continue;
      ++size.items;
      if (item->expiry.at_ms != Expiry::kNever) ++size.expiring;
    }
    return size;
  }

  // The live items whose keys hash to `least` or more, by hash.
  [[nodiscard]] std::map<uint64_t, const MapItem*> from(uint64_t least) noexcept {
    flush_if_due();
    std::map<uint64_t, const MapItem*> found;
    for (const auto& [key, item] : items_) {
      const uint64_t hash = TextHash{}(key);
      const bool is_live = item->expiry.at_ms > clock_.now_ms();
      if (hash >= least && is_live) CHECK(found.emplace(hash, item.get()).second);
    }
    return found;
  }

 private:
  void flush_if_due() noexcept {
    if (flush_at_.at_ms > clock_.now_ms()) return;
    flush_at_ = Expiry{};
    while (!items_.empty()) bury(items_.begin()->first);
  }

  const Clock& clock_;
  std::unordered_map<std::string, std::unique_ptr<MapItem>, TextHash, std::equal_to<>> items_;
  std::vector<std::unique_ptr<MapItem>> graves_;
  Expiry flush_at_;
  int epochs_ = 0;
};

class MapEpoch {
 public:
  explicit MapEpoch(MapShelf& shelf) noexcept : shelf_(shelf) { shelf_.enter(); }
  MapEpoch(const MapEpoch&) = delete;
  MapEpoch& operator=(const MapEpoch&) = delete;
  ~MapEpoch() { shelf_.leave(); }

 private:
  MapShelf& shelf_;
};

}  // namespace pelikan::test
