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
  ItemView(const SegmentHeap& heap, Location location, ItemRef item) noexcept
      : heap_(&heap), location_(location), item_(item) {}

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

 private:
  [[nodiscard]] size_t large_size() const noexcept;
  [[nodiscard]] std::string_view large_part(size_t offset) const noexcept;

  const SegmentHeap* heap_;
  Location location_;
  ItemRef item_;
};

}  // namespace pelikan
