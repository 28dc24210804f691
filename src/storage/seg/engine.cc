#include "storage/seg/engine.h"

#include <string>

#include "base/hash.h"
#include "datapool/anonymous_pool.h"

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

HashTable make_table(const SegGeometry& geometry, DataPool& pool) {
  const TableMemory memory = cut(geometry, pool);
  return {memory.homes, memory.overflow, random_seed()};
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
                     MetricRegistry& registry, std::unique_ptr<EvictionPolicy> given_policy)
    : geometry(SegGeometry::plan(options, threads)),
      time(source.boot_ms()),
      policy(given_policy != nullptr ? std::move(given_policy)
                                     : make_eviction_policy(options.eviction.get().word)),
      heap_pool(make_pool(options, geometry.heap_bytes())),
      table_pool(make_pool(options, geometry.table_bytes())),
      epochs(threads),
      table(make_table(geometry, *table_pool)),
      heap_metrics(registry),
      heap(geometry, heap_memory(geometry, *heap_pool, *table_pool), epochs, heap_metrics),
      access_times(table.homes(), geometry.overflow, geometry.segments),
      memory_limit(geometry.budget_bytes),
      thread_metrics(make_metrics(threads, registry)),
      gauges(registry, *this) {}

bool SegEngine::limit_memory(uint64_t bytes) noexcept {
  const auto usable = geometry.usable_within(bytes);
  if (!usable) return false;
  heap.limit(geometry, *usable);
  memory_limit.store(bytes, std::memory_order_relaxed);
  wakeup.notify();
  return true;
}

}  // namespace pelikan
