#include "core/server.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <iterator>
#include <new>
#include <optional>
#include <ranges>

#include "buffer/buffer_pool.h"
#include "core/announcement.h"
#include "core/exposure.h"
#include "core/tls_door.h"
#include "core/version.h"
#include "core/worker_metrics.h"
#include "protocol/admin/parse.h"

namespace pelikan {
namespace {

constexpr std::chrono::milliseconds kTickPeriod{50};

std::unique_ptr<TlsIdentity> make_identity(const TlsOptions& options, const char* alpn,
                                           const TimeSource& time, MetricRegistry& registry,
                                           Log& log) {
  if (!options.is_on()) return nullptr;
  return std::make_unique<TlsIdentity>(options, alpn, time, registry, log);
}

}  // namespace

std::vector<MetricTable> framework_metrics() {
  return {metric_table<LogMetrics>,
          [](MetricRegistry& registry) -> std::unique_ptr<MetricGroup> {
            static const SystemTime time;
            return std::make_unique<ProcessMetrics>(registry, time, time.boot_ms());
          },
          metric_table<ServerMetrics>,
          metric_table<TlsMetrics>,
          metric_table<TlsCertificateMetrics>,
          metric_table<WorkerMetrics>,
          metric_table<BufferMetrics>,
          metric_table<AdminMetrics>,
          metric_table<HttpMetrics>};
}

Server::Server(const ServerSpec& spec, const FrameworkOptions& options,
               const OptionSet& all_options, ServerSockets sockets, Signals& signals,
               const TimeSource& time)
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
               .start_unix_ms = time.unix_ms(),
               .workers = options.worker.threads.get()},
      process_metrics_(registry_, time, context_.start_boot_ms),
      clock_(time),
      tls_(make_identity(options.tls, spec.alpn, time, registry_, log_)),
      listener_(options.server, std::move(sockets.data), tls_.get(), connections_, registry_, log_),
      service_(spec.make(context_)),
      workers_(make_workers()),
      admin_(options.admin, sockets.admin, loop_, clock_, context_, *service_,
             [this] { return reload(); }) {
  if (::geteuid() == 0) warn_of_root();
  loop_.on_wakeup(clock_refresh_);
  loop_.every(kTickPeriod, tick_);
}

Server::~Server() { listener_.stop(); }  // it deals to the workers

std::vector<std::unique_ptr<Worker>> Server::make_workers() {
  std::vector<std::unique_ptr<Worker>> workers;
  for (size_t index = 0; index < options_.worker.threads.get(); ++index) {
    workers.push_back(
        std::make_unique<Worker>(index, options_.worker, context_.time, registry_,
                                 [&](const Clock& clock) { return service_->processor(clock); }));
  }
  return workers;
}

void Server::warn_of_root() {
  const auto exposed = allowed_exposure(options_, authenticates(spec_));
  for (const std::string& address : exposed)
    LOG_WARN(log_, "runs as root, and {} lets other machines in", address);
  if (exposed.empty() && options_.process.user.get().empty())
    LOG_WARN(log_, "runs as root; `user` names whom to become instead");
}

std::vector<Worker*> Server::worker_pointers() const {
  std::vector<Worker*> pointers;
  pointers.reserve(workers_.size());
  for (const auto& worker : workers_) pointers.push_back(worker.get());
  return pointers;
}

void Server::serve(const std::string& config_path, const std::function<void()>& ready) {
  for (const auto& worker : workers_) worker->start(log_);
  listener_.start(worker_pointers());
  admin_.set_ready(true);
  announce(config_path);
  ready();
  while (!stopping_ || open_connections() > 0) loop_.run_once();
  for (const auto& worker : workers_) worker->join();
  service_->stopped();
  say("stopped");
}

void Server::announce(const std::string& config_path) {
  std::vector<Fact> facts{
      {"server", fmt::format("{}", fmt::join(listener_.plain().addresses, ","))}};
  std::vector<OpenPort> ports;
  if (const uint16_t port = listener_.plain().port; port != 0)
    ports.push_back({options_.server.port.name(), port});
  if (tls_) {
    facts.push_back({"tls", fmt::format("{}", fmt::join(listener_.tls().addresses, ","))});
    ports.push_back({options_.tls.port.name(), listener_.tls().port});
  }
  for (const AdminPorts::Open& open : admin_.open()) {
    facts.push_back({open.option, open.address.text()});
    ports.push_back({open.option, open.address.port()});
  }
  facts.push_back({"workers", std::to_string(workers_.size())});
  facts.push_back({"memory", service_->banner()});
  facts.push_back({"config", config_path});

  const std::string line = ready_line(spec_.name, context_.version, facts);
  if (spec_.listening) {
    std::vector<std::string> addresses = listener_.plain().addresses;
    std::ranges::copy(listener_.tls().addresses, std::back_inserter(addresses));
    spec_.listening(addresses);
  }
  // Whoever waits for this file takes the server for started: nothing fails behind it.
  if (!options_.process.ports_file.get().empty())
    write_ports_file(options_.process.ports_file.get(), ports);
  std::puts(line.c_str());
  std::fflush(stdout);
  say(line);
}

// For the log's readers; whoever has the log on the terminal has been told.
void Server::say(std::string_view line) noexcept {
  if (!options_.log.file.get().empty()) log_.write(LogLevel::kInfo, line);
}

void Server::tick() noexcept {
  while (const std::optional<Signal> signal = signals_.next()) handle(*signal);
  admin_.tick();
  if (tls_) tls_->tick();
  service_->tick();
  log_.flush();
}

void Server::handle(Signal signal) noexcept {
  switch (signal) {
    case Signal::kStop:
      return stop();
    case Signal::kReopenLogs:
      reload();
      return;
    case Signal::kDumpStats:
      return dump_stats();
  }
}

std::string Server::reload() noexcept {
  log_.reopen();
  service_->reload();
  return tls_ ? tls_->reload() : std::string();
}

void Server::stop() noexcept {
  const std::chrono::milliseconds grace =
      stopping_ ? std::chrono::milliseconds(0) : options_.worker.shutdown_timeout.get();
  if (!stopping_) {
    say("stops: lets the clients take their replies");
    admin_.set_ready(false);
    listener_.stop();
  }
  stopping_ = true;
  for (const auto& worker : workers_) worker->stop(grace);
}

void Server::dump_stats() noexcept {
  std::string text;
  try {
    text = admin_.commands().answer({.command = admin::Command::kStats, .argument = {}});
  } catch (const std::bad_alloc&) {
    return log_.write(LogLevel::kError, "no memory to put the statistics together");
  }
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
