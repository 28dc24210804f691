// One connection's bytes, shaped for readiness and completion alike: the owner is handed bytes that
// have arrived and hands over bytes to send; whether recv(2) after epoll or an io_uring completion
// brought them is the back end's affair.
//
// Thread safety: everything on the loop's own thread. The owner's calls come only from
// EventLoop::run_once().
#pragma once

#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/unique_fd.h"

namespace pelikan {

enum class CloseReason : uint8_t {
  kPeerClosed,      // orderly end from the peer, everything delivered
  kConnectionLost,  // reset, broken pipe or another socket error
  kRequested,       // the owner called close(kRequested): quit, or the service asked for it
  kProtocol,        // the peer broke the protocol beyond recovery
  kIdle,            // idle_timeout passed
  kRequestStalled,  // request_timeout passed without the rest of a request
  kWriteStalled,    // write_timeout passed without the peer reading
  kNoMemory,        // no connection memory to serve it
  kShutdown,        // the server is stopping
};

// Implemented by whoever owns a connection: a session, or a filter such as TLS.
class TransportOwner {
 public:
  virtual ~TransportOwner() = default;
  // Where the next bytes shall go; asked only when bytes are at hand, so an idle connection owns no
  // buffer. Empty: no buffer can be had now; the transport stops receiving until receive(true).
  virtual std::span<char> inbox() noexcept = 0;
  // n bytes lie at the start of the last inbox(). n == 0: nothing came after all, give the buffer
  // back.
  virtual void received(size_t n) noexcept = 0;
  // `released` more bytes of the pending send are no longer needed; send the rest now.
  virtual void sendable(size_t released) noexcept = 0;
  // Last call; the owner may destroy the transport after it returns (from the same loop round, not
  // inside). The peer's orderly end comes only while receiving, and waits until a pending send is
  // done: a peer that has finished its requests still gets its replies.
  virtual void closed(CloseReason reason) noexcept = 0;
};

class Transport {
 public:
  virtual ~Transport() = default;
  // Sends; returns how many leading bytes need not be kept (readiness: taken by the kernel). The
  // rest stays unchanged until sendable(), and nothing else is sent before. Never calls the owner
  // back.
  [[nodiscard]] virtual size_t send(std::span<const iovec> bytes) noexcept = 0;
  // Back-pressure. Switching on delivers bytes that arrived meanwhile, from run_once(), not from
  // this call.
  virtual void receive(bool on) noexcept = 0;
  // Safe inside a callback; closed() follows from run_once(), after the callback returned, exactly
  // once, with the first reason given. Bytes not taken by send() are lost, bytes taken are still
  // delivered, but with kWriteStalled.
  virtual void close(CloseReason reason) noexcept = 0;
  // The socket leaves this loop, nothing may be pending; closed() does not follow.
  [[nodiscard]] virtual UniqueFd release() noexcept = 0;
  // The socket, for addresses in logs and statistics only.
  [[nodiscard]] virtual int fd() const noexcept = 0;
};

}  // namespace pelikan
