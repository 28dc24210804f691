// Service: what a server serves. The seam between the framework, which owns sockets, threads and
// the control plane, and a server's main, which says what the requests mean.
//
// A server's main.cc hands server_main() a factory; it is called once, after the configuration was
// read and before any thread of the framework runs. What it makes is destroyed after the workers
// have stopped.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "core/processor.h"

namespace pelikan {

class Log;
class MetricRegistry;
class OptionSet;

// An open connection, or a socket that listens, as `stats conns` tells it.
struct ConnectionRow {
  int fd = -1;
  std::string peer;        // "tcp:127.0.0.1:53920", "unix:/run/cache.sock"; where it listens
  std::string local;       // the address it was accepted on, in the same form; empty: it listens
  std::string_view state;  // what it waits for
  int64_t idle_ms = 0;     // since bytes last arrived
};

// Who is connected, and where is listened. Thread safety: all methods from any thread.
class ConnectionTable {
 public:
  virtual ~ConnectionTable() = default;
  // Each row is true of some moment during the call.
  [[nodiscard]] virtual std::vector<ConnectionRow> rows() const = 0;
  // Whose descriptor this is; empty: nobody's.
  [[nodiscard]] virtual std::optional<ConnectionRow> row(int fd) const {
    for (ConnectionRow& row : rows()) {
      if (row.fd == fd) return std::move(row);
    }
    return std::nullopt;
  }
  // Ends a connection at once, as if its client had: its worker closes it as soon as it has turned
  // to it. REQUIRES: during the call its conversation is not told closed()
  virtual void hang_up(int fd) const noexcept = 0;
};

// Of a service that runs without sockets.
class NoConnections final : public ConnectionTable {
 public:
  [[nodiscard]] std::vector<ConnectionRow> rows() const override { return {}; }
  void hang_up(int /*fd*/) const noexcept override {}
};

// What the framework offers to a service; everything here outlives it.
struct ServerContext {
  const OptionSet&
      options;  // of the framework and of the server, with their values: for `stats settings`
  MetricRegistry& metrics;
  const TimeSource& time;
  Log& log;
  const ConnectionTable& connections;
  std::string_view version;  // of the project, "0.1.0"
  int64_t start_boot_ms;     // when the process started: uptime is time.boot_ms() - start_boot_ms
  int64_t start_unix_ms;
  size_t workers = 1;  // processors the service will be asked for

  // memcached's scale: 0 as usual, 1 also debug lines, 2 and above everything. From any thread.
  void set_verbosity(uint64_t level) const noexcept;
  // Asks the control plane to stop the server, as an operator's SIGTERM does. From any thread.
  void stop() const noexcept;
};

class Service {
 public:
  virtual ~Service() = default;

  // What one worker runs. Called once per worker, before the workers start, from the main thread;
  // the clock is that worker's and outlives the processor, as the service does.
  [[nodiscard]] virtual std::unique_ptr<Processor> processor(const Clock& clock) = 0;

  // The admin port's answer to `stats <sub>` (sub empty: plain `stats`), whole: "STAT a
  // 1\r\n...END\r\n". Empty: the service has none of its own, and the framework answers (plain:
  // every metric; `settings`: every option; `conns`: every connection) or refuses. Called on the
  // control plane, beside running workers.
  [[nodiscard]] virtual std::optional<std::string> stats(std::string_view /*sub*/) {
    return std::nullopt;
  }

  // One phrase for the start-up banner: what memory it took. Empty: nothing to say.
  [[nodiscard]] virtual std::string banner() const { return {}; }

  // On the control plane, about twenty times a second.
  virtual void tick() noexcept {}
  // After the workers have ended, before their processors go: what is to outlive the process is
  // kept now. Throws SetupError, which ends the process with its exit code.
  virtual void stopped() {}
  // On the control plane, at SIGHUP: opens log files of its own anew, and reads again what may
  // change while it runs.
  virtual void reload() noexcept {}
};

}  // namespace pelikan
