#include "core/server_main.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <new>
#include <optional>
#include <span>
#include <string>
#include <system_error>
#include <utility>

#include "base/clock.h"
#include "base/setup_error.h"
#include "core/daemon.h"
#include "core/exposure.h"
#include "core/out_of_memory.h"
#include "core/pid_file.h"
#include "core/process_setup.h"
#include "core/server.h"
#include "core/signals.h"
#include "core/version.h"
#include "metric/listing.h"
#include "metric/registry.h"
#include "option/command_line.h"
#include "option/option_set.h"

namespace pelikan {
namespace {

int to_status(ExitCode code) noexcept { return static_cast<int>(code); }

// Before main() puts its option groups together.
[[maybe_unused]] const bool kIsPrepared = [] {
  end_when_out_of_memory();
  return true;
}();

int refuse(const ServerSpec& spec, std::string_view error, ExitCode code) {
  fmt::print(stderr, "{}: {}\n", spec.name, error);
  return to_status(code);
}
// Every error on a line of its own; the exit status.
int refuse(const ServerSpec& spec, const std::vector<std::string>& errors, ExitCode code) {
  for (const std::string& error : errors) (void)refuse(spec, error, code);
  return to_status(code);
}

void print_metrics(const ServerSpec& spec) {
  MetricRegistry registry;
  std::vector<std::unique_ptr<MetricGroup>> groups;
  for (const MetricTable make : framework_metrics()) groups.push_back(make(registry));
  for (const MetricTable make : spec.metrics) groups.push_back(make(registry));
  fmt::print("{}", metric_listing(registry.read()));
}

// As a daemon first of all: the process id and locked memory are those of the child. Then what only
// root may have: the pid file's place, limits, some ports. Everything else is read, written and
// served as the user.
void serve(const ServerSpec& spec, const FrameworkOptions& framework, const OptionSet& options,
           Signals& signals, const std::string& config_path) {
  const ProcessOptions& process = framework.process;
  std::optional<Daemon> daemon;
  if (process.daemonize.get()) daemon.emplace();
  std::optional<PidFile> pid_file;
  if (!process.pid_file.get().empty()) pid_file.emplace(process.pid_file.get());
  raise_limits(framework);
  ServerSockets sockets(framework);
  const std::string warning =
      confine_process(framework, authenticates(spec) || framework.tls.is_on());
  if (!warning.empty()) fmt::print(stderr, "{}: {}\n", spec.name, warning);
  const SystemTime time;
  Server server(spec, framework, options, std::move(sockets), signals, time);
  server.serve(config_path, [&] {
    if (daemon) daemon->detach();
  });
}

int run(std::span<const char* const> arguments, const ServerSpec& spec) {
  Signals signals;  // first: the threads to come inherit the mask
  FrameworkOptions framework;
  framework.server.port.set_default(spec.port);
  std::vector<OptionGroup*> groups = framework.groups();
  groups.insert(groups.end(), spec.options.begin(), spec.options.end());
  const OptionSet options(groups);

  const CommandLine line = parse_command_line(arguments, options);
  if (!line.errors.empty()) return refuse(spec, line.errors, ExitCode::kUsage);
  switch (line.action) {
    case CommandLineAction::kHelp:
      fmt::print("{}", help_text(spec.name, spec.summary, options));
      return 0;
    case CommandLineAction::kVersion:
      fmt::print("{} {}\n", spec.name, version());
      return 0;
    case CommandLineAction::kListOptions:
      fmt::print("{}", option_table(options));
      return 0;
    case CommandLineAction::kListMetrics:
      print_metrics(spec);
      return 0;
    case CommandLineAction::kRun:
    case CommandLineAction::kTestConfig:
      break;
  }
  const std::vector<std::string> errors = apply_command_line(line, options);
  if (!errors.empty()) return refuse(spec, errors, ExitCode::kConfig);
  const auto exposed = allowed_exposure(framework, authenticates(spec));
  if (line.action == CommandLineAction::kTestConfig) {
    if (framework.tls.is_on()) (void)TlsContext(framework.tls.settings(), nullptr, nullptr);
    fmt::print("{}: the configuration is valid\n", spec.name);
    return 0;
  }
  if (::geteuid() == 0) refuse_root(framework, exposed);
  serve(spec, framework, options, signals, line.config_path);
  return 0;
}

}  // namespace

int server_main(int argc, char** argv, const ServerSpec& spec) {
  try {
    return run(std::span<const char* const>(argv, static_cast<size_t>(argc)).subspan(1), spec);
  } catch (const SetupError& error) {
    return refuse(spec, error.what(), error.code());
  } catch (const std::bad_alloc&) {
    return refuse(spec, kOutOfMemory, ExitCode::kSystem);
  } catch (const std::system_error& error) {  // of std::thread
    return refuse(spec, fmt::format("cannot start a thread: {}", error.what()), ExitCode::kSystem);
  }
}

}  // namespace pelikan
