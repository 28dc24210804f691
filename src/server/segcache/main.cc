// pelikan_segcache: memcached's protocol over the seg store.
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "core/server_main.h"
#include "log/klog.h"
#include "server/segcache/memcached_main.h"
#include "service/memcache.h"
#include "storage/seg/maintenance.h"
#include "storage/seg/pooled_store.h"
#include "storage/seg/seg_access.h"
#include "storage/seg/seg_metrics.h"
#include "storage/seg/seg_options.h"
#include "storage/seg/seg_store.h"

namespace {

using namespace pelikan;

constexpr size_t kMaintenance = 1;  // threads beside the workers that use the store

class Segcache final : public Service {
 public:
  Segcache(const SegOptions& seg, const PoolOptions& pool, const MemcacheOptions& memcache,
           const KlogOptions& klog, const ServerContext& context)
      : klog_(klog, context.metrics, context.time, context.log),
        store_(seg, pool, context.workers + kMaintenance,
               {context.metrics, context.time, context.log, context.version}),
        memcache_(memcache, context, store_.store(), klog_),
        maintenance_(std::in_place, store_.store(), context.time) {}

  [[nodiscard]] std::unique_ptr<Processor> processor(const Clock& clock) override {
    return memcache_.processor(clock);
  }
  [[nodiscard]] std::optional<std::string> stats(std::string_view words) override {
    return memcache_.stats(words);
  }
  [[nodiscard]] std::string banner() const override { return store_.banner(); }
  void tick() noexcept override {
    klog_.tick();
    memcache_.tick();
    store_.tick();
  }
  void stopped() override {
    maintenance_.reset();
    store_.keep();
  }
  void reload() noexcept override {
    klog_.reopen();
    memcache_.reload();
  }

 private:
  Klog klog_;
  PooledStore store_;
  MemcacheService<SegStore> memcache_;
  std::optional<MaintenanceThread> maintenance_;  // empty once it has stopped
};

}  // namespace

int main(int argc, char** argv) {
  SegOptions seg;
  PoolOptions pool;
  MemcacheOptions memcache;
  KlogOptions klog;
  const ServerSpec spec{
      .name = "pelikan_segcache",
      .summary = "a cache that speaks memcached's protocol",
      .port = 11211,
      .alpn = "memcached",
      .options = {&seg, &pool, &memcache, &klog},
      .metrics = {metric_table<SegMetrics>, metric_table<SegHeapMetrics>, metric_table<SegGauges>,
                  metric_table<PoolMetrics>, metric_table<MemcacheMetrics>,
                  metric_table<KlogMetrics>, metric_table<KlogFileMetrics>,
                  metric_table<WatchWriterMetrics>, metric_table<WatchMetrics>},
      .authenticates = [&] { return !memcache.auth_file.get().empty(); },
      .make =
          [&](const ServerContext& context) {
            return std::make_unique<Segcache>(seg, pool, memcache, klog, context);
          }};
  return is_memcached(argv[0]) ? memcached_main(argc, argv, spec) : server_main(argc, argv, spec);
}
