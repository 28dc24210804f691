// RespRowWalk: a walk over rows of a collection in steps, over all of a hash or a set, or over a
// part of a list or a sorted set. The collection must not change meanwhile.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "structure/packed.h"

namespace pelikan {

// Rows of a round of an errand: some hundred microseconds' worth of what is read, and of what is
// put into another collection, whose memory comes slower.
inline constexpr size_t kRespRowsRead = 512;
inline constexpr size_t kRespRowsPut = 128;

class RespRowWalk {
 public:
  // So many rows are there.
  explicit RespRowWalk(size_t rows) noexcept : left_(rows) {}
  // Of those that stand in order. REQUIRES: they are there
  RespRowWalk(size_t first, size_t count, structure::Direction direction) noexcept
      : next_(first), left_(count), direction_(direction) {}

  // So many rows are still to come, or a few less.
  [[nodiscard]] size_t left() const noexcept { return left_; }
  [[nodiscard]] bool is_done() const noexcept { return left_ == 0; }

  // Calls visit(row) for `most` rows, or some more: those of a packed hash or set come at once.
  template <class Collection, class Visit>
  void step(const Collection& collection, size_t most, Visit&& visit) {
    if constexpr (requires { collection.visit_range(next_, most, direction_, visit); }) {
      const size_t count = std::min(most, left_);
      collection.visit_range(next_, count, direction_, visit);
      next_ += direction_ == structure::Direction::kForward ? count : size_t{0} - count;
      left_ -= count;
    } else if constexpr (requires { collection.scan(uint64_t{}, most, visit); }) {
      size_t shown = 0;
      next_ = collection.scan(next_, most, [&](const auto& row) {
        visit(row);
        ++shown;
      });
      left_ = next_ == 0 ? 0 : left_ - shown;
    } else {
      collection.visit_all(visit);
      left_ = 0;
    }
  }

 private:
  uint64_t next_ = 0;  // a row's place, or a cursor
  size_t left_;
  structure::Direction direction_ = structure::Direction::kForward;
};

// The same of all its rows.
template <class Collection>
[[nodiscard]] RespRowWalk walk_over(const Collection& collection) noexcept {
  return RespRowWalk(collection.size());
}

}  // namespace pelikan
