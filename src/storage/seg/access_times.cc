#include "storage/seg/access_times.h"

namespace pelikan {

AccessTimes::AccessTimes(std::span<const Bucket> homes, size_t overflow, size_t segments)
    : first_(homes.data()->words),
      words_((homes.size() + overflow) * (1 + Bucket::kSlots)),
      opened_(std::make_unique<std::atomic<uint32_t>[]>(segments)) {}

AccessTimes::~AccessTimes() { std::free(times_.load(std::memory_order_relaxed)); }

void AccessTimes::start() noexcept {
  if (times_.load(std::memory_order_relaxed) != nullptr) return;
  // Pages of an array this large are taken from the system as they are touched, and come zeroed.
  auto* times = static_cast<uint32_t*>(std::calloc(words_, sizeof(uint32_t)));
  uint32_t* none = nullptr;
  // release: whoever sees the array sees it zeroed.
  if (!times_.compare_exchange_strong(none, times, std::memory_order_release,
                                      std::memory_order_relaxed)) {
    std::free(times);
  }
}

uint32_t AccessTimes::last(const uint64_t* slot, SegmentId segment) const noexcept {
  uint32_t* times = times_.load(std::memory_order_acquire);
  const uint32_t used =
      times == nullptr
          ? 0
          : std::atomic_ref<uint32_t>(times[slot - first_]).load(std::memory_order_relaxed);
  return used != 0 ? used : opened_[segment].load(std::memory_order_relaxed);
}

}  // namespace pelikan
