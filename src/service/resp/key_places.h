// RespKeyPlaces tells which keys of a request were named before: an open hash table of places among
// the arguments. Its memory is less than what the request takes itself.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/hash.h"

namespace pelikan {

class RespKeyPlaces {
 public:
  // For at most so many keys.
  RespKeyPlaces(size_t most, KeyedHash hash) : hash_(hash), places_(std::bit_ceil(2 * most)) {}

  // False: one of the same bytes was added before. REQUIRES: 0 < at < args.size() <= 2^32; the
  // arguments of all calls are the same
  [[nodiscard]] bool add(std::span<const std::string_view> args, size_t at) noexcept {
    for (size_t i = hash_(args[at]);; ++i) {
      uint32_t& place = places_[i & (places_.size() - 1)];
      if (place == 0) {
        place = static_cast<uint32_t>(at);
        return true;
      }
      if (args[place] == args[at]) return place == at;
    }
  }

 private:
  const KeyedHash hash_;
  std::vector<uint32_t> places_;  // 0: none
};

}  // namespace pelikan
