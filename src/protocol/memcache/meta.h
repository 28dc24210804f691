// The flags of a meta command, decoded. Source: memcached's doc/protocol.txt, "Meta Commands".
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "protocol/memcache/request.h"
#include "protocol/memcache/scan.h"

namespace pelikan::memcache {

inline constexpr size_t kMaxMetaFlags = 20;
inline constexpr size_t kMaxOpaque = 31;  // bytes behind the letter

// M of ms, and of ma.
enum class MetaMode : uint8_t { kSet, kAdd, kReplace, kAppend, kPrepend, kIncrement, kDecrement };

// What a line asks for. A field means something only when its letter is there; so that a line with
// few flags costs little, the others are not even cleared.
struct MetaFlags {
  // A set of letters, all of which lie in one block of 64 characters.
  uint64_t letters = 0;
  std::array<char, kMaxMetaFlags> order;  // as the client wrote them
  uint8_t count = 0;
  MetaMode mode = MetaMode::kSet;  // M; without it kSet, or kIncrement
  uint8_t opaque_size;             // O
  uint32_t client_flags;           // F
  uint64_t cas;                    // C
  uint64_t new_cas;                // E
  uint64_t delta;                  // D
  uint64_t initial;                // J
  int64_t exptime;                 // T
  int64_t vivify_exptime;          // N
  int64_t recache_exptime;         // R
  std::array<char, kMaxOpaque> opaque;
  // b: the bytes that the key stands for, and slack to copy them with.
  std::array<char, kMaxKey / 4 * 3 + 3 + kScanSlack> key;

  [[nodiscard]] static constexpr uint64_t bit(char letter) noexcept {
    return uint64_t{1} << (static_cast<unsigned char>(letter) & 63);
  }
  [[nodiscard]] static consteval uint64_t bits(std::string_view letters) noexcept {
    uint64_t set = 0;
    for (const char letter : letters) set |= bit(letter);
    return set;
  }
  [[nodiscard]] constexpr bool has(char letter) const noexcept {
    return (letters & bit(letter)) != 0;
  }
  [[nodiscard]] constexpr bool has_any(uint64_t set) const noexcept { return (letters & set) != 0; }
  [[nodiscard]] std::string_view opaque_text() const noexcept {
    return {opaque.data(), opaque_size};
  }

  // Of what N creates: T counts when it stands behind N.
  [[nodiscard]] int64_t created_exptime() const noexcept {
    const std::string_view flags(order.data(), count);
    return has('T') && flags.find('T') > flags.find('N') ? exptime : vivify_exptime;
  }

  // Empties the set. REQUIRES of add: not there yet, and fewer than kMaxMetaFlags are
  void clear() noexcept { letters = 0, count = 0, mode = MetaMode::kSet; }
  void add(char letter) noexcept {
    letters |= bit(letter);
    order[count++] = letter;
  }
};

}  // namespace pelikan::memcache
