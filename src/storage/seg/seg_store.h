// SegStore keeps items in fixed-size segments grouped by expiry, so that expired memory comes back
// whole. One store serves all threads: reads take no lock, writes lock one hash bucket, memory is
// reclaimed by epochs.
//
// A thread works through an Access of its own (seg_access.h). Memory comes back by itself only
// while somebody calls Maintenance (maintenance.h): the server's maintenance thread, or a test.
//
// Thread safety: access(), check_invariants() and the destructor as they say; the rest from any
// thread.
// Invariants: (1) every live item is reachable from exactly one hash bucket;
//             (2) a segment is in exactly one state;
//             (3) published item bytes never change, but for the header word (touch).
// Read next: docs/storage/seg.md for the why, segment.h and item.h for the memory layout.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>

#include "base/clock.h"
#include "datapool/pool_shape.h"
#include "metric/registry.h"
#include "storage/seg/lasting_heap.h"
#include "storage/seg/seg_options.h"

namespace pelikan {

class EvictionObserver;
class EvictionPolicy;
struct SegEngine;

class SegStore {
 public:
  class Access;

  // Takes the memory and prefaults it. `threads` Accesses can be had at once: workers, maintenance
  // and whoever else looks in. A policy may be given in place of the one that options name.
  // Throws SetupError when the options do not fit one another or the machine.
  SegStore(const SegOptions& options, size_t threads, const TimeSource& time,
           MetricRegistry& registry, std::unique_ptr<EvictionPolicy> policy = nullptr);
  // The same over a heap that outlives the process; goes on with what is kept there, if it is of a
  // store of these sizes. REQUIRES: the pool is of the store's pool_shape()
  SegStore(const SegOptions& options, size_t threads, const TimeSource& time,
           MetricRegistry& registry, const LastingHeap& heap);
  // REQUIRES: every Access and Reservation is gone
  ~SegStore();
  SegStore(const SegStore&) = delete;
  SegStore& operator=(const SegStore&) = delete;

  // One thread's door to the store; the clock is that thread's. Both outlive the Access.
  // REQUIRES: fewer than `threads` Accesses exist
  [[nodiscard]] Access access(const Clock& clock);

  // Tells of every eviction from now on; returns `threads`. Before threads use the store.
  // REQUIRES: the observer outlives their last use of it
  size_t observe_evictions(EvictionObserver& observer) noexcept;

  // What it holds now, all in.
  [[nodiscard]] size_t memory_bytes() const noexcept;
  [[nodiscard]] size_t segment_bytes() const noexcept;
  [[nodiscard]] size_t segment_count() const noexcept;

  // What a store with these options asks of a pool.
  [[nodiscard]] static PoolShape pool_shape(const SegOptions& options, size_t threads);

  // What LastingHeap::kept is to be for the store of another process over the same heap, as of
  // `stopped_ms` of the boot clock. Nothing is written to the heap any more: the store can only be
  // destroyed. REQUIRES: no other thread uses the store, no Reservation exists
  void write_tables(int64_t stopped_ms,
                    const std::function<void(std::span<const std::byte>)>& append);

  // Items that came with the heap; empty: it began empty.
  [[nodiscard]] std::optional<size_t> attached_items() const noexcept;
  // Of those, the ones dropped since because their bytes were not those that had been written.
  [[nodiscard]] uint64_t corrupt_items() const noexcept;
  [[nodiscard]] uint64_t item_count() const noexcept;

  // CHECKs that counters equal a full scan, every live item is reachable from exactly one bucket,
  // and each segment is in exactly one state. REQUIRES: no other thread uses the store
  void check_invariants() const;

 private:
  friend class Maintenance;
  std::unique_ptr<SegEngine> engine_;
};

}  // namespace pelikan
