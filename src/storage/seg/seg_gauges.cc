#include <array>

#include "storage/seg/engine.h"
#include "storage/seg/seg_metrics.h"

namespace pelikan {
namespace {

// A look over all segments while others go on: each is counted as it is when its turn comes.
struct Census {
  std::array<int64_t, kSegmentStates> by_state{};
  int64_t live_bytes = 0;
  int64_t dead_bytes = 0;
  int64_t tail_bytes = 0;

  explicit Census(const SegmentHeap& heap) noexcept {
    for (size_t id = 0; id < heap.size(); ++id) count(heap, heap[static_cast<SegmentId>(id)]);
  }

 private:
  void count(const SegmentHeap& heap, const Segment& segment) noexcept {
    const SegmentState state = segment.state.load(std::memory_order_relaxed);
    ++by_state[static_cast<size_t>(state)];
    const bool is_empty = state == SegmentState::kFree || state == SegmentState::kLimbo ||
                          state == SegmentState::kWithheld;
    if (is_empty) return;
    const auto end = static_cast<int64_t>(segment.end());
    const int64_t dead = segment.dead_bytes.load(std::memory_order_relaxed);
    live_bytes += end - dead;
    dead_bytes += dead;
    // What an open segment has left can still be written.
    if (segment.is_sealed()) tail_bytes += static_cast<int64_t>(heap.segment_bytes()) - end;
  }
};

int64_t items_in(const SegEngine& engine) noexcept {
  int64_t items = 0;
  for (const auto& metrics : engine.thread_metrics) items += metrics->item_live.value();
  return items;
}

}  // namespace

SegGauges::SegGauges(MetricRegistry& registry, const SegEngine& engine)
    : MetricGroup(registry), refresh(this, [this, &engine] { compute(engine); }) {}

void SegGauges::compute(const SegEngine& engine) noexcept {
  const Census census(engine.heap);
  const auto segments_in = [&](SegmentState state) {
    return census.by_state[static_cast<size_t>(state)];
  };
  item_kept.set(static_cast<int64_t>(engine.kept_slots.load(std::memory_order_relaxed)));
  budget_byte.set(static_cast<int64_t>(engine.memory_limit.load(std::memory_order_relaxed)));
  memory_byte.set(static_cast<int64_t>(engine.memory_bytes()));
  segment_byte.set(static_cast<int64_t>(engine.heap.segment_bytes()));
  segment_total.set(static_cast<int64_t>(engine.heap.size()));
  segment_free.set(segments_in(SegmentState::kFree));
  segment_open.set(segments_in(SegmentState::kOpen));
  segment_sealed.set(segments_in(SegmentState::kSealed));
  segment_draining.set(segments_in(SegmentState::kDraining));
  segment_limbo.set(segments_in(SegmentState::kLimbo));
  segment_large.set(segments_in(SegmentState::kLarge));
  segment_withheld.set(segments_in(SegmentState::kWithheld));
  live_byte.set(census.live_bytes);
  dead_byte.set(census.dead_bytes);
  tail_byte.set(census.tail_bytes);
  handle_byte.set(static_cast<int64_t>(engine.handles.charged()));

  const auto slots = static_cast<int64_t>(engine.table.homes().size() * Bucket::kSlots);
  const size_t buckets = engine.table.homes().size() + engine.table.overflow_total();
  table_byte.set(static_cast<int64_t>(buckets * sizeof(Bucket)));
  table_slot.set(slots);
  table_load.set(items_in(engine) * 100 / slots);
  overflow_total.set(static_cast<int64_t>(engine.table.overflow_total()));
  overflow_used.set(static_cast<int64_t>(engine.table.overflow_used()));
}

}  // namespace pelikan
