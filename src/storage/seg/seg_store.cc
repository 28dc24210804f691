#include "storage/seg/seg_store.h"

#include <utility>

#include "base/assertion.h"
#include "storage/seg/engine.h"
#include "storage/seg/seg_access.h"

namespace pelikan {

SegStore::SegStore(const SegOptions& options, size_t threads, const TimeSource& time,
                   MetricRegistry& registry, std::unique_ptr<EvictionPolicy> policy)
    : engine_(std::make_unique<SegEngine>(options, threads, time, registry, std::move(policy))) {}

SegStore::~SegStore() = default;

SegStore::Access SegStore::access(const Clock& clock) {
  const auto line = engine_->epochs.claim_line();
  CHECK(line);
  return Access(*engine_, *line, clock);
}

size_t SegStore::observe_evictions(EvictionObserver& observer) noexcept {
  engine_->eviction_observer = &observer;
  return engine_->thread_metrics.size();
}

size_t SegStore::memory_bytes() const noexcept { return engine_->memory_bytes(); }
size_t SegStore::segment_bytes() const noexcept { return engine_->heap.segment_bytes(); }
size_t SegStore::segment_count() const noexcept { return engine_->heap.size(); }

}  // namespace pelikan
