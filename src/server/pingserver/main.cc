// pelikan_pingserver answers PING with PONG: the template for a new server
// (docs/how-to/write-a-server.md), and a measure of what the network and the framework cost.
#include <memory>

#include "core/server_main.h"
#include "service/ping.h"

int main(int argc, char** argv) {
  using namespace pelikan;
  return server_main(
      argc, argv,
      {
          .name = "pelikan_pingserver",
          .summary = "answers PING with PONG",
          .port = 12321,
          .metrics = {metric_table<PingMetrics>},
          .make =
              [](const ServerContext& context) { return std::make_unique<PingService>(context); },
      });
}
