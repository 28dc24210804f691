// replay: plays traces of real caches, or workloads like Twitter's clusters, against a running
// memcached server, and prints hit ratio, requests per second and errors of each.
//
//   replay --port 11211 --data ../traces        every *.u32.zst there
//   replay --port 11211                         workloads from clusters.csv
//
// Exit status: 0; 3 when there were errors or the connection was lost; 64, 65, 71 as the servers'.
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/setup_error.h"
#include "clusters.h"
#include "connection.h"
#include "option/command_line.h"
#include "option/option.h"
#include "option/option_set.h"
#include "replayer.h"
#include "trace.h"

namespace pelikan::replay {

constexpr int kExitErrors = 3;

namespace {

struct ReplayOptions : OptionGroup {
  Option<std::string> host{this, "host", "127.0.0.1", "where the server listens"};
  Option<uint64_t> port{this, "port", 11211, "its port", {1, 65535}};
  Option<std::string> data{
      this, "data", "",
      "folder of traces (*.u32.zst); empty: $PELIKAN_TRACES, and without that the clusters"};
  Option<std::string> clusters{this, "clusters", PELIKAN_CLUSTERS, "table of cluster parameters"};
  Option<uint64_t> batch{this, "batch", 64, "requests on their way at a time", {1, 10'000}};
  Option<uint64_t> requests{
      this, "requests", 2'000'000, "requests made for a cluster", {4, 1'000'000'000}};
  Option<uint64_t> keys{this, "keys", 500'000, "different keys of a cluster", {1, 100'000'000}};
};

// Every workload is made when its turn comes: together they would take gigabytes.
std::vector<std::function<Workload()>> workloads(const ReplayOptions& options) {
  std::string folder = options.data.get();
  const char* from_environment = std::getenv("PELIKAN_TRACES");
  if (folder.empty() && from_environment != nullptr) folder = from_environment;
  std::vector<std::function<Workload()>> list;
  if (!folder.empty()) {
    for (const std::string& path : find_traces(folder)) {
      list.emplace_back([path] { return read_trace(path); });
    }
    return list;
  }
  const ClusterSize size{.requests = options.requests.get(),
                         .keys = static_cast<uint32_t>(options.keys.get())};
  for (const Cluster& cluster : read_clusters(options.clusters.get())) {
    list.emplace_back([cluster, size] { return make_workload(cluster, size); });
  }
  return list;
}

void print(const std::string& name, const Result& result) {
  const double ratio =
      result.gets == 0 ? 0 : static_cast<double>(result.hits) / static_cast<double>(result.gets);
  std::printf("%-16s %10llu %9.4f %12.0f %8llu\n", name.c_str(),
              static_cast<unsigned long long>(result.requests), ratio,
              static_cast<double>(result.requests) / result.seconds,
              static_cast<unsigned long long>(result.errors));
  if (result.errors > 0) std::printf("  first error: %s\n", result.first_error.c_str());
  std::fflush(stdout);
}

int replay_all(const ReplayOptions& options) {
  Connection connection(options.host.get(), static_cast<uint16_t>(options.port.get()));
  std::printf("%-16s %10s %9s %12s %8s\n", "workload", "requests", "hit ratio", "requests/s",
              "errors");
  bool had_errors = false;
  for (const auto& make : workloads(options)) {
    const Workload workload = make();
    const Result result = Replayer(connection, workload, options.batch.get()).run();
    print(workload.name, result);
    had_errors = had_errors || result.errors > 0;
  }
  return had_errors ? kExitErrors : 0;
}

int run(std::span<const char* const> arguments) {
  ReplayOptions options;
  const OptionSet set({&options});
  const CommandLine line = parse_command_line(arguments, set);
  std::vector<std::string> errors = line.errors;
  if (errors.empty()) errors = apply_command_line(line, set);
  for (const std::string& error : errors) std::fprintf(stderr, "replay: %s\n", error.c_str());
  if (!errors.empty()) return static_cast<int>(ExitCode::kUsage);
  if (line.action == CommandLineAction::kRun) return replay_all(options);
  std::printf("replay: plays traces or made-up workloads against a memcached server\n\n%s",
              option_table(set).c_str());
  return 0;
}

}  // namespace

}  // namespace pelikan::replay

int main(int argc, char** argv) {
  try {
    return pelikan::replay::run({argv + 1, argv + argc});
  } catch (const pelikan::SetupError& error) {
    std::fprintf(stderr, "replay: %s\n", error.what());
    return static_cast<int>(error.code());
  } catch (const std::exception& error) {
    std::fprintf(stderr, "replay: %s\n", error.what());
    return pelikan::replay::kExitErrors;
  }
}
