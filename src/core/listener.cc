#include "core/listener.h"

#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <cstring>
#include <new>
#include <optional>
#include <thread>
#include <utility>

#include "base/assertion.h"
#include "base/setup_error.h"
#include "core/host_option.h"
#include "core/tls_door.h"
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

// Handshakes take at most a quarter of the connections that may be open.
TlsDoorLimits door_limits(const TlsOptions& options, size_t max_connections) {
  constexpr size_t kMost = 1024;
  return {.timeout_ms = options.handshake_timeout.get().count(),
          .most = std::clamp<size_t>(max_connections / 4, 1, kMost)};
}

}  // namespace

// The other constructor is done before the first file is there: what follows may throw, and the
// destructor removes the files.
BoundSockets::BoundSockets(const ServerOptions& options, const TlsOptions& tls)
    : BoundSockets(ListenSettings{.backlog = static_cast<int>(options.tcp_backlog.get()),
                                  .unix_mode = permissions(options.unix_mode.get())}) {
  for (const Address& address : resolve(options.host, static_cast<uint16_t>(options.port.get())))
    bind(address, plain_);
  if (!options.unix_path.get().empty()) bind(Address::unix_path(options.unix_path.get()), plain_);
  if (tls.is_on()) {
    for (const Address& address : resolve(tls.host, static_cast<uint16_t>(tls.port.get())))
      bind(address, tls_);
  }
  if (plain_.sockets.empty() && tls_.sockets.empty()) {
    throw SetupError(ExitCode::kConfig,
                     "server_host and server_unix_path are empty: there is nowhere to listen");
  }
}

void BoundSockets::bind(const Address& address, Ports& ports) {
  std::string path = address.is_unix() ? address.text() : std::string();
  files_.reserve(files_.size() + 1);  // nothing fails while a file is nobody's
  UniqueFd socket = bind_to(address, settings_);
  if (address.is_unix()) files_.push_back(std::move(path));
  ports.sockets.push_back(std::move(socket));
  const Address bound = Address::local(ports.sockets.back().get());
  ports.addresses.push_back(bound.text());
  if (ports.port == 0) ports.port = bound.port();
}

void BoundSockets::remove_files() noexcept {
  for (const std::string& path : files_) ::unlink(path.c_str());
  files_.clear();
}

class Listener::Thread final : public AcceptOwner, public TlsDoorOwner {
 public:
  Thread(const ServerOptions& options, BoundSockets sockets, TlsIdentity* tls,
         Connections& connections, MetricRegistry& registry, Log& log);
  ~Thread() override { stop(); }

  void start(std::vector<Worker*> workers);
  void stop() noexcept;
  [[nodiscard]] BoundSockets& sockets() noexcept { return sockets_; }

  void accepted(UniqueFd socket) noexcept override;
  void accept_paused(int error) noexcept override;
  [[nodiscard]] bool may_enter() noexcept override;
  void entered(UniqueFd socket, std::unique_ptr<TlsStream> stream) noexcept override;

 private:
  void listen(BoundSockets::Ports& ports, AcceptOwner& owner);
  void run() noexcept;
  [[nodiscard]] size_t open() const noexcept;
  void deal(UniqueFd socket, std::unique_ptr<TlsStream> stream) noexcept;
  void note_refusal() noexcept;
  void refuse(UniqueFd socket) noexcept;

