// An item in a segment, 8-byte aligned:
//
//   header 8 B: winner 1 | freq lies 1 | number 1 | ext 1 | value bytes 20 | key 8 | expiry 32
//               key: its bytes; of an item with ext: how many ms before its tick it expires
//   ext 8 B:    spare 6 | cas 1 | binary 1 | exact 1 | stale 1 | type 4 | key bytes 16 |
//               spare 2 | client flags 32
//   then: [ext] [explicit cas token 8 B] key value [checksum 4 B]
//
// ext is there only when it is needed: an item of memcached's without flags has 8 bytes of header.
// A published item never changes, but for its header word: expiry and winner are rewritten under
// the bucket lock, and "freq lies" is cleared by a reader, all of them atomically; whoever reads
// the word reads it once. That is why an exact expiry lies in it whole.
//
// freq lies: whether the item was found since it was written is told by the freq of its slot, 0 or
// more. That outlives a value that is replaced, and begins anew when an item is moved: then this
// bit says that freq tells the contrary, until a reader counts it up and clears the bit.
//
// Unused so far and kept for what it is named after: number. exact: the item's expiry may be set to
// the ms, the one reason for an ext that none of its other fields tells.
//
// The checksum is there in all items of a store whose heap outlives the process, and in none of
// others: item_check.h.
//
// expiry is in ticks of the engine (ttl.h), 0 = never.
// A dead item is a reservation that was given up: no key, its ext's flags are its bytes in all.
// A large item's value goes on in other segments: large_value.h.
#pragma once

#include <cstddef>
#include <cstdint>

#include "storage/seg/slot.h"

namespace pelikan {

// Counts up when items lie in another way, or a snapshot (snapshot.h) is written in another.
inline constexpr uint32_t kItemLayout = 1;

// kHandle: in place of a value the address of an object, see handles.h.
enum class ItemType : uint8_t { kString = 0, kLarge = 1, kDead = 2, kHandle = 3 };

inline constexpr size_t kItemWord = 8;  // bytes of a header, an ext, a cas token
inline constexpr size_t kMinItemBytes = 2 * kItemWord;
inline constexpr size_t kItemOverhead = 3 * kItemWord;  // at most, beside key and value
inline constexpr size_t kCheckBytes = 4;                // behind a value, where items have it
inline constexpr size_t kMaxInlineValue = (size_t{1} << 20) - 1;
inline constexpr size_t kMaxKeyBytes = 65535;

inline constexpr uint64_t kWinnerBit = uint64_t{1} << 63;
inline constexpr uint64_t kFreqLiesBit = uint64_t{1} << 62;
inline constexpr uint64_t kExtBit = uint64_t{1} << 60;
// Of the ext.
inline constexpr unsigned kKeyShift = 34;
inline constexpr uint64_t kKeyMask = uint64_t{0xffff} << kKeyShift;
inline constexpr unsigned kTypeShift = 50;
inline constexpr uint64_t kTypeMask = uint64_t{0xf} << kTypeShift;
inline constexpr uint64_t kStaleBit = uint64_t{1} << 54;
inline constexpr uint64_t kExactBit = uint64_t{1} << 55;
inline constexpr uint64_t kBinaryKeyBit = uint64_t{1} << 56;
inline constexpr uint64_t kCasBit = uint64_t{1} << 57;

[[nodiscard]] constexpr uint64_t ext_type(ItemType type) noexcept {
  return uint64_t{static_cast<uint8_t>(type)} << kTypeShift;
}

[[nodiscard]] constexpr size_t align_item(size_t bytes) noexcept {
  return (bytes + kItemAlign - 1) & ~(kItemAlign - 1);
}

// What decides an item's layout. REQUIRES: a value of at most kMaxInlineValue bytes
struct ItemShape {
  size_t key_bytes = 0;
  size_t value_bytes = 0;
  // The ext's fields but those of the key: flags and the bits above; one word, for a shape is
  // copied on the way of every write. kCasBit: there is room for a token; kStaleBit: the item is
  // stale, or there is room to say so; kExactBit: there is room for an exact expiry.
  uint64_t traits = 0;

  [[nodiscard]] constexpr bool has_cas() const noexcept { return (traits & kCasBit) != 0; }
  [[nodiscard]] constexpr bool is_large() const noexcept {
    return (traits & kTypeMask) == ext_type(ItemType::kLarge);
  }
  [[nodiscard]] constexpr bool is_exact() const noexcept { return (traits & kExactBit) != 0; }
  [[nodiscard]] constexpr bool has_ext() const noexcept { return (traits | key_bytes >> 8) != 0; }
  [[nodiscard]] constexpr size_t key_offset() const noexcept {
    return kItemWord + (has_ext() ? kItemWord : 0) + (has_cas() ? kItemWord : 0);
  }
  // check_bytes: kCheckBytes, or 0 in a store that has none.
  [[nodiscard]] constexpr size_t item_bytes(size_t check_bytes) const noexcept {
    return align_item(key_offset() + key_bytes + value_bytes + check_bytes);
  }
  // Of an item without ext, and with one.
  [[nodiscard]] constexpr uint64_t bare_header(uint32_t expiry) const noexcept {
    return expiry | uint64_t{key_bytes} << 32 | uint64_t{value_bytes} << 40;
  }
  [[nodiscard]] constexpr uint64_t header(uint64_t expiry) const noexcept {
    return expiry | uint64_t{value_bytes} << 40 | kExtBit;
  }
  [[nodiscard]] constexpr uint64_t ext() const noexcept {
    return traits | uint64_t{key_bytes} << kKeyShift;
  }
};

}  // namespace pelikan
