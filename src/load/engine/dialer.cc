#include "load/engine/dialer.h"

#include <algorithm>
#include <utility>

#include "buffer/buffer_pool.h"
#include "load/engine/tls_client.h"
#include "metric/registry.h"
#include "transport/tls_loop.h"
#include "transport/tls_transport.h"

namespace pelikan::load {
namespace {

// For sealed bytes on their way; taken from the system as it is needed.
constexpr size_t kSealedMemory = 64 * kMiB;

}  // namespace

// What the sealed connections of a thread share.
struct Dialer::Sealing {
  Sealing(const TlsClient& tls_client, EventLoop& event_loop, size_t servers)
      : client(tls_client), loop(event_loop, pool), sessions(servers) {}

  const TlsClient& client;
  MetricRegistry registry;
  BufferMetrics buffer_metrics{registry};
  BufferPool pool{kSealedMemory, buffer_metrics};
  TlsLoop loop;
  std::vector<TlsSession> sessions;  // of each server, for the connections to come
  Histogram times;
  uint64_t resumed = 0;
  uint64_t failed = 0;
};

// A sealed connection whose handshake is timed.
class Dialer::SealedTransport final : public Transport, private TlsObserver {
 public:
  explicit SealedTransport(const Dialer& dialer) noexcept
      : dialer_(dialer), begun_ns_(dialer.time_.precise_ns()) {}

  void attach(UniqueFd socket, std::unique_ptr<TlsStream> stream, TransportOwner& owner) {
    sealed_ = dialer_.sealing_->loop.attach(std::move(socket), std::move(stream), owner, this);
  }
  [[nodiscard]] bool has_failed() const noexcept { return !sealed_->stream().failure().empty(); }
  [[nodiscard]] bool is_established() const noexcept { return is_established_; }

  [[nodiscard]] size_t send(std::span<const iovec> bytes) noexcept override {
    return sealed_->send(bytes);
  }
  void receive(bool on) noexcept override { sealed_->receive(on); }
  void close(CloseReason reason) noexcept override { sealed_->close(reason); }
  [[nodiscard]] UniqueFd release() noexcept override { return sealed_->release(); }
  [[nodiscard]] int fd() const noexcept override { return sealed_->fd(); }

 private:
  void established() noexcept override {
    is_established_ = true;
    Sealing& sealing = *dialer_.sealing_;
    const int64_t begun_ns = std::max(begun_ns_, dialer_.running_since_ns_);
    sealing.times.record(static_cast<uint64_t>(dialer_.time_.precise_ns() - begun_ns));
    if (sealed_->stream().is_resumed()) sealing.resumed += 1;
  }

  const Dialer& dialer_;
  const int64_t begun_ns_;
  std::unique_ptr<TlsTransport> sealed_;
  bool is_established_ = false;
};

Dialer::Dialer(EventLoop& loop, const std::vector<ServerTarget>& servers, const OwnEnd& own_end,
               size_t first_source, const TlsClient* tls)
    : loop_(loop), servers_(servers), own_end_(own_end), next_source_(first_source) {
  if (tls != nullptr) sealing_ = std::make_unique<Sealing>(*tls, loop, servers.size());
}

Dialer::~Dialer() = default;

std::unique_ptr<Transport> Dialer::dial(size_t server, TransportOwner& owner) {
  UniqueFd socket = begin_connect(servers_[server].address, own_end_, next_source_++);
  if (!socket) return nullptr;
  if (sealing_ == nullptr) return loop_.attach(std::move(socket), owner);
  auto transport = std::make_unique<SealedTransport>(*this);
  transport->attach(std::move(socket),
                    sealing_->client.begin(servers_[server], &sealing_->sessions[server]), owner);
  return transport;
}

void Dialer::note_closed(const Transport& transport) noexcept {
  if (sealing_ == nullptr) return;
  const auto& sealed = static_cast<const SealedTransport&>(transport);
  if (!sealed.is_established() && sealed.has_failed()) sealing_->failed += 1;
}

Handshakes Dialer::handshakes() const {
  Handshakes handshakes;
  if (sealing_ == nullptr) return handshakes;
  sealing_->times.add_to(handshakes.times);
  handshakes.resumed = sealing_->resumed;
  handshakes.failed = sealing_->failed;
  return handshakes;
}

}  // namespace pelikan::load
