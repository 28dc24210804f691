#include "storage/seg/snapshot.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <vector>

#include "storage/seg/engine.h"

namespace pelikan {
namespace {

constexpr int64_t kNever = std::numeric_limits<int64_t>::max();

template <class T>
std::span<const std::byte> bytes_of(std::span<const T> values) noexcept {
  return std::as_bytes(values);
}

// Where the parts of a snapshot lie.
struct Parts {
  std::span<const std::byte> segments;
  std::span<const std::byte> homes;
  std::span<const std::byte> overflow;

  Parts(const SnapshotHeader& header, std::span<const std::byte> bytes) noexcept {
    auto rest = bytes.subspan(sizeof header);
    const auto cut = [&rest](size_t size) {
      const auto part = rest.first(size);
      rest = rest.subspan(size);
      return part;
    };
    segments = cut(header.segments * sizeof(SegmentRecord));
    homes = cut(header.homes * sizeof(Bucket));
    overflow = cut(header.overflow * sizeof(Bucket));
  }
};

// A flush to come is at most so far ahead: moved by a clock, it is still a time.
constexpr int64_t kLatest = kNever / 4;

int64_t shifted(int64_t at_ms, int64_t by_ms) noexcept {
  return at_ms == kNever ? kNever : std::min(at_ms, kLatest) + by_ms;
}

// What becomes of a slot: that of an item to be checked, or empty when it leads nowhere.
class Kept {
 public:
  explicit Kept(const SegmentHeap& heap) noexcept : heap_(heap) {}

  uint64_t operator()(uint64_t value) noexcept {
    const bool leads_somewhere = (slot::is_live(value) || slot::is_kept(value)) && is_inside(value);
    ++(leads_somewhere ? items_ : lost_);
    return leads_somewhere ? slot::with_kind(value, slot::kKept) : slot::kEmpty;
  }
  [[nodiscard]] uint64_t items() const noexcept { return items_; }
  [[nodiscard]] uint64_t lost() const noexcept { return lost_; }

 private:
  [[nodiscard]] bool is_inside(uint64_t value) const noexcept {
    const Location location = slot::location(value);
    if (location.segment() >= heap_.size()) return false;
    const Segment& segment = heap_[location.segment()];
    return segment.state.load(std::memory_order_relaxed) == SegmentState::kSealed &&
           location.offset_bytes() + kMinItemBytes <= segment.end();
  }

  const SegmentHeap& heap_;
  uint64_t items_ = 0;
  uint64_t lost_ = 0;
};

bool has_flush_time(const HeapRecord& heap) noexcept {
  const bool is_time = heap.flush_at_ms >= 0 && heap.flush_at_ms <= 2 * kLatest;
  return is_time || heap.flush_at_ms == kNever;
}

std::vector<SegmentRecord> read_records(std::span<const std::byte> bytes) {
  std::vector<SegmentRecord> records(bytes.size() / sizeof(SegmentRecord));
  if (!records.empty()) std::memcpy(records.data(), bytes.data(), bytes.size());
  return records;
}

}  // namespace

size_t snapshot_limit(const SegGeometry& geometry) noexcept {
  return sizeof(SnapshotHeader) + geometry.segments * sizeof(SegmentRecord) +
         (geometry.homes + geometry.overflow) * sizeof(Bucket);
}

void write_snapshot(const SegEngine& engine, int64_t stopped_ms,
                    const std::function<void(std::span<const std::byte>)>& append) {
  std::vector<SegmentRecord> records = engine.heap.segment_records();
  for (SegmentRecord& record : records) record.opened_tick = engine.access_times.opened(record.id);
  const int64_t passed_ms = engine.time.passed_ms(stopped_ms);
  const StoreSize flushed = engine.flushed();
  SnapshotHeader header{.homes = engine.table.homes().size(),
                        .overflow = engine.table.overflow().size(),
                        .segments = records.size(),
                        .passed_ms = passed_ms,
                        .heap = engine.heap.record(),
                        .exact_items = engine.size().expiring + flushed.expiring,
                        .flushed_items = flushed.items,
                        .flushed_exact_items = flushed.expiring};
  header.heap.flush_at_ms = shifted(header.heap.flush_at_ms, passed_ms - stopped_ms);
  append(bytes_of(std::span<const SnapshotHeader>(&header, 1)));
  append(bytes_of(std::span<const SegmentRecord>(records)));
  append(bytes_of(engine.table.homes()));
  append(bytes_of(engine.table.overflow()));
}

std::optional<SnapshotHeader> read_snapshot_header(const SegGeometry& geometry,
                                                   std::span<const std::byte> bytes) {
  SnapshotHeader header;
  if (bytes.size() < sizeof header) return std::nullopt;
  std::memcpy(&header, bytes.data(), sizeof header);
  constexpr int64_t kLongest = int64_t{kLastTick} * kTickMs;
  const bool is_possible = header.homes == geometry.homes && header.overflow <= geometry.overflow &&
                           header.segments <= geometry.segments && header.passed_ms >= 0 &&
                           header.passed_ms <= kLongest && has_flush_time(header.heap) &&
                           header.heap.next_sequence > 0 &&
                           header.heap.flush_horizon <= header.heap.next_sequence;
  if (!is_possible) return std::nullopt;
  const size_t size = sizeof header + header.segments * sizeof(SegmentRecord) +
                      (header.homes + header.overflow) * sizeof(Bucket);
  return size == bytes.size() ? std::optional(header) : std::nullopt;
}

void resume_snapshot(SegEngine& engine, const SnapshotHeader& header,
                     std::span<const std::byte> bytes, int64_t now_ms) {
  const Parts parts(header, bytes);
  HeapRecord heap = header.heap;
  heap.flush_at_ms = shifted(heap.flush_at_ms, now_ms - engine.time.passed_ms(now_ms));
  engine.kept_below = heap.next_sequence;
  const std::vector<SegmentRecord> records = read_records(parts.segments);
  engine.heap.resume(heap, records, engine.time.now(now_ms));
  for (const SegmentRecord& record : records) {
    if (record.id < engine.heap.size()) {
      engine.access_times.note_opened(record.id, record.opened_tick);
    }
  }
  Kept kept(engine.heap);
  engine.table.resume(parts.homes, parts.overflow, kept);
  engine.kept_slots.store(kept.items(), std::memory_order_relaxed);
  SegMetrics& metrics = *engine.thread_metrics.front();
  metrics.item_live.add(static_cast<int64_t>(kept.items()));
  metrics.item_exact.add(static_cast<int64_t>(std::min(header.exact_items, kept.items())));
  metrics.attach_item.add(kept.items());
  metrics.attach_lost.add(kept.lost());
  const uint64_t flushed = std::min(header.flushed_items, kept.items());
  const uint64_t flushed_exact = std::min(header.flushed_exact_items, flushed);
  engine.flushed_in_all.store(static_cast<int64_t>(flushed), std::memory_order_relaxed);
  engine.flushed_exact_in_all.store(static_cast<int64_t>(flushed_exact), std::memory_order_relaxed);
}

}  // namespace pelikan
