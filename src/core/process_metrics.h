// What the process as a whole takes from the system. The names follow getrusage(2) and proc(5).
#pragma once

#include <cstdint>

#include "base/clock.h"
#include "metric/metric.h"

namespace pelikan {

// One instance per process; refreshed when somebody reads.
struct ProcessMetrics : MetricGroup {
  // REQUIRES: time outlives the group
  ProcessMetrics(MetricRegistry& registry, const TimeSource& time, int64_t start_boot_ms);

  Gauge pid{this, "process_pid", "process id"};
  Gauge uptime_ms{this, "process_uptime_ms", "milliseconds since the start"};
  Counter user_us{this, "process_user_us", "CPU microseconds spent in user mode"};
  Counter system_us{this, "process_system_us", "CPU microseconds spent in the kernel"};
  Gauge resident_bytes{this, "process_resident_bytes", "bytes of memory in RAM"};
  Counter major_faults{this, "process_major_faults", "page faults that needed a disk"};
  Counter switches{this, "process_switches", "context switches, of all threads"};
  Gauge open_files{this, "process_open_files", "open file descriptors, at most a second old"};

 private:
  void refresh();

  const TimeSource& time_;
  const int64_t start_boot_ms_;
  int64_t files_counted_ms_;
  BeforeRead refresh_{this, [this] { refresh(); }};
};

}  // namespace pelikan
