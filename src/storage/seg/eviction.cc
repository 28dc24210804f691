#include "storage/seg/eviction.h"

#include "base/assertion.h"

namespace pelikan {
namespace {

// The segment that was sealed first, whole.
class Fifo final : public EvictionPolicy {
 public:
  SegmentId pick_victim(const EvictionCandidates& candidates) noexcept override {
    return candidates.oldest();
  }
  Verdict verdict(const EvictionItem& /*item*/) noexcept override { return Verdict::kDrop; }
};

// Nothing goes but what has expired; writes fail when memory is full.
class NoEviction final : public EvictionPolicy {
 public:
  bool evicts() const noexcept override { return false; }
  SegmentId pick_victim(const EvictionCandidates& /*candidates*/) noexcept override {
    return kNoSegment;
  }
  Verdict verdict(const EvictionItem& /*item*/) noexcept override { return Verdict::kKeep; }
};

}  // namespace

std::unique_ptr<EvictionPolicy> make_eviction_policy(std::string_view name) {
  if (name == "none") return std::make_unique<NoEviction>();
  CHECK(name == "fifo");
  return std::make_unique<Fifo>();
}

}  // namespace pelikan
