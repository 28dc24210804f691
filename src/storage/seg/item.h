// Items in their segments: read by ItemRef, written before they are published by the functions
// below it. item_layout.h says where what lies.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "base/copy.h"
#include "storage/seg/item_layout.h"
#include "storage/seg/ttl.h"
#include "storage/seg/word.h"

namespace pelikan {

class Handled;

// A written item. Cheap to copy. REQUIRES: its memory is not reused meanwhile (an epoch, or the
// only thread that drains its segment)
class ItemRef {
 public:
  ItemRef() noexcept = default;
  // relaxed: the item was published by a slot's release store; what changes later is the header
  // word alone.
  explicit ItemRef(const char* at) noexcept
      : at_(at),
        header_(load_word(*reinterpret_cast<const uint64_t*>(at), std::memory_order_relaxed)) {}

  [[nodiscard]] uint64_t header() const noexcept { return header_; }
  [[nodiscard]] uint32_t expiry() const noexcept { return tick_of(header_); }
  [[nodiscard]] uint64_t exact_expiry() const noexcept {
    return header_ & (has_ext() ? kExactExpiryMask : UINT32_MAX);
  }
  [[nodiscard]] bool has_ext() const noexcept { return (header_ & kExtBit) != 0; }
  [[nodiscard]] uint32_t flags() const noexcept {
    return has_ext() ? static_cast<uint32_t>(ext()) : 0;
  }
  [[nodiscard]] ItemType type() const noexcept {
    return has_ext() ? static_cast<ItemType>(ext() >> kTypeShift & 0xf) : ItemType::kString;
  }
  [[nodiscard]] bool is_large() const noexcept { return type() == ItemType::kLarge; }
  [[nodiscard]] bool is_handle() const noexcept { return type() == ItemType::kHandle; }
  // REQUIRES: is_handle()
  [[nodiscard]] Handled& handled() const noexcept {
    Handled* handled = nullptr;
    std::memcpy(&handled, inline_value().data(), sizeof handled);
    return *handled;
  }
  [[nodiscard]] bool has_cas() const noexcept { return has_ext() && (ext() & kCasBit) != 0; }
  [[nodiscard]] bool has_binary_key() const noexcept {
    return has_ext() && (ext() & kBinaryKeyBit) != 0;
  }
  [[nodiscard]] bool is_exact() const noexcept { return has_ext() && (ext() & kExactBit) != 0; }
  [[nodiscard]] bool is_stale() const noexcept { return has_ext() && (ext() & kStaleBit) != 0; }
  [[nodiscard]] bool has_winner() const noexcept { return (header_ & kWinnerBit) != 0; }
  [[nodiscard]] bool freq_lies() const noexcept { return (header_ & kFreqLiesBit) != 0; }
  // `freq` is that of its slot.
  [[nodiscard]] bool was_found(unsigned freq) const noexcept { return (freq != 0) != freq_lies(); }
  // REQUIRES: has_cas()
  [[nodiscard]] uint64_t cas() const noexcept { return word_at(2 * kItemWord); }

  [[nodiscard]] std::string_view key() const noexcept { return {at_ + key_offset(), key_bytes()}; }
  [[nodiscard]] size_t key_bytes() const noexcept {
    return has_ext() ? ext() >> kKeyShift & 0xffff : header_ >> 32 & 0xff;
  }
  // Where the key is if it has so many bytes and the item has no ext, else null: key() at half the
  // cost for the items that are most.
  [[nodiscard]] const char* bare_key(size_t bytes) const noexcept {
    constexpr uint64_t kMask = kExtBit | uint64_t{0xff} << 32;
    return (header_ & kMask) == uint64_t{bytes} << 32 ? at_ + kItemWord : nullptr;
  }
  // REQUIRES: not large
  [[nodiscard]] std::string_view inline_value() const noexcept {
    return {at_ + key_offset() + key_bytes(), header_ >> 40 & 0xfffff};
  }
  // The layout it was written with.
  [[nodiscard]] ItemShape shape() const noexcept {
    const uint64_t traits = has_ext() ? ext() & ~kKeyMask : 0;
    return {key_bytes(), header_ >> 40 & 0xfffff, traits};
  }
  // Of these what stays when its value changes.
  [[nodiscard]] uint64_t lasting_traits() const noexcept {
    return has_ext() ? ext() & (UINT32_MAX | kBinaryKeyBit | kExactBit) : 0;
  }
  // Where the value ends, from the item's start. REQUIRES: not large
  [[nodiscard]] size_t value_end() const noexcept {
    return key_offset() + key_bytes() + (header_ >> 40 & 0xfffff);
  }
  // Bytes in its segment; check_bytes as ItemShape's. REQUIRES: not large
  [[nodiscard]] size_t item_bytes(size_t check_bytes) const noexcept {
    if (type() == ItemType::kDead) return flags();
    return align_item(value_end() + check_bytes);
  }
  [[nodiscard]] const char* data() const noexcept { return at_; }

