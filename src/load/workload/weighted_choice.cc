#include "load/workload/weighted_choice.h"

#include <cmath>
#include <limits>
#include <numeric>

#include "base/assertion.h"

namespace pelikan::load {
namespace {

// A share of one as a threshold for a 64-bit fraction.
uint64_t threshold_of(double share) {
  if (share >= 1) return std::numeric_limits<uint64_t>::max();
  return static_cast<uint64_t>(std::ldexp(share, 64));
}

}  // namespace

// Every column is as tall as the mean weight. A weight below the mean fills its own column in part;
// the rest is filled from one above the mean, which shrinks by that much.
WeightedChoice::WeightedChoice(std::span<const double> weights) : columns_(weights.size()) {
  const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
  CHECK(std::isfinite(sum) && sum > 0);
  std::vector<double> heights;
  std::vector<size_t> low;
  std::vector<size_t> high;
  for (const double weight : weights) {
    CHECK(weight >= 0);
    const double height = weight / sum * static_cast<double>(weights.size());
    (height < 1 ? low : high).push_back(heights.size());
    heights.push_back(height);
  }
  while (!low.empty() && !high.empty()) {
    const size_t filled = low.back();
    const size_t giver = high.back();
    low.pop_back();
    columns_[filled] = {.threshold = threshold_of(heights[filled]), .other = giver};
    heights[giver] -= 1 - heights[filled];
    if (heights[giver] >= 1) continue;
    high.pop_back();
    low.push_back(giver);
  }
  // What is left is one tall but for rounding.
  for (const size_t i : high) columns_[i] = {.threshold = threshold_of(1), .other = i};
  for (const size_t i : low) columns_[i] = {.threshold = threshold_of(1), .other = i};
}

}  // namespace pelikan::load
