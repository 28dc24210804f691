// SegmentHeap: the segments, their states, and the one mutex that guards opening, sealing, queues
// and wheel. The mutex is taken once per segment and never held while anybody drains, copies or
// waits.
//
// A flush draws its number under the same mutex that opens segments: what was written before the
// flush lies in segments opened before it, and cannot get into a newer one.
//
// Thread safety: every method from any thread. Those that name a segment from outside the mutex
// (seal, retire_if_unused) inside an epoch, so that it is still the same one.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "storage/seg/epoch.h"
#include "storage/seg/eviction.h"
#include "storage/seg/geometry.h"
#include "storage/seg/large_value.h"
#include "storage/seg/open_segments.h"
#include "storage/seg/seg_metrics.h"
#include "storage/seg/segment.h"
#include "storage/seg/segment_memory.h"
#include "storage/seg/segment_queue.h"
#include "storage/seg/segment_record.h"
#include "storage/seg/timing_wheel.h"

namespace pelikan {

class SegmentHeap {
 public:
  // The memory, zeroed, outlives the heap.
  struct Memory {
    char* bytes;
    std::span<Segment> segments;
    std::span<SegmentId> wheel_cells;
  };
  SegmentHeap(const SegGeometry& geometry, const Memory& memory, EpochDomain& epochs,
              SegHeapMetrics& metrics) noexcept;

  [[nodiscard]] size_t size() const noexcept { return segments_.size(); }
  [[nodiscard]] SegmentMemory memory() const noexcept { return memory_; }
  [[nodiscard]] size_t segment_bytes() const noexcept { return memory_.segment_bytes(); }
  // Behind each item: kCheckBytes, or 0 when the heap goes with the process.
  [[nodiscard]] size_t check_bytes() const noexcept { return check_bytes_; }
  [[nodiscard]] Segment& operator[](SegmentId id) const noexcept { return segments_[id]; }
  [[nodiscard]] char* at(SegmentId id) const noexcept { return memory_.at(id); }
  [[nodiscard]] char* at(Location location) const noexcept { return memory_.at(location); }

  // --- Writing. In an epoch.

  // The segment that items of the TTL bucket go to; kNoSegment: open() one.
  [[nodiscard]] SegmentId writable(size_t bucket) const noexcept { return open_.get(bucket); }
  // The bucket's own; kNoSegment: it has none.
  [[nodiscard]] SegmentId open_at(size_t bucket) const noexcept { return open_.at(bucket); }
  // Opens one, unless somebody else has; kNoSegment: none is free.
  [[nodiscard]] SegmentId open(size_t bucket) noexcept;
  // No more is written to it. Several threads may say so.
  void seal(SegmentId id) noexcept;
  // A number above all segments' so far, for cas tokens that are no location.
  [[nodiscard]] uint64_t draw_sequence() noexcept {
    return next_sequence_.fetch_add(1, std::memory_order_relaxed);
  }

  // --- Large values.

  // A head that has its bodies' ids and the value's size written in it. They belong to the caller
  // until the head is sealed or given back, unseen by others. Empty: not so many are free, or
  // values being received hold too many.
  [[nodiscard]] std::optional<SegmentId> take_large(const LargeLayout& layout) noexcept;
  void give_back_large(SegmentId head) noexcept;
  // The head gets its sequence and is queued like any sealed segment. In the epoch that publishes.
  void seal_head(SegmentId head) noexcept;

  // --- Reclaiming.

  // A segment to drain, now in state kDraining and the caller's: one that is due, or the policy's
  // choice; kNoSegment: none is ready.
  [[nodiscard]] SegmentId take_due(uint32_t now_tick) noexcept;
  [[nodiscard]] SegmentId take_victim(EvictionPolicy& policy) noexcept;
  // This one, if it was opened before the horizon and is ready.
  [[nodiscard]] bool take_flushed(SegmentId id, uint64_t horizon) noexcept;
  // Not empty after all: sealed again, in its old place in the queue; due at `tick`, kNoExpiry: at
  // its deadline, if it has one.
  void put_back(SegmentId id, uint32_t tick) noexcept;
  // Everything in it is dead: into limbo, with the bodies of a large head.
  void retire(SegmentId id) noexcept;
  // The same for a sealed segment that nobody drains and whose last item died. In an epoch.
  void retire_if_unused(SegmentId id) noexcept;
  // Bytes of a segment that the caller does not drain died. In an epoch.
  void count_dead(SegmentId id, size_t bytes) noexcept {
    segments_[id].dead_bytes.fetch_add(static_cast<uint32_t>(bytes), std::memory_order_relaxed);
    if (segments_[id].is_all_dead()) retire_if_unused(id);
  }
  // An item of the segment expires at `tick` since it was touched: a segment of items that never
  // did gets a deadline. In the epoch that found the item.
  void note_expiry(SegmentId id, uint32_t tick) noexcept;
  // What limbo can let go becomes free. Returns the free segments.
  size_t reclaim() noexcept;

