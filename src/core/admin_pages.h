// AdminPages: what the admin HTTP port shows.
//
//   /metrics     every metric, for Prometheus
//   /vars.json   every metric, as one JSON object
//   /healthz     200 while the process lives
//   /readyz      200 while it takes connections, 503 before and while it drains
//
// Thread safety: the control plane's thread.
#pragma once

#include "event/http_server.h"
#include "metric/registry.h"

namespace pelikan {

class AdminPages final : public HttpPages {
 public:
  // REQUIRES: the registry outlives the pages
  explicit AdminPages(MetricRegistry& registry) noexcept : registry_(registry) {}

  void set_ready(bool ready) noexcept { ready_ = ready; }

  [[nodiscard]] HttpPage page(std::string_view path) override;

 private:
  MetricRegistry& registry_;
  bool ready_ = false;
};

}  // namespace pelikan
