// The framework around the line service, or another one, on free ports of this machine: for tests
// with real sockets and threads.
#pragma once

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "core/connections.h"
#include "core/line_service.h"
#include "core/listener.h"
#include "core/worker.h"
#include "event/sockets.h"
#include "log/log.h"
#include "metric/registry.h"
#include "transport/address.h"

namespace pelikan::test {

struct LineServerOptions {
  LineServerOptions() {
    log.level.set("critical");
    server.port.set(0);
    worker.threads.set(2);
  }
  ServerOptions server;
  TlsOptions tls;
  WorkerOptions worker;
  LogOptions log;
};

class LineServer {
 public:
  explicit LineServer(
      const LineServerOptions& options,
      const ProcessorFactory& make = [](const Clock&) { return std::make_unique<LineProcessor>(); })
      : log(options.log, log_metrics, time), connections(time) {
    for (size_t i = 0; i < options.worker.threads.get(); ++i) {
      workers.push_back(std::make_unique<Worker>(i, options.worker, time, registry, make));
      pointers.push_back(workers.back().get());
    }
    if (options.tls.is_on())
      identity = std::make_unique<TlsIdentity>(options.tls, nullptr, time, registry, log);
    listener = std::make_unique<Listener>(options.server, BoundSockets(options.server, options.tls),
                                          identity.get(), connections, registry, log);
    for (auto& worker : workers) worker->start(log);
    listener->start(pointers);
  }
  ~LineServer() { stop(std::chrono::milliseconds(0)); }

  void stop(std::chrono::milliseconds grace) {
    listener->stop();
    for (auto& worker : workers) worker->stop(grace);
    for (auto& worker : workers) worker->join();
  }
  [[nodiscard]] UniqueFd connect() const { return connect_to_loopback(listener->plain().port); }
  [[nodiscard]] size_t open() const {
    size_t sum = 0;
    for (const auto& worker : workers) sum += worker->connections();
    return sum;
  }
  [[nodiscard]] int64_t metric(std::string_view name) { return registry.read().value(name); }
  // Until a metric has this value: what other threads do comes when it comes, and the test's time
  // limit ends the wait.
  void await(std::string_view name, int64_t value) {
    while (metric(name) != value) std::this_thread::yield();
  }

  SystemTime time;
  MetricRegistry registry;
  LogMetrics log_metrics{registry};
  Log log;
  Connections connections;
  std::vector<std::unique_ptr<Worker>> workers;
  std::vector<Worker*> pointers;
  std::unique_ptr<TlsIdentity> identity;  // null: no TLS
  std::unique_ptr<Listener> listener;
};

// One request, one reply.
inline std::string ask(int fd, std::string_view line) {
  write_all(fd, line);
  return read_exactly(fd, line.size());
}

}  // namespace pelikan::test
