// Maintenance frees memory ahead of need: it expires segments whose items are due, sweeps after a
// flush, evicts so that a reserve of free segments is at hand, and gives the system back what the
// store may not use. MaintenanceThread runs it.
//
//   SegStore store(options, workers + 2, time, registry);
//   MaintenanceThread thread(store, time);   // stopped by its destructor, before the store's
#pragma once

#include <atomic>
#include <thread>

#include "base/clock.h"
#include "storage/seg/seg_access.h"
#include "storage/seg/seg_store.h"

namespace pelikan {

// Takes one of the store's Accesses. Thread safety: one thread's.
class Maintenance {
 public:
  Maintenance(SegStore& store, const TimeSource& time);

  // Does all there is to do now, in epochs of 16 items; never waits.
  void run_once() noexcept;
  // Until a writer finds the reserve short, or somebody flushes, or notify(): 100 ms at most.
  void wait() noexcept;
  void notify() noexcept;  // from any thread

 private:
  void seal_overdue() noexcept;
  template <class ShouldSeal>
  [[nodiscard]] bool seal_open(const ShouldSeal& should_seal) noexcept;
  void sweep() noexcept;
  [[nodiscard]] bool sweep_segment(SegmentId id, uint64_t horizon) noexcept;
  void expire() noexcept;
  void evict() noexcept;
  [[nodiscard]] bool must_free_handles() noexcept;
  void collect_handles() noexcept;
  void keep_limit() noexcept;
  void drain(SegmentId id) noexcept;

  Clock clock_;
  SegStore::Access access_;
  SegThread& thread_;
};

class MaintenanceThread {
 public:
  MaintenanceThread(SegStore& store, const TimeSource& time);
  ~MaintenanceThread();
  MaintenanceThread(const MaintenanceThread&) = delete;
  MaintenanceThread& operator=(const MaintenanceThread&) = delete;

 private:
  void run() noexcept;

  Maintenance maintenance_;
  std::atomic<bool> stops_{false};
  std::thread thread_;
};

}  // namespace pelikan