  // Hints, for who decides whether to drain: free, and on the way to it.
  [[nodiscard]] size_t free_count() const noexcept {
    return free_count_.load(std::memory_order_relaxed);
  }
  [[nodiscard]] size_t pending_count() const noexcept {
    return pending_count_.load(std::memory_order_relaxed);
  }

  // --- Memory that may not be used for a while. Maintenance's, but for limit().

  // From now on so many segments are used; shrinking takes effect as they come free. From any
  // thread.
  void limit(const SegGeometry& geometry, size_t usable) noexcept;
  // Segments that are still to be withheld.
  [[nodiscard]] size_t excess() const noexcept { return excess_.load(std::memory_order_relaxed); }
  [[nodiscard]] size_t withheld_count() const noexcept {
    return withheld_count_.load(std::memory_order_relaxed);
  }
  [[nodiscard]] bool has_too_many_open() const noexcept { return open_.has_too_many(); }
  // Withholds a free segment if there are more than `keep`, and too few withheld; its memory is the
  // caller's until restore(). kNoSegment: there is nothing to withhold now.
  [[nodiscard]] SegmentId withhold(size_t keep) noexcept;
  // Makes those free that need not be withheld any longer.
  void restore() noexcept;

  // --- Flushing.

  // Items in segments opened before this number are dead; 0: no older segment is left. Whoever
  // judges an item by it reads it before the slot: a flush that is over has emptied the slots.
  [[nodiscard]] uint64_t flush_horizon() const noexcept {
    // acquire pairs with flush() and end_sweep().
    return flush_horizon_.load(std::memory_order_acquire);
  }
  void flush(int64_t at_ms, int64_t now_ms) noexcept;
  [[nodiscard]] bool is_flush_due(int64_t now_ms) const noexcept {
    return now_ms >= flush_at_ms_.load(std::memory_order_relaxed);
  }
  // Performs the delayed flush if it is still due; false: it was replaced, or done by another.
  bool perform_due_flush(int64_t now_ms) noexcept;
  // Nothing older than `horizon` is left. REQUIRES: a flush_horizon() seen before the look
  void end_sweep(uint64_t horizon) noexcept;

  // --- Over a restart. No other thread uses the heap.

  // Seals what is open and frees what nobody looks at any more. REQUIRES: nobody drains
  void settle() noexcept;
  [[nodiscard]] HeapRecord record() const noexcept;
  // Of all segments that are not free. REQUIRES: settle()
  [[nodiscard]] std::vector<SegmentRecord> segment_records() const;
  // Takes over the segments of a former process, of which any word may be wrong: those that cannot
  // be so are free. REQUIRES: all are free
  void resume(const HeapRecord& heap, std::span<const SegmentRecord> records, uint32_t now_tick);

  // CHECKs that every segment is in one state, and in the queue that belongs to it.
  // REQUIRES: no other thread uses the heap
  void check_invariants() const;

 private:
  static constexpr int64_t kNoFlush = INT64_MAX;
  class Ready;

  // All REQUIRE mutex_.
  void set_state(Segment& segment, SegmentState state) noexcept;
  SegmentId pop_free() noexcept;
  SegmentId pop_large(size_t used) noexcept;
  void push_free(SegmentId id) noexcept;
  void seal_locked(SegmentId id) noexcept;
  void queue_sealed(SegmentId id) noexcept;
  void begin_drain(SegmentId id, DrainKind kind) noexcept;
  void retire_locked(SegmentId id) noexcept;
  void retire_if_all_dead(SegmentId id) noexcept;
  void reclaim_locked() noexcept;
  void flush_now() noexcept;
  void count_withheld() noexcept;
  void resume_item_run(std::span<const SegmentRecord> run);
  [[nodiscard]] bool take_over(const SegmentRecord& record) noexcept;
  [[nodiscard]] std::span<const SegmentId> bodies(SegmentId head) const noexcept;

  SegmentMemory memory_;
  std::span<Segment> segments_;
  const size_t check_bytes_;
  size_t receive_max_;
  EpochDomain& epochs_;
  SegHeapMetrics& metrics_;  // one thread at a time adds: under the mutex
  OpenSegments open_;
  std::atomic<uint64_t> next_sequence_{1};
  alignas(64) std::atomic<uint64_t> flush_horizon_{0};
  std::atomic<int64_t> flush_at_ms_{kNoFlush};

  alignas(64) std::mutex mutex_;
  SegmentQueue free_;
  SegmentQueue sealed_;  // by the time of their seal; those that are being drained stay in it
  SegmentQueue limbo_;   // by retire epoch
  SegmentQueue withheld_;
  size_t to_withhold_ = 0;
  TimingWheel wheel_;
  size_t received_ = 0;  // segments of values that are being received
  std::atomic<size_t> free_count_{0};
  std::atomic<size_t> pending_count_{0};  // draining and limbo
  std::atomic<size_t> withheld_count_{0};
  std::atomic<size_t> excess_{0};
};

}  // namespace pelikan
