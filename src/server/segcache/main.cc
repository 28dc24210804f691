// pelikan_segcache: memcached's protocol over the seg store.
#include <fmt/format.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/server_main.h"
#include "log/klog.h"
#include "server/segcache/memcached_main.h"
#include "service/memcache.h"
#include "storage/seg/maintenance.h"
#include "storage/seg/seg_access.h"
#include "storage/seg/seg_metrics.h"
#include "storage/seg/seg_options.h"
#include "storage/seg/seg_store.h"

namespace {

using namespace pelikan;

constexpr size_t kMaintenance = 1;  // threads beside the workers that use the store

class Segcache final : public Service {
 public:
  Segcache(const SegOptions& seg, const MemcacheOptions& memcache, const KlogOptions& klog,
           const ServerContext& context)
      : klog_(klog, context.metrics, context.time, context.log),
        store_(seg, context.workers + kMaintenance, context.time, context.metrics),
        memcache_(memcache, context, store_, klog_),
        maintenance_(store_, context.time) {}

  [[nodiscard]] std::unique_ptr<Processor> processor(const Clock& clock) override {
    return memcache_.processor(clock);
  }
  [[nodiscard]] std::optional<std::string> stats(std::string_view words) override {
    return memcache_.stats(words);
  }
  [[nodiscard]] std::string banner() const override {
    return fmt::format("{}MiB in {} segments", store_.memory_bytes() / kMiB,
                       store_.segment_count());
  }
  void tick() noexcept override {
    klog_.tick();
    memcache_.tick();
  }
  void reload() noexcept override {
    klog_.reopen();
    memcache_.reload();
  }

 private:
  Klog klog_;
  SegStore store_;
  MemcacheService<SegStore> memcache_;
  MaintenanceThread maintenance_;
};

}  // namespace

int main(int argc, char** argv) {
  SegOptions seg;
  MemcacheOptions memcache;
  KlogOptions klog;
  const ServerSpec spec{.name = "pelikan_segcache",
                        .summary = "a cache that speaks memcached's protocol",
                        .port = 11211,
                        .options = {&seg, &memcache, &klog},
                        .metrics = {metric_table<SegMetrics>, metric_table<SegHeapMetrics>,
                                    metric_table<SegGauges>, metric_table<MemcacheMetrics>,
                                    metric_table<KlogMetrics>, metric_table<KlogFileMetrics>,
                                    metric_table<WatchWriterMetrics>, metric_table<WatchMetrics>},
                        .authenticates = [&] { return !memcache.auth_file.get().empty(); },
                        .make =
                            [&](const ServerContext& context) {
                              return std::make_unique<Segcache>(seg, memcache, klog, context);
                            }};
  return is_memcached(argv[0]) ? memcached_main(argc, argv, spec) : server_main(argc, argv, spec);
}
