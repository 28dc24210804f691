#include "core/admin_pages.h"

#include "metric/listing.h"
#include "metric/prometheus.h"

namespace pelikan {

HttpPage AdminPages::page(std::string_view path) {
  if (path == "/metrics") {
    return {.status = 200,
            .content_type = kPrometheusContentType.data(),
            .body = prometheus_text(registry_.read())};
  }
  if (path == "/vars.json") {
    return {.status = 200, .content_type = "application/json", .body = json_text(registry_.read())};
  }
  if (path == "/healthz") return {.status = 200, .body = "ok\n"};
  if (path == "/readyz") {
    if (ready_) return {.status = 200, .body = "ready\n"};
    return {.status = 503, .body = "not ready\n"};
  }
  return {};
}

}  // namespace pelikan
