// Server: the framework assembled around one service: workers, listener, and the control plane,
// which is the thread that runs it: it answers the admin ports, writes the logs and takes the
// signals.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "core/admin_ports.h"
#include "core/connections.h"
#include "core/framework_options.h"
#include "core/listener.h"
#include "core/process_metrics.h"
#include "core/server_main.h"
#include "core/signals.h"
#include "core/tls_identity.h"
#include "core/worker.h"
#include "event/libevent_loop.h"
#include "log/log.h"
#include "metric/registry.h"
#include "option/option_set.h"

namespace pelikan {

// The framework's metrics, made for `-s` to list.
[[nodiscard]] std::vector<MetricTable> framework_metrics();

// The addresses of all ports. Taken first: that one is in use is told before memory is taken, and
// some are root's to take.
struct ServerSockets {
  // Throws SetupError.
  explicit ServerSockets(const FrameworkOptions& options)
      : data(options.server, options.tls), admin(options.admin) {}

  BoundSockets data;
  AdminSockets admin;
};

class Server {
 public:
  // Takes memory and files; nothing is served yet. Throws SetupError.
  // REQUIRES: everything outlives the server
  Server(const ServerSpec& spec, const FrameworkOptions& options, const OptionSet& all_options,
         ServerSockets sockets, Signals& signals, const TimeSource& time);
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  ~Server();

  // Serves until SIGTERM or SIGINT, then stops accepting and lets the clients take their replies,
  // until the signal comes again or shutdown_timeout passes. `config_path` is for the line that
  // says it is ready; `ready` is called once it has been said.
  void serve(const std::string& config_path, const std::function<void()>& ready);

 private:
  class Tick final : public Task {
   public:
    explicit Tick(Server& server) noexcept : server_(server) {}
    void run() noexcept override { server_.tick(); }

   private:
    Server& server_;
  };
  class ClockRefresh final : public Task {
   public:
    explicit ClockRefresh(Clock& clock) noexcept : clock_(clock) {}
    void run() noexcept override { clock_.refresh(); }

   private:
    Clock& clock_;
  };

  [[nodiscard]] std::vector<std::unique_ptr<Worker>> make_workers();
  [[nodiscard]] std::vector<Worker*> worker_pointers() const;
  void warn_of_root();
  void announce(const std::string& config_path);
  void say(std::string_view line) noexcept;

  void tick() noexcept;
  void handle(Signal signal) noexcept;
  // Empty: done; else what did not do.
  std::string reload() noexcept;
  void stop() noexcept;
  void dump_stats() noexcept;
  [[nodiscard]] size_t open_connections() const noexcept;

  const ServerSpec& spec_;
  const FrameworkOptions& options_;
  Signals& signals_;
  MetricRegistry registry_;
  LogMetrics log_metrics_{registry_};
  Log log_;
  Connections connections_;
  const ServerContext context_;
  ProcessMetrics process_metrics_;
  LibeventLoop loop_;
  Clock clock_;
  ClockRefresh clock_refresh_{clock_};
  Tick tick_{*this};
  std::unique_ptr<TlsIdentity> tls_;  // null: no TLS
  Listener listener_;
  std::unique_ptr<Service> service_;
  std::vector<std::unique_ptr<Worker>> workers_;
  AdminPorts admin_;
  bool stopping_ = false;
};

}  // namespace pelikan
