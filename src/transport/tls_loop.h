// TlsLoop: what the TLS connections of one event loop share: the place where sealed bytes arrive,
// memory for those on their way out, and the line of connections that have something to deliver
// although nothing arrives for them. The sockets are the loop's as ever: TLS stands between a
// transport of the loop and its owner (tls_transport.h).
//
// Thread safety: the loop's thread.
#pragma once

#include <array>
#include <cstddef>
#include <limits>
#include <memory>
#include <span>

#include "base/intrusive_list.h"
#include "base/unique_fd.h"
#include "buffer/buffer_pool.h"
#include "event/event_loop.h"
#include "transport/tls_stream.h"

namespace pelikan {

class TlsTransport;
class TlsObserver;

struct ByTlsTurn;  // has something to do in the next round

class TlsLoop final : private Task {
 public:
  static constexpr size_t kNoLimit = std::numeric_limits<size_t>::max();
  // What one send seals at most; sealed, it fits a chunk, with room for what OpenSSL adds.
  static constexpr size_t kSealedAtOnce = 48 * kKiB;
  static constexpr size_t kRecord = 16 * kKiB;  // RFC 8446 section 5.1

  // At most so many steps of handshakes are taken in a round of the loop, the others wait for the
  // next: they cost a hundred times what a request does. REQUIRES: loop and pool outlive it, the
  // pool has a chunk, and the loop runs no more when it is destroyed
  TlsLoop(EventLoop& loop, BufferPool& pool, size_t handshakes_per_round = kNoLimit);
  TlsLoop(const TlsLoop&) = delete;
  TlsLoop& operator=(const TlsLoop&) = delete;
  ~TlsLoop() override;  // REQUIRES: its transports are destroyed

  // As EventLoop::attach(), with TLS between. A new stream shakes hands first: what the owner sends
  // meanwhile waits, and it receives nothing. `observer` is told how that ends well; null: nobody.
  [[nodiscard]] std::unique_ptr<TlsTransport> attach(UniqueFd socket,
                                                     std::unique_ptr<TlsStream> stream,
                                                     TransportOwner& owner,
                                                     TlsObserver* observer = nullptr);

 private:
  friend class TlsTransport;
  using Line = IntrusiveList<TlsTransport, ByTlsTurn>;

  struct GiveBack {
    BufferPool* pool;
    void operator()(Chunk* chunk) const noexcept { pool->give_back(chunk); }
  };

  // Where sealed bytes arrive; everybody's, so only during a callback.
  [[nodiscard]] std::span<char> inbox() noexcept { return inbox_; }
  // Where small pieces are put together, during a call.
  [[nodiscard]] std::span<char> record() noexcept { return record_; }
  // An empty chunk; null: there is no memory now. One is kept for when the pool has none: sending
  // makes room again, and must not wait for it.
  [[nodiscard]] Chunk* borrow() noexcept;
  void give_back(Chunk* chunk) noexcept;

  // Takes one of this round's steps; false: there are none left, and the transport stands in line.
  [[nodiscard]] bool may_shake_hands(TlsTransport& transport) noexcept;
  // Its turn comes in the next round, which does not wait; or whenever the next round comes.
  void line_up(TlsTransport& transport) noexcept;
  void line_up_idly(TlsTransport& transport) noexcept;

  void run() noexcept override;

  EventLoop& loop_;
  BufferPool& pool_;
  const size_t handshakes_per_round_;
  size_t handshakes_left_;
  Line due_;
  Line greeting_;                          // those that wait for a step of their handshake
  std::unique_ptr<Chunk, GiveBack> kept_;  // null: in use
  std::array<char, Chunk::kRoom> inbox_;
  std::array<char, kRecord> record_;
};

}  // namespace pelikan
