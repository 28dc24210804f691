#include "storage/seg/maintenance.h"

#include <chrono>

#include "storage/seg/engine.h"

namespace pelikan {
namespace {

constexpr std::chrono::milliseconds kPeriod{100};
constexpr size_t kStepItems = 4096;

}  // namespace

Maintenance::Maintenance(SegStore& store, const TimeSource& time)
    : clock_(time), access_(store.access(clock_)), thread_(access_.thread_) {}

void Maintenance::wait() noexcept { thread_.engine.wakeup.wait(kPeriod); }
void Maintenance::notify() noexcept { thread_.engine.wakeup.notify(); }

void Maintenance::run_once() noexcept {
  clock_.refresh();
  seal_overdue();
  collect_handles();
  sweep();
  expire();  // always before eviction
  thread_.engine.heap.reclaim();
  evict();
  thread_.engine.heap.reclaim();
  keep_limit();
}

// Open segments that nobody has written to for the length of their TTL, and those above a limit
// that was lowered. Entering also performs a
// delayed flush that is due.
void Maintenance::seal_overdue() noexcept {
  SegmentHeap& heap = thread_.engine.heap;
  (void)seal_open([&](SegmentId id) {
    const uint32_t deadline = heap[id].deadline.load(std::memory_order_relaxed);
    return is_expired(deadline, thread_.now) || heap.has_too_many_open();
  });
}

// Those that should_seal(id), in an epoch. False: there were none.
template <class ShouldSeal>
bool Maintenance::seal_open(const ShouldSeal& should_seal) noexcept {
  SegmentHeap& heap = thread_.engine.heap;
  const auto epoch = access_.enter();
  bool has_sealed = false;
  for (size_t bucket = 0; bucket < kTtlBuckets; ++bucket) {
    const SegmentId id = heap.open_at(bucket);
    if (id == kNoSegment || !should_seal(id)) continue;
    heap.seal(id);
    has_sealed = true;
  }
  return has_sealed;
}

// After a flush: empties every segment opened before it. What cannot be emptied yet, because
// somebody still writes to it or drains it, is left to the next round.
void Maintenance::sweep() noexcept {
  SegmentHeap& heap = thread_.engine.heap;
  const uint64_t horizon = heap.flush_horizon();
  if (horizon == 0) return;
  bool is_clean = true;
  for (size_t id = 0; id < heap.size(); ++id) {
    is_clean &= sweep_segment(static_cast<SegmentId>(id), horizon);
  }
  if (is_clean) heap.end_sweep(horizon);
}

// True: nothing older than the horizon is in it.
bool Maintenance::sweep_segment(SegmentId id, uint64_t horizon) noexcept {
  SegmentHeap& heap = thread_.engine.heap;
  {
    const auto epoch = access_.enter();
    const SegmentState state = heap[id].state.load(std::memory_order_relaxed);
    const bool has_items = state == SegmentState::kOpen || state == SegmentState::kSealed ||
                           state == SegmentState::kDraining;
    if (!has_items || heap[id].opened() >= horizon) return true;
    if (state == SegmentState::kOpen) heap.seal(id);
  }
  if (!heap.take_flushed(id, horizon)) return false;
  drain(id);
  return true;
}

void Maintenance::expire() noexcept {
  for (;;) {
    const SegmentId id = thread_.engine.heap.take_due(thread_.now);
    if (id == kNoSegment) return;
    drain(id);
  }
}

void Maintenance::evict() noexcept {
  SegmentHeap& heap = thread_.engine.heap;
  const size_t reserve = thread_.engine.geometry.reserve;
  while (heap.free_count() + heap.pending_count() < reserve + heap.excess() ||
         must_free_handles()) {
    const SegmentId id = heap.take_victim(*thread_.engine.policy);
    if (id == kNoSegment) {
      // What is open is no victim, and may hold everything.
      if (!must_free_handles() || !seal_open([](SegmentId) { return true; })) return;
      continue;
    }
    drain(id);
    collect_handles();
    if (thread_.engine.handles.has_gone()) return;  // nobody knows yet what that gives back
  }
}

bool Maintenance::must_free_handles() noexcept {
  SegEngine& engine = thread_.engine;
  const size_t wanted = engine.wanted_for_handles.load(std::memory_order_relaxed);
  if (wanted != 0 && engine.have_handles_too_much(wanted)) return true;
  engine.wanted_for_handles.store(0, std::memory_order_relaxed);
  return false;
}

void Maintenance::collect_handles() noexcept {
  SegEngine& engine = thread_.engine;
  engine.collect_handles();
  if (engine.handles.has_gone()) engine.wakeup.notify();  // the next round goes on
}

// The reserve stays: writers go on while memory shrinks.
void Maintenance::keep_limit() noexcept {
  SegEngine& engine = thread_.engine;
  engine.heap.restore();
  for (;;) {
    const SegmentId id = engine.heap.withhold(engine.geometry.reserve);
    if (id == kNoSegment) return;
    engine.heap_pool.forget(id * engine.geometry.segment_bytes, engine.geometry.segment_bytes);
  }
}

void Maintenance::drain(SegmentId id) noexcept {
  while (!access_.drain_.step(id, kStepItems)) {
  }
}

MaintenanceThread::MaintenanceThread(SegStore& store, const TimeSource& time)
    : maintenance_(store, time), thread_([this] { run(); }) {}

MaintenanceThread::~MaintenanceThread() {
  stops_.store(true, std::memory_order_relaxed);
  maintenance_.notify();  // its mutex orders the store before the look
  thread_.join();
}

void MaintenanceThread::run() noexcept {
  while (!stops_.load(std::memory_order_relaxed)) {
    maintenance_.run_once();
    maintenance_.wait();
  }
}

}  // namespace pelikan
