// A server that speaks the Redis protocol with several workers over one seg store, without sockets.
// Its time stands still until somebody turns it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "../service_connection.h"
#include "service/resp/seg_service.h"
#include "world.h"

namespace pelikan::test {

class WorkerRig {
 public:
  explicit WorkerRig(size_t workers, const OptionTexts& texts = {})
      : world_(texts),
        store_(world_.store_options, workers + kOthers, world_.time, world_.registry),
        service_(make_resp_service(world_.resp_options, world_.context, store_, klog_)) {
    for (size_t i = 0; i < workers; ++i) workers_.push_back(std::make_unique<Worker>(*this));
  }

  [[nodiscard]] size_t size() const { return workers_.size(); }
  // For one thread at a time.
  [[nodiscard]] ServiceConnection& connection(size_t worker) {
    return workers_[worker]->connection;
  }
  // As a worker does once per round of its loop.
  void refresh_clock(size_t worker) { workers_[worker]->clock.refresh(); }
  [[nodiscard]] SegStore& store() { return store_; }
  [[nodiscard]] TurningTime& time() { return world_.time; }
  [[nodiscard]] uint64_t count(std::string_view metric) {
    return static_cast<uint64_t>(world_.registry.read().value(metric));
  }

 private:
  static constexpr size_t kOthers = 1;  // that use the store: a test's maintenance

  struct Worker {
    explicit Worker(WorkerRig& rig)
        : clock(rig.world_.time),
          pool(4 * kMiB, rig.world_.buffer_metrics),
          processor(rig.service_->processor(clock)),
          connection(processor->open("tcp:127.0.0.1:5000", 7), pool) {}

    Clock clock;
    BufferPool pool;
    std::unique_ptr<Processor> processor;
    ServiceConnection connection;
  };

  RespWorld world_;
  Klog klog_{world_.klog_options, world_.registry, world_.time, world_.log};
  SegStore store_;
  std::unique_ptr<Service> service_;
  std::vector<std::unique_ptr<Worker>> workers_;
};

}  // namespace pelikan::test
