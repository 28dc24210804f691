// PoolMetrics: what is known of the pool's file.
#pragma once

#include "metric/metric.h"

namespace pelikan {

// Set by the thread that opens and keeps the pool.
struct PoolMetrics : MetricGroup {
  using MetricGroup::MetricGroup;
  Gauge bytes{this, "pool_bytes", "size of the pool's file"};
  Gauge pmem{this, "pool_pmem", "1 when the pool is written as persistent memory, 0 by msync"};
  Gauge generation{this, "pool_generation", "times the pool's superblock was written"};
  Gauge kept_bytes{this, "pool_kept_bytes",
                   "tables found at the start from a clean stop; 0: started empty"};
  Counter discard{this, "pool_discard", "contents of a pool given up at the start"};
  Counter sync{this, "pool_sync", "ranges of the pool made durable"};
  Counter sync_ns{this, "pool_sync_ns", "nanoseconds spent making the pool durable"};
};

}  // namespace pelikan
