#include "storage/seg/seg_store.h"

#include <utility>

#include "base/assertion.h"
#include "storage/seg/engine.h"
#include "storage/seg/seg_access.h"

namespace pelikan {

SegStore::SegStore(const SegOptions& options, size_t threads, const TimeSource& time,
                   MetricRegistry& registry, std::unique_ptr<EvictionPolicy> policy)
    : engine_(std::make_unique<SegEngine>(options, threads, time, registry, std::move(policy),
                                          LastingHeap{})) {}

SegStore::SegStore(const SegOptions& options, size_t threads, const TimeSource& time,
                   MetricRegistry& registry, const LastingHeap& heap)
    : engine_(std::make_unique<SegEngine>(options, threads, time, registry, nullptr, heap)) {}

SegStore::~SegStore() { engine_->drop_handles(); }

SegStore::Access SegStore::access(const Clock& clock) {
  const auto line = engine_->epochs.claim_line();
  CHECK(line);
  return Access(*engine_, *line, clock);
}

size_t SegStore::observe_evictions(EvictionObserver& observer) noexcept {
  engine_->eviction_observer = &observer;
  return engine_->thread_metrics.size();
}

PoolShape SegStore::pool_shape(const SegOptions& options, size_t threads) {
  const auto geometry = SegGeometry::plan(options, threads, true);
  return {.layout = "seg",
          .item_layout = kItemLayout,
          .segment_bytes = geometry.segment_bytes,
          .segments = geometry.segments,
          .tables_bytes = snapshot_limit(geometry),
          .segment_option = options.segment_size.name(),
          .heap_option = options.memory.name(),
          .tables_option = options.item_mean.name()};
}

void SegStore::write_tables(int64_t stopped_ms,
                            const std::function<void(std::span<const std::byte>)>& append) {
  engine_->drop_handles();  // they mean nothing to another process
  engine_->heap.settle();
  write_snapshot(*engine_, stopped_ms, append);
}

std::optional<size_t> SegStore::attached_items() const noexcept {
  if (!engine_->kept) return std::nullopt;
  return engine_->thread_metrics.front()->attach_item.value();
}

uint64_t SegStore::corrupt_items() const noexcept {
  uint64_t items = 0;
  for (const auto& metrics : engine_->thread_metrics) items += metrics->item_corrupt.value();
  return items;
}

uint64_t SegStore::item_count() const noexcept { return engine_->size().items; }

size_t SegStore::memory_bytes() const noexcept { return engine_->memory_bytes(); }
size_t SegStore::segment_bytes() const noexcept { return engine_->heap.segment_bytes(); }
size_t SegStore::segment_count() const noexcept { return engine_->heap.size(); }

}  // namespace pelikan
