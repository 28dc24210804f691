#include "core/listener.h"

#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <cstring>
#include <new>
#include <thread>
#include <utility>

#include "base/assertion.h"
#include "base/setup_error.h"
#include "event/libevent_loop.h"
#include "event/socket.h"
#include "transport/address.h"

namespace pelikan {
namespace {

unsigned permissions(std::string_view text) {
  unsigned mode = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, mode, 8);
  if (error == std::errc() && stop == end && mode <= 0777) return mode;
  throw SetupError(ExitCode::kConfig,
                   fmt::format("server_unix_mode: '{}' is not an octal number like 0700", text));
}

std::vector<Address> addresses_of(const ServerOptions& options) {
  std::vector<Address> addresses;
  try {
    addresses =
        Address::resolve_with_ports(options.host.get(), static_cast<uint16_t>(options.port.get()));
  } catch (const SetupError& error) {
    throw SetupError(error.code(), fmt::format("server_host: {}", error.what()));
  }
  if (!options.unix_path.get().empty())
    addresses.push_back(Address::unix_path(options.unix_path.get()));
  if (addresses.empty()) {
    throw SetupError(ExitCode::kConfig,
                     "server_host and server_unix_path are empty: there is nowhere to listen");
  }
  return addresses;
}

}  // namespace

BoundSockets::BoundSockets(const ServerOptions& options)
    : settings_{.backlog = static_cast<int>(options.tcp_backlog.get()),
                .unix_mode = permissions(options.unix_mode.get())} {
  for (const Address& address : addresses_of(options)) bind(address);
}

void BoundSockets::bind(const Address& address) {
  sockets_.push_back(bind_to(address, settings_));
  if (address.is_unix()) files_.push_back(address.text());
}

void BoundSockets::remove_files() noexcept {
  for (const std::string& path : files_) ::unlink(path.c_str());
  files_.clear();
}

class Listener::Thread final : public AcceptOwner {
 public:
  Thread(const ServerOptions& options, BoundSockets sockets, Connections& connections,
         MetricRegistry& registry, Log& log);
  ~Thread() override { stop(); }

  void start(std::vector<Worker*> workers);
  void stop() noexcept;
  [[nodiscard]] const std::vector<std::string>& addresses() const noexcept { return addresses_; }
  [[nodiscard]] uint16_t port() const noexcept { return port_; }

  void accepted(UniqueFd socket) noexcept override;
  void accept_paused(int error) noexcept override;

 private:
  void run() noexcept;
  void refuse(UniqueFd socket) noexcept;

  BoundSockets sockets_;
  std::vector<Worker*> workers_;
  Connections& connections_;
  Log& log_;
  ServerMetrics metrics_;
  const size_t max_connections_;
  LibeventLoop loop_;
  std::vector<Connection*> listening_;
  std::vector<std::string> addresses_;
  uint16_t port_ = 0;
  // Written by whoever stops the listener, read by its thread; relaxed: the wake-up that follows
  // brings it there.
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

Listener::Thread::Thread(const ServerOptions& options, BoundSockets sockets,
                         Connections& connections, MetricRegistry& registry, Log& log)
    : sockets_(std::move(sockets)),
      connections_(connections),
      log_(log),
      metrics_(registry),
      max_connections_(options.max_connections.get()) {
  metrics_.max_connections.set(static_cast<int64_t>(max_connections_));
  for (const UniqueFd& socket : sockets_.sockets()) {
    const Address bound = Address::local(socket.get());
    addresses_.push_back(bound.text());
    if (port_ == 0) port_ = bound.port();
  }
}

void Listener::Thread::start(std::vector<Worker*> workers) {
  CHECK(!thread_.joinable() && !workers.empty());
  workers_ = std::move(workers);
  for (UniqueFd& socket : sockets_.take()) {
    listen_with(socket.get(), sockets_.settings());
    listening_.push_back(&connections_.listen(socket.get()));
    loop_.listen(std::move(socket), *this);
  }
  thread_ = std::thread([this] { run(); });
}

void Listener::Thread::stop() noexcept {
  stopping_.store(true, std::memory_order_relaxed);
  loop_.wake();
  if (thread_.joinable()) thread_.join();
  loop_.stop_listening();
  for (Connection* entry : listening_) entry->close();
  listening_.clear();
  sockets_.take().clear();
  sockets_.remove_files();
}

void Listener::Thread::run() noexcept {
  ::pthread_setname_np(::pthread_self(), "listener");
  log_.join();
  while (!stopping_.load(std::memory_order_relaxed)) loop_.run_once();
}

void Listener::Thread::accepted(UniqueFd socket) noexcept {
  size_t open = 0;
  Worker* chosen = workers_.front();
  size_t fewest = chosen->connections();
  for (Worker* worker : workers_) {
    const size_t its = worker->connections();
    open += its;
    if (its < fewest) {
      fewest = its;
      chosen = worker;
    }
  }
  if (open >= max_connections_) return refuse(std::move(socket));
  send_at_once(socket.get());
  try {
    Connection& connection = connections_.open(socket.get());
    metrics_.total_connections.add();
    chosen->adopt(std::move(socket), connection);
  } catch (const std::bad_alloc&) {
    LOG_ERROR(log_, "no memory for a connection");  // the socket closes
  }
}

void Listener::Thread::refuse(UniqueFd socket) noexcept {
  metrics_.rejected_connections.add();
  LOG_WARN(log_, "refused a connection: max_connections ({}) are open", max_connections_);
  const std::string_view text = workers_.front()->processor().refusal();
  // A new socket's buffer takes it, or the client is gone.
  [[maybe_unused]] const ssize_t sent =
      ::send(socket.get(), text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  end_stream(socket.get());
}

void Listener::Thread::accept_paused(int error) noexcept {
  metrics_.accept_pauses.add();
  LOG_WARN(log_, "cannot accept connections for the moment: {}", std::strerror(error));
}

Listener::Listener(const ServerOptions& options, BoundSockets sockets, Connections& connections,
                   MetricRegistry& registry, Log& log)
    : thread_(std::make_unique<Thread>(options, std::move(sockets), connections, registry, log)) {}
Listener::~Listener() = default;

void Listener::start(std::vector<Worker*> workers) { thread_->start(std::move(workers)); }
void Listener::stop() noexcept { thread_->stop(); }
const std::vector<std::string>& Listener::addresses() const noexcept {
  return thread_->addresses();
}
uint16_t Listener::port() const noexcept { return thread_->port(); }

}  // namespace pelikan
