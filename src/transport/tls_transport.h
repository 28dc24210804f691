// TlsTransport: TLS as a filter: a transport to its owner, and the owner of the transport below.
//
//   socket -> lower transport -> TlsStream -> owner's inbox
//   owner's send() -> TlsStream -> chunk of sealed bytes -> lower transport -> socket
//
// Whatever arrives is opened as far as it goes before anybody waits for more. A send seals what
// fits a chunk and sends that at once; while the chunk is not taken, some of the owner's bytes are
// held to be unsent, as many as there are in it: so the owner's idea of what is unsent, of progress
// and of time stays true. An owner that stops receiving leaves sealed bytes in a chunk of the pool,
// and below nothing is received; when it goes on, they come from the next round of the loop.
//
// Thread safety: its loop's thread.
// Invariants: (1) bytes are left in arrived_ between two callbacks only while they are held (in
// held_, or early ones of the stream), and then nothing is received below; (2) sealed_ has bytes,
// or is null.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "base/intrusive_list.h"
#include "event/transport.h"
#include "transport/tls_loop.h"
#include "transport/tls_stream.h"

namespace pelikan {

// Told from run_once().
class TlsObserver {
 public:
  virtual ~TlsObserver() = default;
  // The handshake is done and sent; the transport may be released. A failed one is closed().
  virtual void established() noexcept = 0;
};

class TlsTransport final : public Transport,
                           private TransportOwner,
                           private TlsWire,
                           public ListHook<ByTlsTurn> {
 public:
  // By TlsLoop::attach(), which start()s it at once with the transport below.
  TlsTransport(TlsLoop& loop, std::unique_ptr<TlsStream> stream, TransportOwner& owner,
               TlsObserver* observer);
  ~TlsTransport() override;

  [[nodiscard]] size_t send(std::span<const iovec> bytes) noexcept override;
  void receive(bool on) noexcept override;
  // Says goodbye to the peer unless it does not read.
  void close(CloseReason reason) noexcept override;
  // For another loop: the socket, and the stream with what has come behind the handshake. Without a
  // stream there was no memory for that: the connection closes, and closed() follows.
  // REQUIRES: from established() on, nothing sent or received yet
  struct Handover {
    UniqueFd socket;
    std::unique_ptr<TlsStream> stream;
  };
  [[nodiscard]] Handover hand_over() noexcept;
  [[nodiscard]] UniqueFd release() noexcept override { return hand_over().socket; }
  [[nodiscard]] int fd() const noexcept override { return lower_->fd(); }

  // For whoever asks how it went: is_resumed(), failure(), ...
  [[nodiscard]] const TlsStream& stream() const noexcept { return *stream_; }

 private:
  friend class TlsLoop;
  class Pieces;

  enum class Phase : uint8_t {
    kGreeting,   // shakes hands
    kLastWords,  // has shaken hands; the last of it is not sent yet
    kOpen,
    kOver,  // closed or released: neither side is called any more, but for the owner's closed()
  };

  void start(std::unique_ptr<Transport> lower) noexcept;
  void take_turn() noexcept;

  [[nodiscard]] std::span<char> inbox() noexcept override;
  void received(size_t n) noexcept override;
  void sendable(size_t released) noexcept override;
  void closed(CloseReason reason) noexcept override;

  [[nodiscard]] size_t take(std::span<char> place) noexcept override;
  [[nodiscard]] bool put(std::string_view sealed) noexcept override;

  void work() noexcept;
  void shake_hands() noexcept;
  void open() noexcept;
  void deliver() noexcept;
  [[nodiscard]] TlsStream::Status fill(std::span<char> place, size_t& filled) noexcept;
  void fail() noexcept;
  void finish_when_sent() noexcept;

  void hold_arrived() noexcept;
  void drop_held() noexcept;
  [[nodiscard]] bool has_bytes() const noexcept {
    return !arrived_.empty() || stream_->has_plaintext();
  }

  [[nodiscard]] bool seal(Pieces& pieces) noexcept;
  [[nodiscard]] bool flush() noexcept;
  [[nodiscard]] size_t take_released() noexcept;
  [[nodiscard]] size_t sealed_size() const noexcept {
    return sealed_ == nullptr ? 0 : static_cast<size_t>(sealed_->end - sealed_->begin);
  }

  TlsLoop& loop_;
  TransportOwner& owner_;
  TlsObserver* const observer_;
  std::unique_ptr<TlsStream> stream_;
  std::unique_ptr<Transport> lower_;
  std::string_view arrived_;  // sealed bytes nobody has taken yet
  Chunk* held_ = nullptr;     // where they are kept while the owner does not receive
  Chunk* sealed_ = nullptr;   // on its way out
  size_t unreleased_ = 0;     // of the owner's bytes in it: those held to be unsent
  Phase phase_ = Phase::kGreeting;
  bool receiving_ = true;     // the owner is
  bool sending_ = false;      // the transport below has not taken all of sealed_
  bool owner_waits_ = false;  // for sendable()
  bool ended_ = false;        // the peer sends no more
};

}  // namespace pelikan
