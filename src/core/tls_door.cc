#include "core/tls_door.h"

#include <new>
#include <optional>
#include <string>
#include <utility>

#include "transport/address.h"
#include "transport/tls_transport.h"

namespace pelikan {
namespace {

// A handshake takes up to a millisecond: so nobody else on the loop waits longer than some of them.
constexpr size_t kHandshakesPerRound = 8;
constexpr std::chrono::milliseconds kHandshakeSweepPeriod{100};
// For what clients do not take of the handshake: nearly never anything.
constexpr size_t kMemory = 4 * kMiB;

}  // namespace

// Someone who shakes hands.
class TlsDoor::Guest final : public TransportOwner, public TlsObserver, public ListHook<ByArrival> {
 public:
  Guest(TlsDoor& door, UniqueFd socket, std::unique_ptr<TlsStream> stream)
      : since_ms_(door.clock_.now_ms()),
        peer_(Address::peer(socket.get())),
        door_(door),
        transport_(door.tls_.attach(std::move(socket), std::move(stream), *this, this)) {}

  [[nodiscard]] int64_t since_ms() const noexcept { return since_ms_; }
  [[nodiscard]] TlsTransport& transport() noexcept { return *transport_; }
  [[nodiscard]] const Address& peer() const noexcept { return peer_; }
  void send_away() noexcept {
    is_sent_away_ = true;
    transport_->close(CloseReason::kIdle);
  }

  // It receives nothing: the door's part ends where that would begin.
  [[nodiscard]] std::span<char> inbox() noexcept override { return {}; }
  void received(size_t) noexcept override {}
  void sendable(size_t) noexcept override {}
  void closed(CloseReason) noexcept override {
    if (is_sent_away_) return door_.gone_.move_to_back(*this);
    door_.metrics_.failed.add();
    const std::string_view failure = transport_->stream().failure();
    door_.log_failure(*this, failure.empty() ? "the client went away" : failure);
    door_.leave(*this, door_.gone_);
  }
  void established() noexcept override { door_.enter(*this); }

 private:
  const int64_t since_ms_;
  const Address peer_;  // asked while it was there
  TlsDoor& door_;
  bool is_sent_away_ = false;
  std::unique_ptr<TlsTransport> transport_;
};

TlsDoor::TlsDoor(EventLoop& loop, TlsIdentity& identity, const TlsDoorLimits& limits,
                 MetricRegistry& registry, Log& log, TlsDoorOwner& owner)
    : identity_(identity),
      limits_(limits),
      log_(log),
      owner_(owner),
      metrics_(registry),
      buffer_metrics_(registry),
      clock_(identity.time()),
      pool_(kMemory, buffer_metrics_),
      tls_(loop, pool_, kHandshakesPerRound) {
  loop.on_wakeup(round_);
  loop.every(kHandshakeSweepPeriod, sweep_);
}

TlsDoor::~TlsDoor() { close(); }

void TlsDoor::close() noexcept {
  for (Guests* guests : {&guests_, &leaving_, &gone_}) destroy(*guests);
  metrics_.handshaking.add(-static_cast<int64_t>(std::exchange(size_, 0)));
}

void TlsDoor::destroy(Guests& guests) noexcept {
  while (!guests.is_empty()) delete &guests.front();
}

void TlsDoor::begin_round() noexcept {
  clock_.refresh();
  destroy(gone_);
}

void TlsDoor::accepted(UniqueFd socket) noexcept {
  if (!owner_.may_enter()) return;
  send_at_once(socket.get());
  if (size_ == limits_.most) send_away(guests_.front(), "made way for another client");
  try {
    auto guest = std::make_unique<Guest>(*this, std::move(socket), identity_.stream());
    guests_.move_to_back(*guest.release());  // owned by the list it stands in
    size_ += 1;
    metrics_.handshaking.add(1);
  } catch (const std::bad_alloc&) {
    LOG_ERROR(log_, "no memory for a TLS connection");  // the socket closes
  }
}

// The list is in the order of arrival: the first that is not overdue ends the search.
void TlsDoor::close_overdue() noexcept {
  while (!guests_.is_empty()) {
    Guest& first = guests_.front();
    if (clock_.now_ms() - first.since_ms() < limits_.timeout_ms) return;
    send_away(first, "timed out");
  }
}

void TlsDoor::send_away(Guest& guest, std::string_view why) noexcept {
  metrics_.timeouts.add();
  log_failure(guest, why);
  leave(guest, leaving_);
  guest.send_away();
}

void TlsDoor::log_failure(const Guest& guest, std::string_view why) noexcept {
  try {
    LOG_INFO(log_, "TLS handshake with {} failed: {}", guest.peer().text_with_kind(), why);
  } catch (const std::bad_alloc&) {  // the address: it is counted all the same
  }
}

void TlsDoor::enter(Guest& guest) noexcept {
  auto [socket, stream] = guest.transport().hand_over();
  if (stream == nullptr) return;  // it closes
  metrics_.handshakes.add();
  if (stream->is_resumed()) metrics_.resumed.add();
  leave(guest, gone_);
  owner_.entered(std::move(socket), std::move(stream));
}

void TlsDoor::leave(Guest& guest, Guests& where) noexcept {
  size_ -= 1;
  metrics_.handshaking.add(-1);
  where.move_to_back(guest);
}

}  // namespace pelikan