 private:
  [[nodiscard]] uint64_t word_at(size_t offset) const noexcept {
    uint64_t word;
    std::memcpy(&word, at_ + offset, sizeof word);
    return word;
  }
  [[nodiscard]] uint64_t ext() const noexcept { return word_at(kItemWord); }
  [[nodiscard]] size_t key_offset() const noexcept {
    if (!has_ext()) return kItemWord;
    return 2 * kItemWord + (has_cas() ? kItemWord : 0);
  }

  const char* at_ = nullptr;
  uint64_t header_ = 0;
};

// It expires, maybe to the ms: such items are counted.
[[nodiscard]] inline bool has_exact_end(const ItemRef& item) noexcept {
  return item.is_exact() && item.expiry() != kNoExpiry;
}

// Writing, before the item is published; `at` is the start of the reservation.

// REQUIRES: an exact expiry only for an item with ext
[[nodiscard]] constexpr uint64_t with_expiry(uint64_t header, uint64_t expiry) noexcept {
  const uint64_t mask = (header & kExtBit) != 0 ? kExactExpiryMask : UINT32_MAX;
  return (header & ~mask) | expiry;
}

inline void write_header(char* at, uint64_t header) noexcept {
  store_word(*reinterpret_cast<uint64_t*>(at), header, std::memory_order_relaxed);
}

// Of an unpublished item.
inline void mark_header(char* at, uint64_t bits) noexcept {
  write_header(at, load_word(*reinterpret_cast<uint64_t*>(at), std::memory_order_relaxed) | bits);
}

inline void flip_header(char* at, uint64_t bits) noexcept {
  write_header(at, load_word(*reinterpret_cast<uint64_t*>(at), std::memory_order_relaxed) ^ bits);
}

// REQUIRES: an unpublished item with an ext
inline void write_stale(char* at, bool is_stale) noexcept {
  uint64_t ext;
  std::memcpy(&ext, at + kItemWord, sizeof ext);
  ext = (ext & ~kStaleBit) | uint64_t{is_stale} * kStaleBit;
  std::memcpy(at + kItemWord, &ext, sizeof ext);
}

// Rewrites a published item's header under the bucket lock; change(header) may be asked again, for
// a reader may have cleared kFreqLiesBit.
template <class Change>
void change_header(char* at, Change&& change) noexcept {
  uint64_t& word = *reinterpret_cast<uint64_t*>(at);
  uint64_t header;
  do {
    header = load_word(word, std::memory_order_relaxed);
  } while (!exchange_word_if(word, header, change(header), std::memory_order_relaxed));
}

// Header, ext and key. The explicit cas token, if the shape has one, follows by write_cas().
// Returns where the value goes. REQUIRES: as with_expiry()
inline char* write_item(char* at, const ItemShape& shape, uint64_t expiry,
                        std::string_view key) noexcept {
  if (shape.has_ext()) {
    write_header(at, shape.header(expiry));
    const uint64_t ext = shape.ext();
    std::memcpy(at + kItemWord, &ext, sizeof ext);
  } else {
    write_header(at, shape.bare_header(tick_of(expiry)));
  }
  return copy_exact(at + shape.key_offset(), key);
}

// REQUIRES: the item's shape has_cas()
inline void write_cas(char* at, uint64_t token) noexcept {
  std::memcpy(at + 2 * kItemWord, &token, sizeof token);
}

// Closes a reservation that will not become an item. REQUIRES: bytes >= kMinItemBytes
inline void write_dead(char* at, size_t bytes) noexcept {
  const ItemShape shape{.traits = static_cast<uint32_t>(bytes) | ext_type(ItemType::kDead)};
  write_item(at, shape, 0, "");
}

}  // namespace pelikan
