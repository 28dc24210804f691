// A server that speaks the Redis protocol over a seg store, without sockets and with a clock that
// is turned by hand.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "../option_texts.h"
#include "../service_connection.h"
#include "base/clock.h"
#include "buffer/buffer_pool.h"
#include "core/service.h"
#include "log/klog.h"
#include "log/log.h"
#include "metric/registry.h"
#include "option/option_set.h"
#include "service/resp/service.h"
#include "storage/seg/maintenance.h"
#include "storage/seg/seg_access.h"
#include "storage/seg/seg_options.h"
#include "storage/seg/seg_store.h"

namespace pelikan::test {

class RespRig {
 public:
  explicit RespRig(const OptionTexts& texts = {}) {
    set_options(all_options_, {{"debug_log_level", "error"}});
    set_options(all_options_, texts);
    server_ = std::make_unique<Server>(*this);
  }

  [[nodiscard]] ServiceConnection connect() {
    return {server_->processor->open("tcp:127.0.0.1:5000", 7), pool_};
  }
  void flush() { server_->access.flush({clock_.now_ms()}); }
  void advance_ms(int64_t ms) {
    time_.advance_ms(ms);
    clock_.refresh();
    server_->maintenance.run_once();
  }
  [[nodiscard]] uint64_t count(std::string_view metric) {
    return static_cast<uint64_t>(registry_.read().value(metric));
  }
  [[nodiscard]] SegStore& store() { return server_->store; }
  [[nodiscard]] const TimeSource& time() const { return time_; }
  [[nodiscard]] RespService<SegStore>& service() { return server_->service; }

 private:
  static constexpr uint64_t kMemory = 64 * kMiB;
  // That use the store: two workers, maintenance and that of a test, the test itself.
  static constexpr size_t kThreads = 5;

  struct StoreOptions : SegOptions {
    StoreOptions() {
      memory.set({kMemory});
      item_mean.set({16 * kKiB});  // a small table: walks over all of it are frequent here
      prefault.set(false);
      huge_pages.set(false);
    }
  };
  // What reads its options when it is made.
  struct Server {
    explicit Server(RespRig& rig)
        : klog(rig.klog_options_, rig.registry_, rig.time_, rig.log_),
          store(rig.store_options_, kThreads, rig.time_, rig.registry_),
          maintenance(store, rig.time_),
          service(rig.resp_options_, rig.context_, store, klog),
          processor(service.processor(rig.clock_)),
          access(store.access(rig.clock_)) {}

    Klog klog;
    SegStore store;
    Maintenance maintenance;
    RespService<SegStore> service;
    std::unique_ptr<Processor> processor;
    SegStore::Access access;
  };

  FakeTime time_;
  Clock clock_{time_};
  MetricRegistry registry_;
  LogOptions log_options_;
  KlogOptions klog_options_;
  StoreOptions store_options_;
  RespOptions resp_options_;
  OptionSet all_options_{{&resp_options_, &store_options_, &klog_options_, &log_options_}};
  LogMetrics log_metrics_{registry_};
  Log log_{log_options_, log_metrics_, time_};
  NoConnections connections_;
  ServerContext context_{all_options_, registry_, time_,           log_,
                         connections_, "0.1.0",   time_.boot_ms(), time_.unix_ms()};
  BufferMetrics buffer_metrics_{registry_};
  BufferPool pool_{64 * kMiB, buffer_metrics_};
  std::unique_ptr<Server> server_;
};

}  // namespace pelikan::test
