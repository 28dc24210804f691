// pelikan_rds: the Redis protocol over the seg store.
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "core/server_main.h"
#include "log/klog.h"
#include "service/resp/metrics.h"
#include "service/resp/seg_service.h"
#include "storage/seg/maintenance.h"
#include "storage/seg/pooled_store.h"
#include "storage/seg/seg_access.h"
#include "storage/seg/seg_metrics.h"
#include "storage/seg/seg_options.h"
#include "storage/seg/seg_store.h"

namespace {

using namespace pelikan;

constexpr size_t kMaintenance = 1;  // threads beside the workers that use the store

class Rds final : public Service {
 public:
  Rds(const SegOptions& seg, const PoolOptions& pool, const RespOptions& resp,
      const KlogOptions& klog, const ServerContext& context)
      : klog_(klog, context.metrics, context.time, context.log),
        store_(seg, pool, context.workers + kMaintenance,
               {context.metrics, context.time, context.log, context.version}),
        resp_(make_resp_service(resp, context, store_.store(), klog_)),
        maintenance_(std::in_place, store_.store(), context.time) {}

  [[nodiscard]] std::unique_ptr<Processor> processor(const Clock& clock) override {
    return resp_->processor(clock);
  }
  [[nodiscard]] std::string banner() const override { return store_.banner(); }
  void tick() noexcept override {
    klog_.tick();
    resp_->tick();
    store_.tick();
  }
  void stopped() override {
    maintenance_.reset();
    store_.keep();
  }
  void reload() noexcept override { klog_.reopen(); }

 private:
  Klog klog_;
  PooledStore store_;
  std::unique_ptr<Service> resp_;
  std::optional<MaintenanceThread> maintenance_;  // empty once it has stopped
};

}  // namespace

int main(int argc, char** argv) {
  SegOptions seg;
  PoolOptions pool;
  RespOptions resp;
  KlogOptions klog;
  return server_main(
      argc, argv,
      {.name = "pelikan_rds",
       .summary = "a cache that speaks the Redis protocol",
       .port = 6379,
       .alpn = "redis",
       .options = {&seg, &pool, &resp, &klog},
       .metrics = {metric_table<SegMetrics>, metric_table<SegHeapMetrics>, metric_table<SegGauges>,
                   metric_table<PoolMetrics>, metric_table<RespMetrics>, metric_table<KlogMetrics>,
                   metric_table<KlogFileMetrics>},
       .authenticates = [&] { return !resp.requirepass.get().empty(); },
       .make =
           [&](const ServerContext& context) {
             return std::make_unique<Rds>(seg, pool, resp, klog, context);
           }});
}
