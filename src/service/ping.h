// PingService answers PING with PONG: the smallest service, and the template for others. Anything
// else closes the connection, after the replies to what came before.
#pragma once

#include <memory>

#include "core/service.h"
#include "metric/metric.h"

namespace pelikan {

struct PingMetrics : MetricGroup {
  using MetricGroup::MetricGroup;
  Counter request{this, "ping_request", "requests answered"};
  Counter invalid{this, "ping_invalid", "connections closed for something else than PING"};
};

class PingService final : public Service {
 public:
  explicit PingService(const ServerContext& context) noexcept : metrics_(context.metrics) {}

  [[nodiscard]] std::unique_ptr<Processor> processor(const Clock& clock) override;

 private:
  MetricRegistry& metrics_;
};

}  // namespace pelikan
