// ValueMaker: the bytes of a key's value, made without work and checked without a copy kept.
//
// A value is a window into one block of seeded bytes, where it starts is mixed from the key. The
// first 16 bytes of a value that is long enough are replaced by a header: when it was stored, and a
// XXH3 checksum over that, the key and the size. So another key's value, a torn one, a stale one
// and one of a server that mixes up sizes are all found. Shorter values are window only.
//
// Thread safety: read-only after construction.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "load/workload/random.h"

namespace pelikan::load {

// One value of a key.
struct ValueName {
  uint64_t key;       // its number
  uint32_t size;      // bytes
  int64_t stored_ms;  // Unix time
};

enum class Verdict : uint8_t {
  kGood,
  kWrongBytes,  // of another key, another size, or damaged
  kStale,       // outlived its time to live
};

class ValueMaker {
 public:
  static constexpr size_t kHeaderBytes = 16;
  // A value may be returned this long after it should be gone.
  static constexpr int64_t kStaleAfterMs = 2000;

  // `compress`: how many times smaller a compressor makes the values, 1 for not at all.
  // REQUIRES: compress >= 1 (CHECK)
  ValueMaker(uint64_t seed, uint32_t max_size, double compress);

  // Hands the value's bytes to put(string_view), piece by piece; the first one of a value with a
  // header is only valid during its call, the others as long as this object.
  template <class Put>
  void make(const ValueName& name, Put&& put) const {
    uint32_t done = 0;
    if (name.size >= kHeaderBytes) {
      const std::array<char, kHeaderBytes> header = header_of(name);
      put(std::string_view(header.data(), header.size()));
      done = kHeaderBytes;
    }
    while (done < name.size) {
      const std::string_view piece = piece_at(name, done);
      put(piece);
      done += static_cast<uint32_t>(piece.size());
    }
  }

  // Checks the whole value that a server returned for a key. `ttl_s` is what the key is stored
  // with, 0 for none.
  [[nodiscard]] Verdict verify(uint64_t key, std::string_view bytes, uint32_t ttl_s,
                               int64_t now_ms) const noexcept;

 private:
  [[nodiscard]] std::array<char, kHeaderBytes> header_of(const ValueName& name) const noexcept;
  [[nodiscard]] uint64_t checksum_of(const ValueName& name) const noexcept;
  // The window's bytes from one place on, up to the end of the value or the block.
  [[nodiscard]] std::string_view piece_at(const ValueName& name, uint32_t done) const noexcept {
    const size_t at = (derived_seed(seed_, name.key) + done) & (block_.size() - 1);
    return {block_.data() + at, std::min<size_t>(block_.size() - at, name.size - done)};
  }

  uint64_t seed_;
  std::vector<char> block_;  // its size a power of two; a window goes on at its begin
};

}  // namespace pelikan::load
