// What a server of the Redis protocol over a seg store stands on, without sockets, and with a clock
// that is turned by hand.
#pragma once

#include "../option_texts.h"
#include "buffer/buffer_pool.h"
#include "core/service.h"
#include "log/klog.h"
#include "log/log.h"
#include "metric/registry.h"
#include "option/option_set.h"
#include "service/resp/control.h"
#include "storage/seg/seg_access.h"
#include "storage/seg/seg_options.h"
#include "storage/seg/seg_store.h"
#include "storage/seg/turning_time.h"

namespace pelikan::test {

struct RespWorld {
  struct StoreOptions : SegOptions {
    StoreOptions() {
      memory.set({64 * kMiB});
      item_mean.set({16 * kKiB});  // a small table: walks over all of it are frequent here
      prefault.set(false);
      huge_pages.set(false);
    }
  };

  explicit RespWorld(const OptionTexts& texts = {}) {
    set_options(all_options, {{"debug_log_level", "error"}});
    set_options(all_options, texts);
  }

  TurningTime time;
  MetricRegistry registry;
  LogOptions log_options;
  KlogOptions klog_options;
  StoreOptions store_options;
  RespOptions resp_options;
  OptionSet all_options{{&resp_options, &store_options, &klog_options, &log_options}};
  LogMetrics log_metrics{registry};
  Log log{log_options, log_metrics, time};
  NoConnections connections;
  ServerContext context{all_options, registry, time,           log,
                        connections, "0.1.0",  time.boot_ms(), time.unix_ms()};
  BufferMetrics buffer_metrics{registry};
};

}  // namespace pelikan::test
