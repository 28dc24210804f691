#include "load/engine/self_test.h"

#include <fmt/format.h>

#include <array>

#include "base/text_table.h"
#include "load/engine/figures.h"
#include "load/engine/live_line.h"
#include "load/engine/null_server.h"
#include "load/engine/runner.h"

namespace pelikan::load {
namespace {

struct Trial {
  std::string_view name;
  std::string_view rate;
  uint64_t pipeline;
};
constexpr std::array kTrials = {
    Trial{.name = "closed loop, 1 in flight", .rate = "0", .pipeline = 1},
    Trial{.name = "closed loop, 32 in flight", .rate = "0", .pipeline = 32},
    Trial{.name = "open loop at 10k/s", .rate = "10k", .pipeline = 64},
    Trial{.name = "open loop at 100k/s", .rate = "100k", .pipeline = 64},
};
constexpr std::chrono::milliseconds kTrialTime{1000};

double cpu_per_request_ns(const RunResult& result) {
  double cpu_s = 0;
  for (const ThreadUse& use : result.threads) cpu_s += use.cpu_s;
  const uint64_t done = result.counts[Count::kDone];
  return done == 0 ? 0 : cpu_s * 1e9 / static_cast<double>(done);
}

std::string percentile_text(const HistogramSnapshot& values, double share) {
  if (values.count() == 0) return "-";
  return duration_text(static_cast<double>(values.percentile(share)));
}

}  // namespace

std::string self_test(const LoadOptions& options, Signals& signals) {
  const NullServer server;
  TextTable table({"trial", "rate", "CPU/request", "response p50", "p99", "lag p50", "p99"});
  for (const Trial& trial : kTrials) {
    LoadOptions own;
    own.servers.set(server.address().text());
    own.protocol.set("ping");
    own.rate.set(std::string(trial.rate));
    own.pipeline.set(trial.pipeline);
    own.duration.set(kTrialTime);
    own.threads.set(options.threads.get());
    own.connections.set(options.connections.get());
    KeyspaceGroups keyspaces;
    keyspaces.group("default");
    const TlsClientOptions no_tls;
    const TraceOptions no_trace;
    LiveLine silent(true);
    Runner runner(own, no_tls, no_trace, keyspaces, signals, silent);
    const RunResult result = runner.run();
    table.add(
        {std::string(trial.name), count_text(result.rate()) + "/s",
         duration_text(cpu_per_request_ns(result)), percentile_text(result.latencies.response, 0.5),
         percentile_text(result.latencies.response, 0.99),
         percentile_text(result.latencies.lag, 0.5), percentile_text(result.latencies.lag, 0.99)});
    if (runner.is_interrupted()) break;
  }
  return "The generator against a server in this process that only answers PONG:\n\n" +
         table.plain() +
         "\nThe lag is the timers' jitter, and what the threads take from each other.\n";
}

}  // namespace pelikan::load
