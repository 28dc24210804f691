// SegEngine: what all threads of a store share, and SegThread: what each has for itself.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "datapool/datapool.h"
#include "storage/seg/access_times.h"
#include "storage/seg/epoch.h"
#include "storage/seg/eviction.h"
#include "storage/seg/geometry.h"
#include "storage/seg/handles.h"
#include "storage/seg/hash_table.h"
#include "storage/seg/lasting_heap.h"
#include "storage/seg/reserved_run.h"
#include "storage/seg/seg_metrics.h"
#include "storage/seg/segment_heap.h"
#include "storage/seg/snapshot.h"
#include "storage/seg/ttl.h"
#include "storage/seg/wakeup.h"
#include "storage/store.h"

namespace pelikan {

class EvictionObserver;

struct SegEngine {
  SegEngine(const SegOptions& options, size_t threads, const TimeSource& source,
            MetricRegistry& registry, std::unique_ptr<EvictionPolicy> given_policy,
            const LastingHeap& lasting);

  const SegGeometry geometry;
  const std::optional<SnapshotHeader> kept;  // with which it began
  const EngineTime time;
  const std::unique_ptr<EvictionPolicy> policy;
  const std::unique_ptr<DataPool> own_heap;  // null: it is given a lasting one
  DataPool& heap_pool;
  const HeapCopy heap_copy;
  const std::unique_ptr<DataPool> table_pool;
  EpochDomain epochs;
  HashTable table;
  SegHeapMetrics heap_metrics;
  SegmentHeap heap;
  AccessTimes access_times;
  Handles handles;
  Wakeup wakeup;
  // Bytes; set by any worker for whoever reads the gauges. relaxed: it orders nothing.
  std::atomic<uint64_t> memory_limit;
  std::vector<std::unique_ptr<SegMetrics>> thread_metrics;  // by line of the epochs
  SegGauges gauges;

  // Items that left the table as flushed ones, when all flushed ones have; and of these, such with
  // an exact expiry. relaxed: as memory_limit.
  std::atomic<int64_t> flushed_in_all{0};
  std::atomic<int64_t> flushed_exact_in_all{0};
  // What came with the pool, kept_items.h: segments opened before this number, and the slots whose
  // items were not checked yet.
  uint64_t kept_below = 0;
  std::atomic<uint64_t> kept_slots{0};
  EvictionObserver* eviction_observer = nullptr;  // set before threads use the store
  // Bytes that somebody wants for handles and did not get. relaxed: as memory_limit.
  std::atomic<size_t> wanted_for_handles{0};
  std::mutex limit_mutex;  // of those who tell the heap what it may use

  [[nodiscard]] size_t memory_bytes() const noexcept {
    const size_t withheld = heap.withheld_count() * geometry.segment_bytes;
    return geometry.heap_bytes() + geometry.table_bytes() - withheld + handles.charged();
  }
  [[nodiscard]] StoreSize size() const noexcept;
  // Those in the table that are flushed.
  [[nodiscard]] StoreSize flushed() const noexcept;
  // What is in the table now is flushed, when heap.flush_horizon() says so.
  void note_flush() noexcept;
  // Those in the table let go of what they hold, and leave. REQUIRES: no other thread uses the
  // store
  void drop_handles() noexcept;
  // Withholds as many segments as handles take, after those have changed.
  void make_way_for_handles() noexcept;
  // Deletes what was let go, for a while.
  void collect_handles() noexcept {
    if (handles.collect(epochs)) make_way_for_handles();
  }
  // Handles would take more than they may with so many bytes more: some have to go.
  [[nodiscard]] bool have_handles_too_much(size_t more) const noexcept;
  // They cannot have so many bytes now. A few segments may be lent before the heap gives them up.
  [[nodiscard]] bool lacks_room_for_handles(size_t more) const noexcept {
    return have_handles_too_much(more) || heap.excess() > geometry.reserve;
  }
  // As SegStore::limit_memory().
  [[nodiscard]] bool limit_memory(uint64_t bytes) noexcept;
};

// Used by its own thread only.
struct SegThread {
  SegEngine& engine;
  SegMetrics& metrics;
  const Clock& clock;
  size_t line;                     // in the epochs
  uint32_t now = 0;                // engine time; stands still within an epoch
  size_t wanted = 1;               // free segments the last write that failed for memory needs
  size_t opened = 0;               // segments this thread had opened
  bool calls_maintenance = false;  // when it leaves its epoch
  size_t wanted_for_handles = 0;   // bytes; of the last write that failed for them
  ReservedRun run{};               // of what it writes in this epoch

  void enter() noexcept {
    now = engine.time.now(clock.now_ms());
    engine.epochs.enter(line);
  }
  void leave() noexcept {
    run.close(engine.heap);
    engine.epochs.leave(line);
  }
};

}  // namespace pelikan
