#include "storage/seg/large_value.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/assertion.h"
#include "storage/seg/segment_heap.h"

namespace pelikan {
namespace {

uint32_t read_size(const char* at) noexcept {
  uint32_t word;
  std::memcpy(&word, at, sizeof word);
  return word;
}

}  // namespace

LargeLayout LargeLayout::plan(size_t key_bytes, size_t value_bytes, size_t segment_bytes) noexcept {
  LargeLayout layout{key_bytes, value_bytes, segment_bytes, 0};
  layout.bodies = (layout.value_offset() + value_bytes - 1) / segment_bytes;
  // Each body takes room for its id as well.
  while (layout.value_offset() + value_bytes > (layout.bodies + 1) * segment_bytes) {
    ++layout.bodies;
  }
  return layout;
}

size_t LargeLayout::size_offset() const noexcept { return kItemOverhead + align_item(key_bytes); }
size_t LargeLayout::check_offset() const noexcept { return size_offset() + kCheckBytes; }
size_t LargeLayout::ids_offset() const noexcept { return check_offset() + kCheckBytes; }
size_t LargeLayout::value_offset() const noexcept {
  return ids_offset() + align_item(bodies * sizeof(SegmentId));
}

LargeLayout::Part LargeLayout::part(size_t offset) const noexcept {
  const size_t in_item = value_offset() + offset;
  const size_t segment = in_item / segment_bytes;
  const size_t in_segment = in_item % segment_bytes;
  return {segment, in_segment, std::min(segment_bytes - in_segment, value_bytes - offset)};
}

size_t LargeLayout::used(size_t segment) const noexcept {
  return std::min(segment_bytes, value_offset() + value_bytes - segment * segment_bytes);
}

LargeLayout large_layout(const ItemRef& item, size_t segment_bytes) noexcept {
  LargeLayout layout{item.key_bytes(), 0, segment_bytes, 0};
  layout.value_bytes = read_size(item.data() + layout.size_offset());
  return LargeLayout::plan(layout.key_bytes, layout.value_bytes, segment_bytes);
}

std::span<const SegmentId> large_bodies(const char* head, size_t segment_bytes) noexcept {
  const LargeLayout layout = large_layout(ItemRef(head), segment_bytes);
  return {reinterpret_cast<const SegmentId*>(head + layout.ids_offset()), layout.bodies};
}

std::string_view large_value_part(const SegmentHeap& heap, const ItemRef& item,
                                  size_t offset) noexcept {
  const LargeLayout layout = large_layout(item, heap.segment_bytes());
  const LargeLayout::Part part = layout.part(offset);
  if (part.segment == 0) return {item.data() + part.offset, part.bytes};
  const SegmentId id = large_bodies(item.data(), heap.segment_bytes())[part.segment - 1];
  return {heap.at(id) + part.offset, part.bytes};
}

// The head says from the start what it is and which bodies it has: giving it back reads that.
std::optional<LargeReservation> LargeReservation::take(SegmentHeap& heap, std::string_view key,
                                                       const LargeLayout& layout) noexcept {
  const std::optional<SegmentId> head = heap.take_large(layout);
  if (!head) return std::nullopt;
  const ItemShape shape{.key_bytes = key.size(), .traits = kCasBit | ext_type(ItemType::kLarge)};
  write_item(heap.at(*head), shape, kNoExpiry, key);
  return LargeReservation(heap, *head, layout);
}

LargeReservation::LargeReservation(LargeReservation&& other) noexcept
    : heap_(std::exchange(other.heap_, nullptr)),
      head_(other.head_),
      layout_(other.layout_),
      written_(other.written_) {}

LargeReservation& LargeReservation::operator=(LargeReservation&& other) noexcept {
  std::swap(heap_, other.heap_);
  std::swap(head_, other.head_);
  std::swap(layout_, other.layout_);
  std::swap(written_, other.written_);
  return *this;
}

LargeReservation::~LargeReservation() {
  if (heap_ != nullptr) heap_->give_back_large(head_);
}

std::span<char> LargeReservation::next() noexcept {
  if (written_ == layout_.value_bytes) return {};
  const LargeLayout::Part part = layout_.part(written_);
  char* head = heap_->at(head_);
  if (part.segment == 0) return {head + part.offset, part.bytes};
  SegmentId id;
  std::memcpy(&id, head + layout_.ids_offset() + (part.segment - 1) * sizeof id, sizeof id);
  return {heap_->at(id) + part.offset, part.bytes};
}

void LargeReservation::advance(size_t bytes) noexcept {
  DCHECK(bytes <= next().size());
  written_ += bytes;
}

void LargeReservation::append(std::string_view bytes) noexcept {
  while (!bytes.empty()) {
    const std::span<char> room = next();
    const size_t fits = std::min(room.size(), bytes.size());
    std::memcpy(room.data(), bytes.data(), fits);
    advance(fits);
    bytes.remove_prefix(fits);
  }
}

SegmentId LargeReservation::release() noexcept {
  DCHECK(next().empty());
  heap_ = nullptr;
  return head_;
}

}  // namespace pelikan
