#include "storage/seg/item_check.h"

#include <algorithm>
#include <cstring>
#include <string_view>

#include "base/crc32c.h"
#include "storage/seg/large_value.h"
#include "storage/seg/segment_heap.h"

namespace pelikan {
namespace {

constexpr uint64_t kValueBytesMask = uint64_t{kMaxInlineValue} << 40;
constexpr uint64_t kKeyBytesMask = uint64_t{0xff} << 32;  // with an ext, part of the expiry

uint32_t add(std::string_view bytes, uint32_t before) noexcept {
  return crc32c(std::as_bytes(std::span(bytes)), before);
}

uint32_t add(uint64_t word, uint32_t before) noexcept {
  return crc32c(std::as_bytes(std::span(&word, 1)), before);
}

// Of the header and of all behind it, up to `end`.
uint32_t checksum(const ItemRef& item, size_t end) noexcept {
  const uint64_t lasting = kExtBit | kValueBytesMask | (item.has_ext() ? 0 : kKeyBytesMask);
  const uint64_t header = item.header() & lasting;
  return add({item.data() + kItemWord, end - kItemWord}, add(header, 0));
}

uint32_t large_checksum(const SegmentHeap& heap, const ItemRef& item) noexcept {
  const LargeLayout layout = large_layout(item, heap.segment_bytes());
  uint32_t sum = checksum(item, kItemOverhead + layout.key_bytes);
  sum = add(layout.value_bytes, sum);
  const auto bodies = large_bodies(item.data(), heap.segment_bytes());
  sum = crc32c(std::as_bytes(bodies), sum);
  for (size_t at = 0; at < layout.value_bytes;) {
    const std::string_view part = large_value_part(heap, item, at);
    sum = add(part, sum);
    at += part.size();
  }
  return sum;
}

uint32_t read_check(const char* at) noexcept {
  uint32_t check;
  std::memcpy(&check, at, sizeof check);
  return check;
}

}  // namespace

void write_check(const SegmentHeap& heap, char* item) noexcept {
  const ItemRef written(item);
  if (written.is_large()) {
    const uint32_t sum = large_checksum(heap, written);
    std::memcpy(item + large_layout(written, heap.segment_bytes()).check_offset(), &sum,
                sizeof sum);
    return;
  }
  const size_t end = written.value_end();
  const uint32_t sum = checksum(written, end);
  std::memcpy(item + end, &sum, sizeof sum);
}

std::optional<size_t> bounded_item(const char* at, size_t room) noexcept {
  const ItemRef item(at);
  const ItemType type = item.type();
  if (type != ItemType::kString && type != ItemType::kDead) return std::nullopt;
  const size_t bytes = item.item_bytes(kCheckBytes);
  if (bytes < kMinItemBytes || bytes > room || bytes % kItemAlign != 0) return std::nullopt;
  return bytes;
}

bool is_intact(const SegmentHeap& heap, Location location) noexcept {
  const Segment& segment = heap[location.segment()];
  const char* at = heap.at(location);
  if (segment.segment_class == SegmentClass::kLargeHead) {
    if (location.offset_bytes() != 0) return false;
    const size_t offset = large_layout(ItemRef(at), heap.segment_bytes()).check_offset();
    return read_check(at + offset) == large_checksum(heap, ItemRef(at));
  }
  const size_t end = segment.end();
  if (location.offset_bytes() + kMinItemBytes > end) return false;
  if (!bounded_item(at, end - location.offset_bytes())) return false;
  const ItemRef item(at);
  return item.type() == ItemType::kString &&
         read_check(at + item.value_end()) == checksum(item, item.value_end());
}

bool has_bodies(const SegmentHeap& heap, SegmentId head,
                std::span<const SegmentId> bodies) noexcept {
  const size_t segment_bytes = heap.segment_bytes();
  const ItemRef item(heap.at(head));
  if (!item.is_large() || !item.has_cas()) return false;
  const LargeLayout empty{item.key_bytes(), 0, segment_bytes, 0};
  if (empty.value_offset() > segment_bytes) return false;
  const LargeLayout layout = large_layout(item, segment_bytes);
  if (layout.bodies != bodies.size() || layout.value_offset() > segment_bytes) return false;
  for (size_t i = 0; i <= bodies.size(); ++i) {
    const SegmentId id = i == 0 ? head : bodies[i - 1];
    if (heap[id].end() != layout.used(i)) return false;
  }
  return std::ranges::equal(large_bodies(heap.at(head), segment_bytes), bodies);
}

}  // namespace pelikan
