#include "metric/histogram.h"

#include <cmath>
#include <numeric>
#include <utility>

#include "base/assertion.h"

namespace pelikan {

HistogramSnapshot::HistogramSnapshot(std::vector<uint64_t> buckets, uint64_t sum, uint64_t max)
    : buckets_(std::move(buckets)), sum_(sum), max_(max) {
  CHECK(buckets_.empty() || buckets_.size() == HistogramScale::kBuckets);
  count_ = std::accumulate(buckets_.begin(), buckets_.end(), uint64_t{0});
}

uint64_t HistogramSnapshot::percentile(double q) const noexcept {
  if (count_ == 0) return 0;
  const double wanted = std::ceil(std::clamp(q, 0.0, 1.0) * static_cast<double>(count_));
  const uint64_t rank = std::clamp<uint64_t>(static_cast<uint64_t>(wanted), 1, count_);
  uint64_t seen = 0;
  size_t index = 0;
  while (index + 1 < buckets_.size() && (seen += buckets_[index]) < rank) ++index;
  const uint64_t low = HistogramScale::lower_bound(index);
  const uint64_t high = HistogramScale::lower_bound(index + 1) - 1;
  return std::min(low + (high - low) / 2, max_);
}

uint64_t HistogramSnapshot::count_up_to(uint64_t bound) const noexcept {
  uint64_t seen = 0;
  for (size_t index = 0; index < buckets_.size(); ++index) {
    if (HistogramScale::lower_bound(index + 1) - 1 > bound) break;
    seen += buckets_[index];
  }
  return seen;
}

void HistogramSnapshot::add(const HistogramSnapshot& other) {
  if (other.buckets_.empty()) return;
  buckets_.resize(HistogramScale::kBuckets);
  for (size_t index = 0; index < buckets_.size(); ++index) buckets_[index] += other.buckets_[index];
  count_ += other.count_;
  sum_ += other.sum_;
  max_ = std::max(max_, other.max_);
}

void HistogramSnapshot::subtract(const HistogramSnapshot& earlier) noexcept {
  if (earlier.buckets_.empty()) return;
  uint64_t highest = 0;
  for (size_t index = 0; index < buckets_.size(); ++index) {
    buckets_[index] -= earlier.buckets_[index];
    if (buckets_[index] != 0) highest = HistogramScale::lower_bound(index + 1) - 1;
  }
  count_ -= earlier.count_;
  sum_ -= earlier.sum_;
  max_ = std::min(max_, highest);
}

void Histogram::add_to(HistogramSnapshot& snapshot) const {
  snapshot.buckets_.resize(HistogramScale::kBuckets);
  for (size_t index = 0; index < buckets_.size(); ++index) {
    const uint64_t count = buckets_[index].load(std::memory_order_relaxed);
    snapshot.buckets_[index] += count;
    snapshot.count_ += count;
  }
  snapshot.sum_ += sum_.load(std::memory_order_relaxed);
  snapshot.max_ = std::max(snapshot.max_, max_.load(std::memory_order_relaxed));
}

}  // namespace pelikan
