// What MapStore keeps, hands out and receives.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "storage/store.h"

namespace pelikan::test {

struct MapLimits {
  size_t value = kMiB;            // the largest value
  size_t large_from = 64 * kKiB;  // values from here on are received into reservations
  uint64_t memory = 64 * kMiB;    // limit_memory() takes no more
  size_t part = 16 * kKiB;  // large values are handed out, and received, in parts of this size
};

struct MapItem {
  std::string key;
  std::string bytes;
  uint32_t flags = 0;
  Expiry expiry{};
  uint64_t cas = 0;
  bool binary_key = false;
  bool stale = false;
  bool has_winner = false;
  bool found = false;
  unsigned hits = 0;
  int64_t last_access_ms = 0;
};

class MapItemView {
 public:
  MapItemView(const MapItem& item, size_t part) noexcept
      : item_(&item), part_(part), found_(item.found), has_winner_(item.has_winner) {}
  [[nodiscard]] std::string_view key() const noexcept { return item_->key; }
  [[nodiscard]] uint32_t flags() const noexcept { return item_->flags; }
  [[nodiscard]] uint64_t cas() const noexcept { return item_->cas; }
  [[nodiscard]] size_t value_size() const noexcept { return item_->bytes.size(); }
  [[nodiscard]] std::string_view value_part(size_t offset) const noexcept {
    return std::string_view(item_->bytes).substr(offset, part_);
  }
  [[nodiscard]] bool was_found() const noexcept { return found_; }
  [[nodiscard]] unsigned frequency() const noexcept { return item_->hits; }
  [[nodiscard]] bool is_stale() const noexcept { return item_->stale; }
  [[nodiscard]] bool has_winner() const noexcept { return has_winner_; }
  [[nodiscard]] bool has_binary_key() const noexcept { return item_->binary_key; }
  [[nodiscard]] size_t memory_bytes() const noexcept {
    return sizeof(MapItem) + item_->key.size() + item_->bytes.size();
  }

 private:
  friend class MapStore;
  const MapItem* item_;
  size_t part_;
  bool found_;
  bool has_winner_;
};

class MapReservation {
 public:
  MapReservation(size_t size, size_t part) : bytes_(size, '\0'), part_(part) {}
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

}  // namespace pelikan::test
