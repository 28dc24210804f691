// WeightedChoice: an index drawn by weight, in constant time whatever the number of weights (Walker
// 1977, built as Vose 1991).
//
// Thread safety: read-only after construction.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "load/workload/random.h"

namespace pelikan::load {

class WeightedChoice {
 public:
  // REQUIRES: at least one weight, none negative, their sum positive and finite (CHECK)
  explicit WeightedChoice(std::span<const double> weights);

  [[nodiscard]] size_t draw(Random& random) const noexcept {
    // The upper half of the product is a column, the lower half a fraction independent of it.
    const Product p = product(random.next(), columns_.size());
    const Column& column = columns_[p.high];
    return p.low < column.threshold ? p.high : column.other;
  }

 private:
  struct Column {
    uint64_t threshold;  // a fraction below it is the column's own index, above it the other
    size_t other;
  };
  std::vector<Column> columns_;
};

}  // namespace pelikan::load