  BoundSockets sockets_;
  std::vector<Worker*> workers_;
  Connections& connections_;
  Log& log_;
  ServerMetrics metrics_;
  const size_t max_connections_;
  LibeventLoop loop_;
  std::optional<TlsDoor> door_;  // empty: no TLS
  std::vector<Connection*> listening_;
  // Written by whoever stops the listener, read by its thread; relaxed: the wake-up that follows
  // brings it there.
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

Listener::Thread::Thread(const ServerOptions& options, BoundSockets sockets, TlsIdentity* tls,
                         Connections& connections, MetricRegistry& registry, Log& log)
    : sockets_(std::move(sockets)),
      connections_(connections),
      log_(log),
      metrics_(registry),
      max_connections_(options.max_connections.get()) {
  metrics_.max_connections.set(static_cast<int64_t>(max_connections_));
  if (tls != nullptr)
    door_.emplace(loop_, *tls, door_limits(tls->options(), max_connections_), registry, log, *this);
}

void Listener::Thread::start(std::vector<Worker*> workers) {
  CHECK(!thread_.joinable() && !workers.empty());
  workers_ = std::move(workers);
  listen(sockets_.plain(), *this);
  if (door_) listen(sockets_.tls(), *door_);
  thread_ = std::thread([this] { run(); });
}

void Listener::Thread::listen(BoundSockets::Ports& ports, AcceptOwner& owner) {
  for (UniqueFd& socket : ports.sockets) {
    listen_with(socket.get(), sockets_.settings());
    listening_.push_back(&connections_.listen(socket.get()));
    loop_.listen(std::move(socket), owner);
  }
  ports.sockets.clear();
}

void Listener::Thread::stop() noexcept {
  stopping_.store(true, std::memory_order_relaxed);
  loop_.wake();
  if (thread_.joinable()) thread_.join();
  loop_.stop_listening();
  if (door_) door_->close();
  for (Connection* entry : listening_) entry->close();
  listening_.clear();
  sockets_.plain().sockets.clear();
  sockets_.tls().sockets.clear();
  sockets_.remove_files();
}

void Listener::Thread::run() noexcept {
  ::pthread_setname_np(::pthread_self(), "listener");
  log_.join();
  while (!stopping_.load(std::memory_order_relaxed)) loop_.run_once();
}

void Listener::Thread::accepted(UniqueFd socket) noexcept {
  if (open() >= max_connections_) return refuse(std::move(socket));
  send_at_once(socket.get());
  deal(std::move(socket), nullptr);
}

bool Listener::Thread::may_enter() noexcept {
  if (open() < max_connections_) return true;
  note_refusal();
  return false;
}

void Listener::Thread::entered(UniqueFd socket, std::unique_ptr<TlsStream> stream) noexcept {
  deal(std::move(socket), std::move(stream));
}

size_t Listener::Thread::open() const noexcept {
  size_t open = door_ ? door_->size() : 0;
  for (const Worker* worker : workers_) open += worker->connections();
  return open;
}

void Listener::Thread::deal(UniqueFd socket, std::unique_ptr<TlsStream> stream) noexcept {
  Worker* chosen = *std::ranges::min_element(workers_, {}, &Worker::connections);
  try {
    Connection& connection = connections_.open(socket.get());
    metrics_.total_connections.add();
    chosen->adopt(std::move(socket), connection, std::move(stream));
  } catch (const std::bad_alloc&) {
    LOG_ERROR(log_, "no memory for a connection");  // the socket closes
  }
}

void Listener::Thread::note_refusal() noexcept {
  metrics_.rejected_connections.add();
  LOG_WARN(log_, "refused a connection: max_connections ({}) are open", max_connections_);
}

void Listener::Thread::refuse(UniqueFd socket) noexcept {
  note_refusal();
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

Listener::Listener(const ServerOptions& options, BoundSockets sockets, TlsIdentity* tls,
                   Connections& connections, MetricRegistry& registry, Log& log)
    : thread_(
          std::make_unique<Thread>(options, std::move(sockets), tls, connections, registry, log)) {}
Listener::~Listener() = default;

void Listener::start(std::vector<Worker*> workers) { thread_->start(std::move(workers)); }
void Listener::stop() noexcept { thread_->stop(); }
const BoundSockets::Ports& Listener::plain() const noexcept { return thread_->sockets().plain(); }
const BoundSockets::Ports& Listener::tls() const noexcept { return thread_->sockets().tls(); }

}  // namespace pelikan
