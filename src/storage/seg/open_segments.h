// OpenSegments: the segments that are written to, one per TTL bucket at most, and so many in all.
// When there may be no more, a bucket without one shares that of its nearest longer neighbour, else
// that of the nearest shorter one: expiry is exact per item, so every choice is right, and few TTLs
// are grouped well while many TTLs cost a bounded share of memory.
//
// Thread safety: get() from any thread; the rest under the engine mutex. A segment got inside an
// epoch may have been sealed meanwhile, but is not reused.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>

#include "base/assertion.h"
#include "storage/seg/slot.h"
#include "storage/seg/ttl.h"

namespace pelikan {

class OpenSegments {
 public:
  explicit OpenSegments(size_t max) noexcept {
    set_max(max);
    for (auto& id : ids_) id.store(kNoSegment, std::memory_order_relaxed);
  }

  // Where items of the bucket go now; kNoSegment: one is to be opened.
  [[nodiscard]] SegmentId get(size_t bucket) const noexcept {
    const SegmentId own = at(bucket);
    return own != kNoSegment || !is_full() ? own : nearest(bucket);
  }
  [[nodiscard]] SegmentId at(size_t bucket) const noexcept {
    // acquire pairs with set(): the header was made ready before.
    return ids_[bucket].load(std::memory_order_acquire);
  }
  [[nodiscard]] size_t count() const noexcept { return count_.load(std::memory_order_relaxed); }

  // When it is lowered, more may be open until they are sealed.
  void set_max(size_t max) noexcept { max_.store(max, std::memory_order_relaxed); }
  [[nodiscard]] bool has_too_many() const noexcept {
    return count() > max_.load(std::memory_order_relaxed);
  }

  void set(size_t bucket, SegmentId id) noexcept {
    DCHECK(at(bucket) == kNoSegment);
    ids_[bucket].store(id, std::memory_order_release);
    count_.store(count() + 1, std::memory_order_relaxed);
  }
  void clear(size_t bucket) noexcept {
    DCHECK(at(bucket) != kNoSegment);
    ids_[bucket].store(kNoSegment, std::memory_order_release);
    count_.store(count() - 1, std::memory_order_relaxed);
  }

 private:
  [[nodiscard]] bool is_full() const noexcept {
    return count() >= max_.load(std::memory_order_relaxed);
  }
  [[nodiscard]] SegmentId nearest(size_t bucket) const noexcept {
    for (size_t longer = bucket + 1; longer < kTtlBuckets; ++longer) {
      if (const SegmentId id = at(longer); id != kNoSegment) return id;
    }
    for (size_t shorter = bucket; shorter-- > 0;) {
      if (const SegmentId id = at(shorter); id != kNoSegment) return id;
    }
    return kNoSegment;
  }

  std::array<std::atomic<SegmentId>, kTtlBuckets> ids_;
  std::atomic<size_t> count_{0};  // a hint for readers: the cap is kept under the mutex
  std::atomic<size_t> max_{0};    // the same
};

}  // namespace pelikan
