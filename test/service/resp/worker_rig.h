// A server that speaks the Redis protocol with several workers over one seg store, without sockets.
// Its clock stands still.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "../service_connection.h"
#include "base/clock.h"
#include "buffer/buffer_pool.h"
#include "core/service.h"
#include "log/klog.h"
#include "log/log.h"
#include "metric/registry.h"
#include "option/option_set.h"
#include "service/resp/service.h"
#include "storage/seg/seg_access.h"
#include "storage/seg/seg_options.h"
#include "storage/seg/seg_store.h"

namespace pelikan::test {

class WorkerRig {
 public:
  explicit WorkerRig(size_t workers)
      : store_(store_options_, workers, time_, registry_),
        service_(resp_options_, context_, store_, klog_) {
    for (size_t i = 0; i < workers; ++i) workers_.push_back(std::make_unique<Worker>(*this));
  }

  [[nodiscard]] size_t size() const { return workers_.size(); }
  // For one thread at a time.
  [[nodiscard]] ServiceConnection& connection(size_t worker) {
    return workers_[worker]->connection;
  }
  [[nodiscard]] SegStore& store() { return store_; }

 private:
  struct StoreOptions : SegOptions {
    StoreOptions() {
      memory.set({64 * kMiB});
      prefault.set(false);
      huge_pages.set(false);
    }
  };
  struct Worker {
    explicit Worker(WorkerRig& rig)
        : clock(rig.time_),
          pool(4 * kMiB, rig.buffer_metrics_),
          processor(rig.service_.processor(clock)),
          connection(processor->open("tcp:127.0.0.1:5000", 7), pool) {}

    Clock clock;
    BufferPool pool;
    std::unique_ptr<Processor> processor;
    ServiceConnection connection;
  };

  FakeTime time_;
  MetricRegistry registry_;
  LogOptions log_options_;
  KlogOptions klog_options_;
  StoreOptions store_options_;
  RespOptions resp_options_;
  OptionSet all_options_{{&resp_options_, &store_options_, &klog_options_, &log_options_}};
  LogMetrics log_metrics_{registry_};
  Log log_{log_options_, log_metrics_, time_};
  Klog klog_{klog_options_, registry_, time_, log_};
  NoConnections connections_;
  ServerContext context_{all_options_, registry_, time_,           log_,
                         connections_, "0.1.0",   time_.boot_ms(), time_.unix_ms()};
  BufferMetrics buffer_metrics_{registry_};
  SegStore store_;
  RespService<SegStore> service_;
  std::vector<std::unique_ptr<Worker>> workers_;
};

}  // namespace pelikan::test
