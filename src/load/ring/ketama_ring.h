// KetamaRing: which server a key belongs to, the same as nutcracker says for the same names,
// weights and hash. Every server has points on a circle of 32-bit numbers; a key belongs to the
// server of the first point at or behind its hash.
//
// Thread safety: read-only after construction.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "load/ring/key_hash.h"

namespace pelikan::load {

struct RingMember {
  std::string name;     // the points come from it, so a server may move and keep its keys
  uint32_t weight = 1;  // its share of the points
};

class KetamaRing {
 public:
  struct Point {
    uint32_t value;
    uint32_t server;  // index of the member
  };

  // REQUIRES: there is a member, and every weight is above 0. Throws SetupError as Md5 does, and
  // when the weights leave no member a point.
  KetamaRing(std::span<const RingMember> members, KeyHash hash);

  [[nodiscard]] size_t server_of(std::string_view key) const { return owner_of(hash_(key)); }
  [[nodiscard]] size_t owner_of(uint32_t hash) const noexcept;
  [[nodiscard]] const std::vector<Point>& points() const noexcept { return points_; }

 private:
  std::vector<Point> points_;  // by value
  KeyHash hash_;
};

}  // namespace pelikan::load
