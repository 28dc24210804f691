// ItemView: an item as a reader sees it. Valid until the reader's epoch ends.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "storage/seg/item.h"
#include "storage/seg/slot.h"

namespace pelikan {

class SegmentHeap;

class ItemView {
 public:
  // `slot_value` is what led to the item.
  ItemView(const SegmentHeap& heap, uint64_t slot_value, ItemRef item) noexcept
      : heap_(&heap), slot_value_(slot_value), item_(item) {}

  [[nodiscard]] std::string_view key() const noexcept { return item_.key(); }
  [[nodiscard]] uint32_t flags() const noexcept { return item_.flags(); }
  // Unlike that of any other write; tokens of one key only grow while it is not deleted or evicted.
  [[nodiscard]] uint64_t cas() const noexcept;
  [[nodiscard]] size_t value_size() const noexcept {
    return item_.is_large() ? large_size() : item_.inline_value().size();
  }
  // Contiguous value bytes from `offset` on: the rest of an inline value, or of one segment's part
  // of a large one. REQUIRES: offset < value_size()
  [[nodiscard]] std::string_view value_part(size_t offset) const noexcept {
    return item_.is_large() ? large_part(offset) : item_.inline_value().substr(offset);
  }

  // What it holds in place of a value; null: it has a value. Valid as long as the view.
  [[nodiscard]] Handled* handled() const noexcept {
    return item_.is_handle() ? &item_.handled() : nullptr;
  }

  // As they were when it was looked up.
  [[nodiscard]] bool was_found() const noexcept { return item_.was_found(slot::freq(slot_value_)); }
  // 0 to 3. It outlives a value that is replaced, and begins anew when the item is moved.
  [[nodiscard]] unsigned frequency() const noexcept { return slot::freq(slot_value_); }
  [[nodiscard]] bool is_stale() const noexcept { return item_.is_stale(); }
  [[nodiscard]] bool has_winner() const noexcept { return item_.has_winner(); }
  [[nodiscard]] bool has_binary_key() const noexcept { return item_.has_binary_key(); }
  [[nodiscard]] uint64_t exact_expiry() const noexcept { return item_.exact_expiry(); }
  // From the header to the last byte of the value, or of the checksum behind it.
  [[nodiscard]] size_t memory_bytes() const noexcept {
    return item_.is_large() ? large_bytes() : inline_bytes();
  }

 private:
  [[nodiscard]] size_t inline_bytes() const noexcept;
  [[nodiscard]] size_t large_bytes() const noexcept;
  [[nodiscard]] size_t large_size() const noexcept;
  [[nodiscard]] std::string_view large_part(size_t offset) const noexcept;

  const SegmentHeap* heap_;
  uint64_t slot_value_;
  ItemRef item_;
};

}  // namespace pelikan
