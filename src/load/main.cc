// pelikan_load: the load generator. See docs/how-to/load-testing.md.
#include <fmt/format.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/setup_error.h"
#include "core/signals.h"
#include "core/version.h"
#include "load/configuration.h"
#include "load/engine/gate.h"
#include "load/engine/live_line.h"
#include "load/engine/runner.h"
#include "load/engine/search.h"
#include "load/engine/self_test.h"
#include "load/engine/summary.h"
#include "load/options.h"
#include "load/report/report_command.h"
#include "load/report/report_files.h"
#include "load/tls_options.h"
#include "load/trace/trace_options.h"

namespace pelikan::load {
namespace {

constexpr std::string_view kName = "pelikan_load";

// Beside those of ExitCode.
enum class LoadExit : int {
  kSaturated = 3,
  kAssertionFailed = 4,
  kServerNotThere = 5,
  kServerGone = 6,
  kInterrupted = 128 + SIGINT,  // as shells have it; a run that is interrupted ends as planned
};

constexpr std::string_view kHelp =
    R"(pelikan_load: sends a cache server requests and tells what became of them

Usage: pelikan_load [OPTIONS] [config file]
       pelikan_load replay TRACE [OPTIONS] [config file]
       pelikan_load report RUN.json... [--html FILE] [--csv FILE] [--hgrm FILE]

  -h, --help        this text
  -v, --version     the version
  -c, --config      all options: name, type, default, what is allowed, meaning
  -t, --test        test the config file and the command line, then exit

  --NAME VALUE      set the option NAME; also --NAME=VALUE
  --set NAME=VALUE  the same, as for --set ks.user.weight=80

Every option is as well a line `NAME: VALUE` of the config file and a variable PELIKAN_LOAD_NAME of the
environment; the command line wins over the environment, and that over the file.

Examples:
  pelikan_load                                      10 s on 127.0.0.1:11211, as fast as it answers
  pelikan_load --rate 100k --duration 60s           at a rate, whatever the server does
  pelikan_load workload.conf --rate 200k            a file, one option changed
  pelikan_load replay cluster52.zst --trace_speed 10    a recorded trace, ten times as fast
  pelikan_load --search 'p99.9<1ms' --rate 10k:2M   the highest rate that meets a bound
  pelikan_load report a.json b.json --html cmp.html     runs compared (written with --json)
  pelikan_load --self-test                          what this machine lets the generator do

Exit status: 0; 3 the generator was the bottleneck (with --strict yes); 4 an assertion failed; 5 a server is
not there, or no TLS handshake with it succeeds; 6 a server went away in mid-run; 64 usage; 78 configuration.
)";

int refuse(const std::vector<std::string>& errors, ExitCode code) {
  for (const std::string& error : errors) fmt::print(stderr, "{}: {}\n", kName, error);
  return static_cast<int>(code);
}

int fail(LoadExit code, std::string_view why) {
  fmt::print(stderr, "{}: {}\n", kName, why);
  return static_cast<int>(code);
}

NamedTexts config_of(const OptionSet& options) {
  NamedTexts config;
  for (const OptionBase* option : options.options()) {
    config.emplace_back(option->name(), option->current_text());
  }
  return config;
}

bool uses_colour(const LoadOptions& options) {
  if (options.color.get() == "auto") return ::isatty(STDOUT_FILENO) == 1;
  return options.color.get() == "yes";
}

int exit_status(const RunResult& result, const LoadOptions& options) {
  const auto has = [&result](VerdictKind kind) {
    for (const RunVerdict& verdict : result.verdicts) {
      if (verdict.kind == kind) return true;
    }
    return false;
  };
  if (has(VerdictKind::kServerGone)) {
    return fail(LoadExit::kServerGone, result.verdicts.front().sentence);
  }
  for (const AssertionResult& assertion : result.assertions) {
    if (!assertion.is_met) return static_cast<int>(LoadExit::kAssertionFailed);
  }
  const bool is_saturated = options.strict.get() && has(VerdictKind::kGeneratorBound);
  return is_saturated ? static_cast<int>(LoadExit::kSaturated) : 0;
}

struct Options {
  LoadOptions load;
  TlsClientOptions tls;
  TraceOptions trace;
  ReportOptions report;
};

int run(const Configuration& configuration, const Options& all, Signals& signals) {
  const LoadOptions& options = all.load;
  if (options.self_test.get()) {
    fmt::print("{}", self_test(options, signals));
    return 0;
  }
  const std::vector<Gate> assertions =
      Gate::parse_list(options.assertions.name(), options.assertions.get());
  LiveLine live(options.quiet.get());
  Runner runner(options, all.tls, all.trace, configuration.keyspaces(), signals, live);
  const auto search = Search::from_options(options);
  ReportFiles files(all.report);
  if (configuration.command_line().action == CommandLineAction::kTestConfig) {
    fmt::print("{}: the configuration is valid\n", kName);
    return 0;
  }
  runner.connect();
  runner.prefill();
  if (runner.is_interrupted()) return fail(LoadExit::kInterrupted, "interrupted in the prefill");
  RunResult result = search ? search->run(runner, live) : runner.run();
  live.end();
  result.config = config_of(configuration.options());
  for (const Gate& gate : assertions) result.assertions.push_back(gate.check(result));
  if (!options.quiet.get()) fmt::print("{}", summary_text(result, uses_colour(options)));
  const NamedRun named{.name = std::string(kName), .result = std::move(result)};
  files.write({&named, 1});
  return exit_status(named.result, options);
}

// `replay FILE` is --trace FILE.
std::vector<const char*> without_command(std::span<const char* const> arguments) {
  std::vector<const char*> words(arguments.begin(), arguments.end());
  if (!words.empty() && words.front() == std::string_view("replay")) words.front() = "--trace";
  return words;
}

int main_of(std::span<const char* const> arguments) {
  if (!arguments.empty() && arguments.front() == std::string_view("report")) {
    return report_command(arguments.subspan(1));
  }
  Signals signals;  // first: the threads to come inherit the mask
  Options options;
  Configuration configuration({&options.load, &options.tls, &options.trace, &options.report},
                              without_command(arguments), environ);
  const CommandLine& line = configuration.command_line();
  if (!line.errors.empty()) return refuse(line.errors, ExitCode::kUsage);
  switch (line.action) {
    case CommandLineAction::kHelp:
      fmt::print("{}", kHelp);
      return 0;
    case CommandLineAction::kVersion:
      fmt::print("{} {}\n", kName, version());
      return 0;
    case CommandLineAction::kListOptions:
      fmt::print("{}", option_table(configuration.options()));
      return 0;
    case CommandLineAction::kListMetrics:
      return refuse({"-s lists a server's metrics; a load generator has none"}, ExitCode::kUsage);
    case CommandLineAction::kRun:
    case CommandLineAction::kTestConfig:
      break;
  }
  const std::vector<std::string> errors = configuration.apply();
  if (!errors.empty()) return refuse(errors, ExitCode::kConfig);
  return run(configuration, options, signals);
}

}  // namespace
}  // namespace pelikan::load

int main(int argc, char** argv) {
  using namespace pelikan;
  try {
    return load::main_of(std::span<const char* const>(argv, static_cast<size_t>(argc)).subspan(1));
  } catch (const load::ServerUnreachable& error) {
    return load::fail(load::LoadExit::kServerNotThere, error.what());
  } catch (const SetupError& error) {
    return load::refuse({error.what()}, error.code());
  }
}
