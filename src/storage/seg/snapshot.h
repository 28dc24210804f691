// A snapshot: what a store has beside its heap, as it is written when the process stops and read by
// the next one over the same heap. Then nothing in the heap needs to be looked at: what is read
// first is checked first (kept_items.h).
//
//   SnapshotHeader | SegmentRecord, the oldest seal first | home buckets | overflow buckets
//
// Of what is read any word may be wrong, for its checksums are its keeper's affair and no reason to
// crash: a slot that leads nowhere is dropped and counted, a segment that cannot be so is free.
//
// Times in it are milliseconds of the engine, so that they go on where they stopped.
//
// Thread safety: no other thread uses the store.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>

#include "storage/seg/geometry.h"
#include "storage/seg/segment_record.h"

namespace pelikan {

struct SegEngine;

struct SnapshotHeader {
  uint64_t homes = 0;
  uint64_t overflow = 0;  // buckets that follow
  uint64_t segments = 0;  // records that follow
  int64_t passed_ms = 0;  // of the engine's time
  HeapRecord heap;
  uint64_t exact_items = 0;
  uint64_t flushed_items = 0;  // still in the table
  uint64_t flushed_exact_items = 0;
};
static_assert(sizeof(SnapshotHeader) == 80);

// The most bytes that a snapshot takes.
[[nodiscard]] size_t snapshot_limit(const SegGeometry& geometry) noexcept;

// Of the store as it was at `stopped_ms` of the boot clock. REQUIRES: the heap is settled
void write_snapshot(const SegEngine& engine, int64_t stopped_ms,
                    const std::function<void(std::span<const std::byte>)>& append);

// Empty: this is no snapshot of a store of these sizes.
[[nodiscard]] std::optional<SnapshotHeader> read_snapshot_header(const SegGeometry& geometry,
                                                                 std::span<const std::byte> bytes);
// The rest of it. REQUIRES: the engine is empty, its time goes on with passed_ms
void resume_snapshot(SegEngine& engine, const SnapshotHeader& header,
                     std::span<const std::byte> bytes, int64_t now_ms);

}  // namespace pelikan
