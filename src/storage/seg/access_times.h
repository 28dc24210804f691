// AccessTimes: when items were last used. Most caches are never asked; so the times stand beside
// the hash table, four bytes for each of its words, and are kept from the first question on.
//
// For items not used since, the answer is when the item's segment was opened: earlier than the item
// was written, by as long as the segment took to fill; an item moved before the first question
// counts as written then.
//
// Thread safety: every method from any thread.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <span>

#include "storage/seg/bucket.h"
#include "storage/seg/slot.h"
#include "storage/seg/ttl.h"

namespace pelikan {

class AccessTimes {
 public:
  // REQUIRES: overflow buckets lie behind the homes, and both outlive this
  AccessTimes(std::span<const Bucket> homes, size_t overflow, size_t segments);
  ~AccessTimes();
  AccessTimes(const AccessTimes&) = delete;
  AccessTimes& operator=(const AccessTimes&) = delete;

  // From now on, uses are noted. Called again, does nothing. Without memory nothing is noted.
  void start() noexcept;

  // The item of this slot was used, or is new.
  void note(const uint64_t* slot, uint32_t tick) noexcept {
    // acquire pairs with start(): the array is zeroed.
    uint32_t* times = times_.load(std::memory_order_acquire);
    if (times != nullptr) [[unlikely]]
      store(times[slot - first_], tick);
  }
  void note_opened(SegmentId segment, uint32_t tick) noexcept {
    // relaxed: a time among others; whoever asks sees the old one or the new one.
    opened_[segment].store(tick, std::memory_order_relaxed);
  }

  [[nodiscard]] uint32_t opened(SegmentId segment) const noexcept {
    return opened_[segment].load(std::memory_order_relaxed);
  }
  // The tick of the last use of the item that the slot leads to.
  [[nodiscard]] uint32_t last(const uint64_t* slot, SegmentId segment) const noexcept;

 private:
  // relaxed: as opened_.
  static void store(uint32_t& time, uint32_t tick) noexcept {
    std::atomic_ref<uint32_t>(time).store(tick, std::memory_order_relaxed);
  }

  const uint64_t* first_;  // word of the table
  size_t words_;
  std::atomic<uint32_t*> times_{nullptr};  // 0: not used since start()
  std::unique_ptr<std::atomic<uint32_t>[]> opened_;
};

}  // namespace pelikan
