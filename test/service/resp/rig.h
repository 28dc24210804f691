// A server that speaks the Redis protocol over a seg store, without sockets and with a clock that
// is turned by hand.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "../service_connection.h"
#include "service/resp/seg_service.h"
#include "storage/seg/maintenance.h"
#include "world.h"

namespace pelikan::test {

class RespRig {
 public:
  explicit RespRig(const OptionTexts& texts = {}) : world_(texts) {}

  [[nodiscard]] ServiceConnection connect() {
    return {processor_->open("tcp:127.0.0.1:5000", 7), pool_};
  }
  void flush() {
    constexpr size_t kFlushesAtOnce = 64;
    access_.flush({clock_.now_ms()});
    // Frees what was flushed; not every time, for it takes a while.
    if (++flushes_ % kFlushesAtOnce == 0) maintenance_.run_once();
  }
  void advance_ms(int64_t ms) {
    world_.time.advance_ms(ms);
    clock_.refresh();
    maintenance_.run_once();
  }
  [[nodiscard]] uint64_t count(std::string_view metric) {
    return static_cast<uint64_t>(world_.registry.read().value(metric));
  }
  [[nodiscard]] SegStore& store() { return store_; }
  [[nodiscard]] const TimeSource& time() const { return world_.time; }
  [[nodiscard]] Service& service() { return *service_; }

 private:
  // That use the store: two workers, maintenance and that of a test, the test itself.
  static constexpr size_t kThreads = 5;

  RespWorld world_;
  Clock clock_{world_.time};
  BufferPool pool_{64 * kMiB, world_.buffer_metrics};
  Klog klog_{world_.klog_options, world_.registry, world_.time, world_.log};
  SegStore store_{world_.store_options, kThreads, world_.time, world_.registry};
  Maintenance maintenance_{store_, world_.time};
  std::unique_ptr<Service> service_ =
      make_resp_service(world_.resp_options, world_.context, store_, klog_);
  std::unique_ptr<Processor> processor_ = service_->processor(clock_);
  SegStore::Access access_ = store_.access(clock_);
  size_t flushes_ = 0;
};

}  // namespace pelikan::test
