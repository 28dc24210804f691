// Dialer: begins a thread's connections: sockets to the servers, the own addresses in turn, and TLS
// on them when the run has it.
//
// Thread safety: its thread's; made, and read after the run, by the thread that starts that.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/clock.h"
#include "event/event_loop.h"
#include "load/engine/handshakes.h"
#include "load/engine/servers.h"

namespace pelikan::load {

class TlsClient;

class Dialer {
 public:
  // `first_source`: of the own addresses; tls null: nothing is sealed. REQUIRES: all outlive it,
  // and the loop runs no more when it is destroyed
  Dialer(EventLoop& loop, const std::vector<ServerTarget>& servers, const OwnEnd& own_end,
         size_t first_source, const TlsClient* tls);
  Dialer(const Dialer&) = delete;
  Dialer& operator=(const Dialer&) = delete;
  ~Dialer();  // REQUIRES: its connections are destroyed

  // A connection that is being made; null, with errno, when it is refused at once.
  [[nodiscard]] std::unique_ptr<Transport> dial(size_t server, TransportOwner& owner);
  // The loop begins to run: before, no handshake could go on.
  void begin() noexcept { running_since_ns_ = time_.precise_ns(); }
  // From the owner's closed(), of a transport that dial() made.
  void note_closed(const Transport& transport) noexcept;

  [[nodiscard]] Handshakes handshakes() const;

 private:
  class SealedTransport;
  struct Sealing;

  EventLoop& loop_;
  const std::vector<ServerTarget>& servers_;
  const OwnEnd& own_end_;
  size_t next_source_;
  const SystemTime time_;
  int64_t running_since_ns_ = 0;
  std::unique_ptr<Sealing> sealing_;  // null: without TLS
};

}  // namespace pelikan::load
