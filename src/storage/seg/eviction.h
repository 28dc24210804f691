// EvictionPolicy: what goes when memory is full. Judged by segment, and for those that a policy
// wants to keep by item.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include "storage/seg/slot.h"

namespace pelikan {

// The segments that can be emptied now: sealed a grace period ago, drained by nobody. Valid during
// pick_victim().
class EvictionCandidates {
 public:
  virtual ~EvictionCandidates() = default;
  // The one that was sealed first; kNoSegment: there is none.
  [[nodiscard]] virtual SegmentId oldest() const noexcept = 0;
};

struct EvictionItem {
  unsigned freq;  // how often it was found: 0..3, saturating
  size_t bytes;   // in its segment
};

enum class Verdict : uint8_t {
  kDrop,
  kKeep,  // moved to another segment; large values are dropped all the same
};

class EvictionPolicy {
 public:
  virtual ~EvictionPolicy() = default;
  // False: what has not expired stays, so who needs memory waits in vain.
  [[nodiscard]] virtual bool evicts() const noexcept { return true; }
  // The segment to empty next, or kNoSegment for none. Under the engine mutex.
  [[nodiscard]] virtual SegmentId pick_victim(const EvictionCandidates& candidates) noexcept = 0;
  // What becomes of a live item of the victim. From any thread, several at once; not asked when
  // victims in a row did not gain a segment: the next is dropped whole.
  [[nodiscard]] virtual Verdict verdict(const EvictionItem& item) noexcept = 0;
};

// "fifo" or "none".
[[nodiscard]] std::unique_ptr<EvictionPolicy> make_eviction_policy(std::string_view name);

}  // namespace pelikan
