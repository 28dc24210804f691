// A hash table slot: one 8-byte word that says where an item lies.
//
//   tag 16 | freq 2 | kind 2 | segment 24 | offset 20        (bit 63 .. bit 0; all zero = empty)
//
// The kind tells a live item with tag 0 in segment 0 at offset 0 from an empty slot. Kind 2 is
// reserved for ghosts (keys that were evicted). Kind 3 is an item that came with a pool and was not
// checked yet: no look-up for live ones matches it, so none has to ask (kept_items.h).
#pragma once

#include <cstddef>
#include <cstdint>

namespace pelikan {

using SegmentId = uint32_t;
inline constexpr SegmentId kNoSegment = UINT32_MAX;

inline constexpr unsigned kOffsetBits = 20;
inline constexpr unsigned kSegmentBits = 24;
inline constexpr size_t kMaxSegments = size_t{1} << kSegmentBits;
// Items begin at multiples of this; offsets are counted in it.
inline constexpr size_t kItemAlign = 8;
inline constexpr size_t kMaxSegmentBytes = kItemAlign << kOffsetBits;

// Where an item lies: segment 24 | offset 20, in units of kItemAlign.
class Location {
 public:
  constexpr Location() noexcept = default;
  explicit constexpr Location(uint64_t bits) noexcept : bits_(bits) {}
  constexpr Location(SegmentId segment, size_t offset_bytes) noexcept
      : bits_(uint64_t{segment} << kOffsetBits | offset_bytes / kItemAlign) {}

  [[nodiscard]] constexpr uint64_t bits() const noexcept { return bits_; }
  [[nodiscard]] constexpr SegmentId segment() const noexcept {
    return static_cast<SegmentId>(bits_ >> kOffsetBits);
  }
  [[nodiscard]] constexpr size_t offset_bytes() const noexcept {
    return offset_units() * kItemAlign;
  }
  [[nodiscard]] constexpr uint64_t offset_units() const noexcept {
    return bits_ & ((uint64_t{1} << kOffsetBits) - 1);
  }
  friend constexpr bool operator==(Location, Location) noexcept = default;

 private:
  uint64_t bits_ = 0;
};

// The values of a slot.
namespace slot {

inline constexpr uint64_t kEmpty = 0;
inline constexpr unsigned kKindShift = kSegmentBits + kOffsetBits;
inline constexpr unsigned kFreqShift = kKindShift + 2;
inline constexpr unsigned kTagShift = kFreqShift + 2;
inline constexpr uint64_t kLive = uint64_t{1} << kKindShift;
inline constexpr uint64_t kKindMask = uint64_t{3} << kKindShift;
inline constexpr uint64_t kKept = uint64_t{3} << kKindShift;
inline constexpr uint64_t kFreqUnit = uint64_t{1} << kFreqShift;
inline constexpr uint64_t kFreqMask = 3 * kFreqUnit;
inline constexpr uint64_t kTagAndKindMask = (uint64_t{0xffff} << kTagShift) | kKindMask;
inline constexpr uint64_t kLocationMask = (uint64_t{1} << kKindShift) - 1;

// The bits a live slot of this tag has under kTagAndKindMask.
[[nodiscard]] constexpr uint64_t live_pattern(uint16_t tag) noexcept {
  return uint64_t{tag} << kTagShift | kLive;
}
[[nodiscard]] constexpr bool is_live(uint64_t value) noexcept {
  return (value & kKindMask) == kLive;
}
[[nodiscard]] constexpr bool is_kept(uint64_t value) noexcept {
  return (value & kKindMask) == kKept;
}
// The same item, of another kind.
[[nodiscard]] constexpr uint64_t with_kind(uint64_t value, uint64_t kind) noexcept {
  return (value & ~kKindMask) | kind;
}
[[nodiscard]] constexpr Location location(uint64_t value) noexcept {
  return Location(value & kLocationMask);
}
// How often the item was found since it was written: 0..3, saturating.
[[nodiscard]] constexpr unsigned freq(uint64_t value) noexcept {
  return static_cast<unsigned>((value & kFreqMask) >> kFreqShift);
}
// Readers count freq up at any moment, so two values of a slot are compared without it.
[[nodiscard]] constexpr bool same_item(uint64_t a, uint64_t b) noexcept {
  return ((a ^ b) & ~kFreqMask) == 0;
}

}  // namespace slot
}  // namespace pelikan
