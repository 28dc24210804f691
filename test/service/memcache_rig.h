// A connection that speaks memcached to a service over a store, without sockets.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "buffer/buffer_pool.h"
#include "core/service.h"
#include "log/klog.h"
#include "log/log.h"
#include "metric/registry.h"
#include "option/option_set.h"
#include "option_texts.h"
#include "service/memcache.h"
#include "service_connection.h"

namespace pelikan::test {

// What a server offers to its service, turned by hand.
struct MemcacheServer : Service {
  explicit MemcacheServer(const OptionTexts& texts = {})
      : control((set_options(all_options, texts), options), context, *this) {}

  void advance_s(int64_t seconds) {
    time.advance_ms(seconds * 1000);
    clock.refresh();
  }
  [[nodiscard]] uint64_t count(std::string_view metric) {
    return static_cast<uint64_t>(registry.read().value(metric));
  }
  [[nodiscard]] std::unique_ptr<Processor> processor(const Clock& /*clock*/) override { return {}; }
  [[nodiscard]] std::optional<std::string> stats(std::string_view words) override {
    return memcache_stats(words, context, control.prefixes());
  }

  FakeTime time;
  Clock clock{time};
  MetricRegistry registry;
  LogOptions log_options;
  LogMetrics log_metrics{registry};
  Log log{log_options, log_metrics, time};
  MemcacheOptions options;
  OptionSet all_options{{&options, &log_options}};
  NoConnections connections;
  ServerContext context{all_options, registry, time,           log,
                        connections, "0.1.0",  time.boot_ms(), time.unix_ms()};
  MemcacheControl control;
  MemcacheMetrics metrics{registry};
  KlogOptions klog_options;
  Klog no_klog{klog_options, registry, time, log};
  KlogWriter& klog = no_klog.writer(clock);
  BufferMetrics buffer_metrics{registry};
  BufferPool pool{64 * kMiB, buffer_metrics};
};

template <MemcacheBackend Store>
class MemcacheConnection : public ServiceConnection {
 public:
  MemcacheConnection(MemcacheServer& server, MemcacheShared<Store>& shared)
      : ServiceConnection(std::make_unique<MemcacheConversation<Store>>(shared, "tcp:test"),
                          server.pool) {}
};

}  // namespace pelikan::test
