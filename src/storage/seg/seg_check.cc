// check_invariants(): a full look at a store that nobody uses meanwhile.
#include <string_view>
#include <vector>

#include "base/assertion.h"
#include "storage/seg/engine.h"
#include "storage/seg/item.h"
#include "storage/seg/item_check.h"
#include "storage/seg/large_value.h"
#include "storage/seg/seg_store.h"

namespace pelikan {
namespace {

// Walks every chain of the table and adds up what it finds, by segment.
class TableScan {
 public:
  explicit TableScan(const SegEngine& engine) : engine_(engine), live_bytes_(engine.heap.size()) {
    for (const Bucket& home : engine.table.homes()) scan_chain(home);
  }

  void check() {
    int64_t counted = 0;
    int64_t counted_exact = 0;
    for (const auto& metrics : engine_.thread_metrics) {
      counted += metrics->item_live.value();
      counted_exact += metrics->item_exact.value();
      is_damaged_ |= metrics->item_corrupt.value() != 0;
    }
    CHECK(counted == items_);
    CHECK(counted_exact == exact_ || is_damaged_);
    CHECK(engine_.kept_slots.load(std::memory_order_relaxed) == kept_);
    CHECK(engine_.table.overflow_used() == overflow_);
    CHECK(engine_.handles.has_gone() || engine_.handles.charged() == held_);
    for (size_t id = 0; id < live_bytes_.size(); ++id) check_segment(static_cast<SegmentId>(id));
  }

 private:
  void scan_chain(const Bucket& home) {
    CHECK((home.word() & Bucket::kLockBit) == 0);
    std::vector<std::string_view> keys;
    size_t length = 0;
    for (const Bucket* bucket = &home;; ++length) {
      for (size_t i = 1; i <= Bucket::kSlots; ++i) scan_slot(home, bucket->slot(i), keys);
      bucket = engine_.table.next(bucket->word());
      if (bucket == nullptr) break;
    }
    CHECK(length <= HashTable::kMaxOverflow);
    overflow_ += length;
  }

  void scan_slot(const Bucket& home, uint64_t value, std::vector<std::string_view>& keys) {
    if (value == slot::kEmpty) return;
    CHECK(slot::is_live(value) || slot::is_kept(value));
    const Location location = slot::location(value);
    if (slot::is_kept(value)) ++kept_;
    if (slot::is_kept(value) && !is_intact(engine_.heap, location)) return scan_damaged();
    CHECK(location.segment() < engine_.heap.size());
    const Segment& segment = engine_.heap[location.segment()];
    CHECK(location.offset_bytes() < segment.end());
    const ItemRef item(engine_.heap.at(location));
    CHECK(item.type() != ItemType::kDead);
    const uint64_t hash = engine_.table.hash(item.key());
    CHECK(&engine_.table.home(hash) == &home);
    const uint64_t live = slot::with_kind(value, slot::kLive);
    CHECK((live & slot::kTagAndKindMask) == HashTable::pattern(hash));
    for (const std::string_view other : keys) CHECK(other != item.key());
    keys.push_back(item.key());
    ++items_;
    exact_ += int64_t{has_exact_end(item)};
    if (item.is_handle()) held_ += item.handled().charged();
    live_bytes_[location.segment()] +=
        item.is_large() ? segment.end() : item.item_bytes(engine_.heap.check_bytes());
  }

  // What came with the pool and is not what it was: it counts until somebody looks at it.
  void scan_damaged() {
    is_damaged_ = true;
    ++items_;
  }

  // Nothing is reserved without being an item or dead, so the rest of a segment is live.
  void check_segment(SegmentId id) const {
    const Segment& segment = engine_.heap[id];
    switch (segment.state.load(std::memory_order_relaxed)) {
      case SegmentState::kOpen:
      case SegmentState::kSealed:
      case SegmentState::kDraining:
        CHECK(segment.end() <= engine_.heap.segment_bytes());
        if (is_damaged_ && segment.opened() < engine_.kept_below) return;
        CHECK(segment.end() - segment.dead_bytes.load(std::memory_order_relaxed) ==
              live_bytes_[id]);
        return;
      case SegmentState::kFree:
      case SegmentState::kLimbo:
      case SegmentState::kLarge:
      case SegmentState::kWithheld:
        CHECK(live_bytes_[id] == 0);
        return;
    }
  }

  const SegEngine& engine_;
  std::vector<size_t> live_bytes_;
  int64_t items_ = 0;
  int64_t exact_ = 0;
  size_t overflow_ = 0;
  uint64_t kept_ = 0;
  size_t held_ = 0;  // bytes that are charged for handles
  bool is_damaged_ = false;
};

}  // namespace

void SegmentHeap::check_invariants() const {
  std::vector<int> seen(segments_.size());
  const auto check_queue = [&](const SegmentQueue& queue, SegmentState state, SegmentState other) {
    size_t count = 0;
    for (SegmentId id = queue.front(); id != kNoSegment; id = queue.after(id), ++count) {
      const SegmentState own = segments_[id].state.load(std::memory_order_relaxed);
      CHECK(own == state || own == other);
      ++seen[id];
      for (const SegmentId body : bodies(id)) {
        if (own == SegmentState::kSealed || own == SegmentState::kDraining) ++seen[body];
      }
    }
    CHECK(count == queue.size());
  };
  check_queue(free_, SegmentState::kFree, SegmentState::kFree);
  check_queue(sealed_, SegmentState::kSealed, SegmentState::kDraining);
  check_queue(limbo_, SegmentState::kLimbo, SegmentState::kLimbo);
  check_queue(withheld_, SegmentState::kWithheld, SegmentState::kWithheld);
  CHECK(free_count() == free_.size());
  CHECK(withheld_count() == withheld_.size());

  size_t open = 0;
  for (size_t bucket = 0; bucket < kTtlBuckets; ++bucket) {
    const SegmentId id = open_.at(bucket);
    if (id == kNoSegment) continue;
    CHECK(segments_[id].state.load(std::memory_order_relaxed) == SegmentState::kOpen);
    CHECK(segments_[id].ttl_bucket == bucket);
    ++seen[id];
    ++open;
  }
  CHECK(open == open_.count());

  size_t received = 0;
  size_t waiting = 0;
  size_t draining = 0;
  for (size_t id = 0; id < segments_.size(); ++id) {
    const SegmentState state = segments_[id].state.load(std::memory_order_relaxed);
    if (seen[id] == 0 && state == SegmentState::kLarge) ++received;
    CHECK(seen[id] == (state == SegmentState::kLarge && seen[id] == 0 ? 0 : 1));
    if (segments_[id].wheel_cell != Segment::kNoCell) {
      CHECK(state == SegmentState::kSealed);
      ++waiting;
    }
    if (state == SegmentState::kDraining) ++draining;
  }
  CHECK(received == received_);
  CHECK(waiting == wheel_.size());
  CHECK(pending_count() == draining + limbo_.size());
}

void SegStore::check_invariants() const {
  TableScan(*engine_).check();
  engine_->heap.check_invariants();
}

}  // namespace pelikan
