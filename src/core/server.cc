#include "core/server.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <optional>
#include <ranges>

#include "base/setup_error.h"
#include "core/exposure.h"
#include "core/file_limit.h"
#include "core/pid_file.h"
#include "core/version.h"
#include "protocol/admin/parse.h"

namespace pelikan {
namespace {

constexpr std::chrono::milliseconds kTickPeriod{50};

// Descriptors beside those of the data port's connections: admin connections, logs, and what each
// worker needs.
uint64_t files_needed(const FrameworkOptions& options) {
  constexpr uint64_t kBeside = 192;
  constexpr uint64_t kPerWorker = 8;
  return options.server.max_connections.get() + kBeside + kPerWorker * options.worker.threads.get();
}

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> words;
  for (const auto part : text | std::views::split(',')) {
    const std::string_view word(part.begin(), part.end());
    const size_t first = word.find_first_not_of(' ');
    if (first == std::string_view::npos) continue;
    words.emplace_back(word.substr(first, word.find_last_not_of(' ') - first + 1));
  }
  return words;
}

}  // namespace

std::vector<MetricTable> framework_metrics() {
  return {metric_table<LogMetrics>,
          [](MetricRegistry& registry) -> std::unique_ptr<MetricGroup> {
            static const SystemTime time;
            return std::make_unique<ProcessMetrics>(registry, time, time.boot_ms());
          },
          metric_table<ServerMetrics>, metric_table<AdminMetrics>, metric_table<HttpMetrics>};
}

Server::Server(const ServerSpec& spec, const FrameworkOptions& options,
               const OptionSet& all_options, Signals& signals, const TimeSource& time)
    : spec_(spec),
      options_(options),
      signals_(signals),
      log_(options.log, log_metrics_, time),
      connections_(time),
      context_{.options = all_options,
               .metrics = registry_,
               .time = time,
               .log = log_,
               .connections = connections_,
               .version = version(),
               .start_boot_ms = time.boot_ms(),
               .start_unix_ms = time.unix_ms()},
      process_metrics_(registry_, time, context_.start_boot_ms),
      clock_(time),
      service_(spec.make(context_)),
      workers_(make_workers()),
      listener_(options.server, worker_pointers(), connections_, registry_, log_),
      commands_(context_, *service_) {
  warn_of_exposure();
  facts_.push_back({"server", fmt::format("{}", fmt::join(listener_.addresses(), ","))});
  if (listener_.port() != 0) open_ports_.push_back({options.server.port.name(), listener_.port()});
  loop_.on_wakeup(clock_refresh_);
  loop_.every(kTickPeriod, tick_);
  open_admin_ports();
}

Server::~Server() = default;

std::vector<std::unique_ptr<Worker>> Server::make_workers() {
  raise_file_limit(files_needed(options_));
  std::vector<std::unique_ptr<Worker>> workers;
  for (size_t index = 0; index < options_.worker.threads.get(); ++index) {
    workers.push_back(
        std::make_unique<Worker>(index, options_.worker, context_.time, registry_,
                                 [&](const Clock& clock) { return service_->processor(clock); }));
  }
  return workers;
}

void Server::warn_of_exposure() {
  for (const std::string& address : allowed_exposure(options_)) {
    if (::geteuid() == 0) LOG_WARN(log_, "runs as root, and {} lets other machines in", address);
  }
}

std::vector<Worker*> Server::worker_pointers() const {
  std::vector<Worker*> pointers;
  for (const auto& worker : workers_) pointers.push_back(worker.get());
  return pointers;
}

UniqueFd Server::open_admin_port(const Option<int64_t>& port, std::string_view fact) {
  const auto number = static_cast<uint16_t>(port.get());
  UniqueFd socket = listen_on(Address::resolve(options_.admin.host.get(), number).front(), {});
  const Address address = Address::local(socket.get());
  facts_.push_back({fact, address.text()});
  open_ports_.push_back({port.name(), address.port()});
  return socket;
}

void Server::open_admin_ports() {
  const AdminOptions& admin = options_.admin;
  if (admin.port.get() != kPortOff) {
    UniqueFd socket = open_admin_port(admin.port, "admin");
    admin_port_ = std::make_unique<AdminPort>(loop_, std::move(socket), commands_, clock_,
                                              admin.timeout.get(), admin_metrics_);
  }
  if (admin.http_port.get() != kPortOff) {
    UniqueFd socket = open_admin_port(admin.http_port, "admin_http");
    http_server_ = std::make_unique<HttpServer>(
        loop_.base(), std::move(socket), split(admin.allowed_hosts.get()), pages_, http_metrics_);
  }
}

void Server::serve(const std::string& config_path) {
  std::optional<PidFile> pid_file;
  if (!options_.process.pid_file.get().empty()) pid_file.emplace(options_.process.pid_file.get());
  for (const auto& worker : workers_) worker->start();
  listener_.start();
  pages_.set_ready(true);
  announce(config_path);
  while (!stopping_ || open_connections() > 0) loop_.run_once();
  for (const auto& worker : workers_) worker->join();
  say("stopped");
}

void Server::announce(const std::string& config_path) {
  facts_.push_back({"workers", std::to_string(workers_.size())});
  facts_.push_back({"memory", service_->banner()});
  facts_.push_back({"config", config_path});
  if (!options_.process.ports_file.get().empty()) {
    write_ports_file(options_.process.ports_file.get(), open_ports_);
  }
  const std::string line = ready_line(spec_.name, context_.version, facts_);
  fmt::print("{}\n", line);
  std::fflush(stdout);
  say(line);
}

// For the log's readers; whoever has the log on the terminal has been told.
void Server::say(std::string_view line) noexcept {
  if (!options_.log.file.get().empty()) log_.write(LogLevel::kInfo, line);
}

void Server::tick() noexcept {
  while (const std::optional<Signal> signal = signals_.next()) handle(*signal);
  if (admin_port_) admin_port_->run();
  service_->tick();
  log_.flush();
}

void Server::handle(Signal signal) noexcept {
  switch (signal) {
    case Signal::kStop:
      return stop();
    case Signal::kReopenLogs:
      return log_.reopen();
    case Signal::kDumpStats:
      return dump_stats();
  }
}

void Server::stop() noexcept {
  const std::chrono::milliseconds grace =
      stopping_ ? std::chrono::milliseconds(0) : options_.worker.shutdown_timeout.get();
  if (!stopping_) {
    say("stops: lets the clients take their replies");
    pages_.set_ready(false);
    listener_.stop();
  }
  stopping_ = true;
  for (const auto& worker : workers_) worker->stop(grace);
}

void Server::dump_stats() noexcept {
  const std::string text = commands_.answer({.command = admin::Command::kStats, .argument = {}});
  for (const auto line : std::string_view(text) | std::views::split('\n')) {
    std::string_view row(line.begin(), line.end());
    if (row.ends_with('\r')) row.remove_suffix(1);
    if (row.starts_with("STAT ")) log_.write(LogLevel::kInfo, row);
    log_.flush();  // so that it is not a matter of the buffer's size
  }
}

size_t Server::open_connections() const noexcept {
  size_t sum = 0;
  for (const auto& worker : workers_) sum += worker->connections();
  return sum;
}

}  // namespace pelikan
