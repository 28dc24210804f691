// Histogram: how often which value came, in log-linear buckets: every power of two is cut into 64
// equal parts, so a bucket is at most 1/64 of its values wide and its middle is off by less than
// 0.8 %. Values are counted exactly up to 127, and up to 2^37 - 1 (137 s in nanoseconds) within
// that error; larger ones count in the last bucket. About 16 KiB.
//
// Thread safety: record() by one thread, the owner; add_to() from any. Sum and count of a snapshot
// may differ by what came while it was taken.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace pelikan {

// Which values share a bucket. Indices are dense: 0..127 are the values themselves, then 64 to each
// power.
struct HistogramScale {
  static constexpr unsigned kPartBits = 6;  // 64 parts to a power of two
  static constexpr unsigned kTopBit = 36;   // of the largest value told apart
  static constexpr uint64_t kMaxValue = (uint64_t{1} << (kTopBit + 1)) - 1;
  static constexpr size_t kBuckets = ((kTopBit - kPartBits + 2) << kPartBits);

  [[nodiscard]] static constexpr size_t index(uint64_t value) noexcept {
    value = std::min(value, kMaxValue);
    const auto width = static_cast<unsigned>(std::bit_width(value));
    const unsigned shift = std::max(width, kPartBits + 1) - (kPartBits + 1);
    return (size_t{shift} << kPartBits) + static_cast<size_t>(value >> shift);
  }
  // The least value of a bucket.
  [[nodiscard]] static constexpr uint64_t lower_bound(size_t index) noexcept {
    if (index < (size_t{2} << kPartBits)) return index;
    const size_t shift = (index >> kPartBits) - 1;
    // NOLINTNEXTLINE(clang-analyzer-core.UndefinedBinaryOperatorResult): no index is so large
    return static_cast<uint64_t>(index - (shift << kPartBits)) << shift;
  }
};

// Counts of one moment, summed over the histograms added to it. Empty ones take no memory.
class HistogramSnapshot {
 public:
  HistogramSnapshot() = default;
  // What buckets(), sum() and max() of another told. REQUIRES: kBuckets of them, or none
  HistogramSnapshot(std::vector<uint64_t> buckets, uint64_t sum, uint64_t max);

  // The count of each bucket of HistogramScale; empty when nothing was added.
  [[nodiscard]] std::span<const uint64_t> buckets() const noexcept { return buckets_; }
  [[nodiscard]] uint64_t count() const noexcept { return count_; }
  [[nodiscard]] uint64_t sum() const noexcept { return sum_; }
  [[nodiscard]] uint64_t max() const noexcept {
    return max_;
  }  // exact, though not after subtract()

  // The value that the share q (0..1) of all values does not exceed, within 1 %; 0 when there are
  // none.
  [[nodiscard]] uint64_t percentile(double q) const noexcept;
  // How many values are at most `bound`: exact when bound + 1 starts a bucket, else without the
  // values that share the bucket of `bound`.
  [[nodiscard]] uint64_t count_up_to(uint64_t bound) const noexcept;

  void add(const HistogramSnapshot& other);
  // Takes away an earlier snapshot of the same histograms. max() becomes the upper end of the
  // highest bucket left, where that is less.
  void subtract(const HistogramSnapshot& earlier) noexcept;

 private:
  friend class Histogram;
  std::vector<uint64_t> buckets_;  // kBuckets, or none
  uint64_t count_ = 0;
  uint64_t sum_ = 0;
  uint64_t max_ = 0;
};

class Histogram {
 public:
  // Counts `count` values, all equal to `value`.
  void record(uint64_t value, uint64_t count = 1) noexcept {
    bump(buckets_[HistogramScale::index(value)], count);
    bump(sum_, value * count);
    if (value > max_.load(std::memory_order_relaxed)) max_.store(value, std::memory_order_relaxed);
  }

  void add_to(HistogramSnapshot& snapshot) const;

 private:
  // relaxed, and no read-modify-write: the owner alone writes, readers want a recent number and
  // order nothing by it.
  static void bump(std::atomic<uint64_t>& cell, uint64_t n) noexcept {
    cell.store(cell.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
  }

  std::array<std::atomic<uint64_t>, HistogramScale::kBuckets> buckets_{};
  std::atomic<uint64_t> sum_{0};
  std::atomic<uint64_t> max_{0};
};

}  // namespace pelikan
