#include "storage/seg/item_view.h"

#include "storage/seg/item_lookup.h"
#include "storage/seg/large_value.h"

namespace pelikan {

uint64_t ItemView::cas() const noexcept {
  return token_of(*heap_, slot::location(slot_value_), item_);
}

size_t ItemView::large_size() const noexcept {
  return large_layout(item_, heap_->segment_bytes()).value_bytes;
}

size_t ItemView::inline_bytes() const noexcept { return item_.item_bytes(heap_->check_bytes()); }

size_t ItemView::large_bytes() const noexcept {
  return large_layout(item_, heap_->segment_bytes()).bytes();
}

std::string_view ItemView::large_part(size_t offset) const noexcept {
  return large_value_part(*heap_, item_, offset);
}

}  // namespace pelikan
