#include "storage/seg/engine.h"

#include <algorithm>
#include <string>

#include "base/assertion.h"
#include "base/hash.h"
#include "datapool/anonymous_pool.h"
#include "storage/seg/item.h"

namespace pelikan {
namespace {

std::unique_ptr<DataPool> make_pool(const SegOptions& options, size_t bytes) {
  return std::make_unique<AnonymousPool>(
      "seg_memory", bytes, AnonymousPool::Terms{options.prefault.get(), options.huge_pages.get()});
}

// Cuts the table's pool into arrays, in order of their alignment. The memory is zeroed.
class Cutter {
 public:
  explicit Cutter(DataPool& pool) noexcept : rest_(pool.bytes()) {}

  template <class T>
  std::span<T> cut(size_t count) noexcept {
    const auto part = rest_.first(count * sizeof(T));
    rest_ = rest_.subspan(part.size());
    return {reinterpret_cast<T*>(part.data()), count};
  }

 private:
  std::span<std::byte> rest_;
};

struct TableMemory {
  std::span<Segment> segments;
  std::span<Bucket> homes;
  std::span<Bucket> overflow;
  std::span<SegmentId> wheel_cells;
};

TableMemory cut(const SegGeometry& geometry, DataPool& pool) noexcept {
  Cutter cutter(pool);
  TableMemory memory;
  memory.segments = cutter.cut<Segment>(geometry.segments);
  memory.homes = cutter.cut<Bucket>(geometry.homes);
  memory.overflow = cutter.cut<Bucket>(geometry.overflow);
  memory.wheel_cells = cutter.cut<SegmentId>(2 * TimingWheel::kCells);
  return memory;
}

HashTable make_table(const SegGeometry& geometry, DataPool& pool, uint64_t seed) {
  const TableMemory memory = cut(geometry, pool);
  return {memory.homes, memory.overflow, seed};
}

SegmentHeap::Memory heap_memory(const SegGeometry& geometry, DataPool& heap, DataPool& table) {
  const TableMemory memory = cut(geometry, table);
  for (Segment& segment : memory.segments) new (&segment) Segment();
  return {reinterpret_cast<char*>(heap.bytes().data()), memory.segments, memory.wheel_cells};
}

std::vector<std::unique_ptr<SegMetrics>> make_metrics(size_t threads, MetricRegistry& registry) {
  std::vector<std::unique_ptr<SegMetrics>> metrics(threads);
  for (auto& group : metrics) group = std::make_unique<SegMetrics>(registry);
  return metrics;
}

}  // namespace

SegEngine::SegEngine(const SegOptions& options, size_t threads, const TimeSource& source,
                     MetricRegistry& registry, std::unique_ptr<EvictionPolicy> given_policy,
                     const LastingHeap& lasting)
    : geometry(SegGeometry::plan(options, threads, lasting.pool != nullptr)),
      kept(read_snapshot_header(geometry, lasting.kept)),
      time(kept ? EngineTime(lasting.stopped_ms, kept->passed_ms) : EngineTime(source.boot_ms())),
      policy(given_policy != nullptr ? std::move(given_policy)
                                     : make_eviction_policy(options.eviction.get().word)),
      own_heap(lasting.pool == nullptr ? make_pool(options, geometry.heap_bytes()) : nullptr),
      heap_pool(lasting.pool == nullptr ? *own_heap : *lasting.pool),
      heap_copy(lasting.copy),
      table_pool(make_pool(options, geometry.table_bytes())),
      epochs(threads),
      table(make_table(geometry, *table_pool,
                       lasting.pool == nullptr ? random_seed() : lasting.hash_seed)),
      heap_metrics(registry),
      heap(geometry, heap_memory(geometry, heap_pool, *table_pool), epochs, heap_metrics),
      access_times(table.homes(), geometry.overflow, geometry.segments),
      handles(geometry.segment_bytes),
      memory_limit(geometry.budget_bytes),
      thread_metrics(make_metrics(threads, registry)),
      gauges(registry, *this) {
  DCHECK(heap_pool.bytes().size() >= geometry.heap_bytes());
  if (kept) resume_snapshot(*this, *kept, lasting.kept, source.boot_ms());
}

StoreSize SegEngine::size() const noexcept {
  int64_t items = 0;
  int64_t exact = 0;
  for (const auto& metrics : thread_metrics) {
    items += metrics->item_live.value();
    exact += metrics->item_exact.value();
  }
  const StoreSize dead = flushed();
  items -= static_cast<int64_t>(dead.items);
  exact -= static_cast<int64_t>(dead.expiring);
  items = std::max<int64_t>(0, items);  // each count was looked at in its own moment
  exact = std::clamp<int64_t>(exact, 0, items);
  return {static_cast<uint64_t>(items), static_cast<uint64_t>(exact)};
}

StoreSize SegEngine::flushed() const noexcept {
  if (heap.flush_horizon() == 0) return {};
  int64_t items = flushed_in_all.load(std::memory_order_relaxed);
  int64_t exact = flushed_exact_in_all.load(std::memory_order_relaxed);
  for (const auto& metrics : thread_metrics) {
    items -= static_cast<int64_t>(metrics->flush_item.value());
    exact -= static_cast<int64_t>(metrics->flush_exact.value());
  }
  return {static_cast<uint64_t>(std::max<int64_t>(0, items)),
          static_cast<uint64_t>(std::max<int64_t>(0, exact))};
}

void SegEngine::note_flush() noexcept {
  int64_t in_all = 0;
  int64_t exact = 0;
  for (const auto& metrics : thread_metrics) {
    in_all += metrics->item_live.value() + static_cast<int64_t>(metrics->flush_item.value());
    exact += metrics->item_exact.value() + static_cast<int64_t>(metrics->flush_exact.value());
  }
  flushed_in_all.store(in_all, std::memory_order_relaxed);
  flushed_exact_in_all.store(exact, std::memory_order_relaxed);
}

bool SegEngine::limit_memory(uint64_t bytes) noexcept {
  if (!geometry.usable_within(bytes)) return false;
  memory_limit.store(bytes, std::memory_order_relaxed);
  make_way_for_handles();
  wakeup.notify();
  return true;
}

void SegEngine::make_way_for_handles() noexcept {
  const std::lock_guard lock(limit_mutex);
  const auto usable = geometry.usable_within(memory_limit.load(std::memory_order_relaxed));
  DCHECK(usable);
  const size_t spare = *usable - geometry.least;
  heap.limit(geometry, *usable - std::min(spare, handles.as_segments()));
}

bool SegEngine::have_handles_too_much(size_t more) const noexcept {
  const auto usable = geometry.usable_within(memory_limit.load(std::memory_order_relaxed));
  const size_t most = (*usable - geometry.least) * geometry.segment_bytes;
  return handles.charged() + more > most;
}

void SegEngine::drop_handles() noexcept {
  if (handles.charged() == 0) return;
  for (size_t i = 0; i < table.homes().size(); ++i) {
    Bucket& home = table.home_at(i);
    table.visit_all(home, [&](uint64_t* slot, uint64_t value) {
      if (slot::is_kept(value)) return;
      const Location location = slot::location(value);
      const ItemRef item(heap.at(location));
      if (!item.is_handle()) return;
      table.clear(home, slot);
      thread_metrics.front()->item_live.add(-1);
      if (has_exact_end(item)) thread_metrics.front()->item_exact.add(-1);
      heap.count_dead(location.segment(), item.item_bytes(heap.check_bytes()));
      handles.let_go(item.handled());
    });
  }
}

}  // namespace pelikan
