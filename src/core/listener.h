// Listener: accepts connections on TCP and unix-domain sockets and deals them to the workers, each
// to the one that has the fewest, so that as long as none closes the most and the fewest differ by
// one at most. Who comes to the TLS port shakes hands first (tls_door.h). Has a thread of its own:
// a flood of connections never costs a worker its time.
//
// Thread safety: each method says whose it is.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/unique_fd.h"
#include "core/connections.h"
#include "core/tls_identity.h"
#include "core/tls_options.h"
#include "core/worker.h"
#include "log/log.h"
#include "metric/metric.h"
#include "option/option.h"
#include "transport/address.h"

namespace pelikan {

struct ServerOptions : OptionGroup {
  Option<std::string> host{this, "server_host", "127.0.0.1",
                           "addresses or names to listen on, parted by commas, each maybe with a "
                           "port of its own (host:port); empty: no TCP"};
  Option<uint64_t> port{this, "server_port", 12321, "TCP port; 0: any free one", {0, 65535}};
  Option<std::string> unix_path{this, "server_unix_path", "",
                                "unix-domain socket to listen on as well; empty: none"};
  Option<std::string> unix_mode{this, "server_unix_mode", "0700",
                                "permissions of that socket, octal"};
  Option<uint64_t> tcp_backlog{this,
                               "tcp_backlog",
                               1024,
                               "connections the kernel keeps until they are accepted",
                               {1, 65535}};
  Option<uint64_t> max_connections{this,
                                   "max_connections",
                                   1024,
                                   "most open connections; more are told so and closed",
                                   {1, 1'000'000}};
};

struct ServerMetrics : MetricGroup {
  using MetricGroup::MetricGroup;
  Gauge max_connections{this, "server_max_connections", "most connections that may be open"};
  Counter total_connections{this, "server_total_connections", "connections accepted and served"};
  Counter rejected_connections{this, "server_rejected_connections",
                               "connections closed because of max_connections"};
  Counter accept_pauses{this, "server_accept_pauses",
                        "times accepting paused because the system had no descriptor"};
};

// The addresses of the data port, taken and not listened on yet. Apart from the listener, because
// root may be needed to take one and is given up behind that.
class BoundSockets {
 public:
  // Those that clients come to in one way.
  struct Ports {
    std::vector<UniqueFd> sockets;       // until they are listened on
    std::vector<std::string> addresses;  // with the port it really is: "127.0.0.1:12321",
                                         // "[::1]:12321", "/run/cache.sock"
    uint16_t port = 0;                   // the first of TCP; 0: none
  };

  // Throws SetupError naming the address that cannot be had.
  BoundSockets(const ServerOptions& options, const TlsOptions& tls);
  BoundSockets(BoundSockets&&) noexcept = default;
  ~BoundSockets() { remove_files(); }

  [[nodiscard]] const ListenSettings& settings() const noexcept { return settings_; }
  [[nodiscard]] Ports& plain() noexcept { return plain_; }
  [[nodiscard]] Ports& tls() noexcept { return tls_; }
  // Of the unix sockets, so that no client finds them.
  void remove_files() noexcept;

 private:
  explicit BoundSockets(const ListenSettings& settings) noexcept : settings_(settings) {}
  void bind(const Address& address, Ports& ports);

  ListenSettings settings_;
  Ports plain_;
  Ports tls_;
  std::vector<std::string> files_;
};

class Listener {
 public:
  // Nobody is let in before start(). `tls` is what is shown at the TLS port, null: there is none.
  // REQUIRES: tls, connections, registry and log outlive the listener
  Listener(const ServerOptions& options, BoundSockets sockets, TlsIdentity* tls,
           Connections& connections, MetricRegistry& registry, Log& log);
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  ~Listener();  // as stop()

  // Listens, and deals to the workers. Throws SetupError. REQUIRES: at least one worker; they
  // outlive stop()
  void start(std::vector<Worker*> workers);
  // Refuses new connections from now on, removes the unix socket's file and joins the thread. The
  // thread that called start(); before the workers are stopped.
  void stop() noexcept;

  // Where it listens.
  [[nodiscard]] const BoundSockets::Ports& plain() const noexcept;
  [[nodiscard]] const BoundSockets::Ports& tls() const noexcept;

 private:
  class Thread;
  std::unique_ptr<Thread> thread_;
};

}  // namespace pelikan
