// Histograms measured elsewhere, as the options `popularity: histogram FILE`, `value_size: file
// FILE` and their like take them. Plain, gz or zstd; two forms:
//
//   text    lines `FROM TO WEIGHT`; `#` starts a comment. For sizes: FROM <= size <= TO. For
//           popularity: the key ranks of one group, most popular first; they are scaled to the
//           number of keys.
//   JSON    CacheLib's cachebench files: `valSizeRange` with `valSizeRangeProbability`, or
//           `popularityBuckets` with `popularityWeights`.
//
// Errors throw a SetupError that names file and line.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pelikan::load {

struct HistogramGroup {
  uint64_t from;
  uint64_t to;  // inclusive
  double weight;
};

// The groups in the file's order: at least one, with a positive weight among them.
[[nodiscard]] std::vector<HistogramGroup> read_size_histogram(const std::string& path);
[[nodiscard]] std::vector<HistogramGroup> read_popularity_histogram(const std::string& path);

}  // namespace pelikan::load
