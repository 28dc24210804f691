// pelikan_rds: the Redis protocol over the seg store.
#include <fmt/format.h>

#include <memory>
#include <string>

#include "core/server_main.h"
#include "log/klog.h"
#include "service/resp/service.h"
#include "storage/seg/maintenance.h"
#include "storage/seg/seg_access.h"
#include "storage/seg/seg_metrics.h"
#include "storage/seg/seg_options.h"
#include "storage/seg/seg_store.h"

namespace {

using namespace pelikan;

constexpr size_t kMaintenance = 1;  // threads beside the workers that use the store

class Rds final : public Service {
 public:
  Rds(const SegOptions& seg, const RespOptions& resp, const KlogOptions& klog,
      const ServerContext& context)
      : klog_(klog, context.metrics, context.time, context.log),
        store_(seg, context.workers + kMaintenance, context.time, context.metrics),
        resp_(resp, context, store_, klog_),
        maintenance_(store_, context.time) {}

  [[nodiscard]] std::unique_ptr<Processor> processor(const Clock& clock) override {
    return resp_.processor(clock);
  }
  [[nodiscard]] std::string banner() const override {
    return fmt::format("{}MiB in {} segments", store_.memory_bytes() / kMiB,
                       store_.segment_count());
  }
  void tick() noexcept override {
    klog_.tick();
    resp_.tick();
  }
  void reload() noexcept override { klog_.reopen(); }

 private:
  Klog klog_;
  SegStore store_;
  RespService<SegStore> resp_;
  MaintenanceThread maintenance_;
};

}  // namespace

int main(int argc, char** argv) {
  SegOptions seg;
  RespOptions resp;
  KlogOptions klog;
  return server_main(argc, argv,
                     {.name = "pelikan_rds",
                      .summary = "a cache that speaks the Redis protocol",
                      .port = 6379,
                      .options = {&seg, &resp, &klog},
                      .metrics = {metric_table<SegMetrics>, metric_table<SegHeapMetrics>,
                                  metric_table<SegGauges>, metric_table<RespMetrics>,
                                  metric_table<KlogMetrics>, metric_table<KlogFileMetrics>},
                      .authenticates = [&] { return !resp.requirepass.get().empty(); },
                      .make =
                          [&](const ServerContext& context) {
                            return std::make_unique<Rds>(seg, resp, klog, context);
                          }});
}
