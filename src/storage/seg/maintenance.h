// Maintenance frees memory ahead of need: it expires segments whose items are due, sweeps after a
// flush, and evicts so that a reserve of free segments is at hand. MaintenanceThread runs it.
//
//   SegStore store(options, workers + 2, time, registry);
//   MaintenanceThread thread(store, time);   // stopped by its destructor, before the store's
#pragma once

#include <memory>
#include <thread>

#include "base/clock.h"
#include "storage/seg/seg_access.h"
#include "storage/seg/seg_store.h"

namespace pelikan {

// Thread safety: one thread's.
class Maintenance {
 public:
  Maintenance(SegStore& store, const TimeSource& time);
  // Does all there is to do now, in epochs of 16 items; never waits.
  void run_once() noexcept;

 private:
  friend class MaintenanceThread;
  SegEngine& engine_;
  Clock clock_;
  SegStore::Access access_;
};

// Runs ten times a second, and when a writer finds the reserve short.
class MaintenanceThread {
 public:
  MaintenanceThread(SegStore& store, const TimeSource& time);
  ~MaintenanceThread();
  MaintenanceThread(const MaintenanceThread&) = delete;
  MaintenanceThread& operator=(const MaintenanceThread&) = delete;

 private:
  void run() noexcept;

  Maintenance maintenance_;
  std::thread thread_;
};

}  // namespace pelikan
