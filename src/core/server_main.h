// server_main: the whole of a server's life, given what is special about it. A server's main.cc is
// little more than a ServerSpec:
//
//   int main(int argc, char** argv) {
//     PingOptions ping;
//     return pelikan::server_main(argc, argv, {
//         .name = "pelikan_pingserver",
//         .summary = "answers PING with PONG",
//         .port = 12321,
//         .options = {&ping},
//         .metrics = {pelikan::metric_table<PingMetrics>},
//         .make = [&](const pelikan::ServerContext& context) { return
//         std::make_unique<PingService>(ping, context); },
//     });
//   }
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/service.h"
#include "metric/metric.h"
#include "option/option.h"

namespace pelikan {

// Makes an instance of a metric group, for `-s` to list.
using MetricTable = std::unique_ptr<MetricGroup> (*)(MetricRegistry&);

template <class Group>
std::unique_ptr<MetricGroup> metric_table(MetricRegistry& registry) {
  return std::make_unique<Group>(registry);
}

struct ServerSpec {
  std::string_view name;     // of the binary
  std::string_view summary;  // one line for -h
  uint16_t port = 0;         // default of server_port
  // What TLS clients may ask for by ALPN, as "memcached"; null: nothing.
  const char* alpn = nullptr;
  std::vector<OptionGroup*> options{};  // the server's own, beside the framework's
  std::vector<MetricTable> metrics{};   // the server's own, beside the framework's
  // Whether clients of the data port have to say who they are, with the options as they were read.
  // Empty: they do not.
  std::function<bool()> authenticates{};
  std::function<std::unique_ptr<Service>(const ServerContext&)> make;
  // Told once where the server listens: "127.0.0.1:12321", "[::1]:12321", "/run/cache.sock".
  std::function<void(const std::vector<std::string>& addresses)> listening{};
};

[[nodiscard]] inline bool authenticates(const ServerSpec& spec) {
  return spec.authenticates && spec.authenticates();
}

// Reads the command line and the configuration, serves until SIGTERM or SIGINT, and returns the
// exit code. Every SetupError ends here: its sentence goes to stderr, its code is returned
// (docs/reference/exit-codes.md); so do memory and threads that the system does not give.
int server_main(int argc, char** argv, const ServerSpec& spec);

}  // namespace pelikan
