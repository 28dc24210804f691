#include "event/libevent_transport.h"

#include <cerrno>
#include <utility>

#include "base/assertion.h"
#include "event/socket.h"

namespace pelikan {
namespace {

// How often one connection may fill its inbox before the others have their turn.
constexpr int kReadsPerTurn = 4;

size_t total(std::span<const iovec> pieces) noexcept {
  size_t bytes = 0;
  for (const iovec& piece : pieces) bytes += piece.iov_len;
  return bytes;
}

bool is_momentary(int error) noexcept {
  return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
}

}  // namespace

LibeventTransport::LibeventTransport(LibeventLoop& loop, UniqueFd socket, TransportOwner& owner)
    : loop_(loop), owner_(owner), socket_(std::move(socket)) {
  const int fd = socket_.get();
  event_assign(&read_event_, loop.base(), fd, EV_READ | EV_PERSIST, &on_readable, this);
  event_assign(&write_event_, loop.base(), fd, EV_WRITE | EV_PERSIST, &on_writable, this);
  if (event_add(&read_event_, nullptr) != 0) {  // no kernel memory to watch it
    receiving_ = false;
    finish(CloseReason::kNoMemory);
  }
}

LibeventTransport::~LibeventTransport() { stop_events(); }

void LibeventTransport::on_readable(evutil_socket_t, short, void* self) {
  auto& transport = *static_cast<LibeventTransport*>(self);
  transport.loop_.awake();
  transport.read();
}

void LibeventTransport::on_writable(evutil_socket_t, short, void* self) {
  auto& transport = *static_cast<LibeventTransport*>(self);
  transport.loop_.awake();
  transport.sending_ = false;
  transport.owner_.sendable(0);
  if (transport.sending_ || transport.closing_) return;
  event_del(&transport.write_event_);
  transport.awaits_writable_ = false;
  if (transport.ended_) transport.finish(CloseReason::kPeerClosed);
}

void LibeventTransport::read() {
  for (int reads = 0; reads < kReadsPerTurn && receiving_; ++reads) {
    const std::span<char> inbox = owner_.inbox();
    if (inbox.empty()) return stop_receiving();
    const ssize_t size = receive_some(socket_.get(), inbox);
    if (size > 0) [[likely]] {
      owner_.received(static_cast<size_t>(size));
      // Fewer bytes than asked for: the socket is empty, and another recv would only say so.
      if (static_cast<size_t>(size) < inbox.size()) return;
      continue;
    }
    const int error = errno;
    owner_.received(0);
    if (size < 0) {
      if (!is_momentary(error)) finish(CloseReason::kConnectionLost);
      return;
    }
    ended_ = true;
    stop_receiving();
    if (!sending_) finish(CloseReason::kPeerClosed);
    return;
  }
}

size_t LibeventTransport::send(std::span<const iovec> bytes) noexcept {
  if (closing_) return 0;
  ssize_t sent = send_some(socket_.get(), bytes);
  if (sent < 0) {
    if (!is_momentary(errno)) {
      finish(CloseReason::kConnectionLost);
      return 0;
    }
    sent = 0;
  }
  if (static_cast<size_t>(sent) < total(bytes)) await_writable();
  return static_cast<size_t>(sent);
}

void LibeventTransport::await_writable() noexcept {
  sending_ = true;
  if (awaits_writable_) return;
  if (event_add(&write_event_, nullptr) != 0) return finish(CloseReason::kNoMemory);
  awaits_writable_ = true;
}

void LibeventTransport::receive(bool on) noexcept {
  if (on == receiving_ || closing_ || ended_) return;
  if (!on) return stop_receiving();
  // Level-triggered: what waits in the socket is reported in the next round.
  if (event_add(&read_event_, nullptr) != 0) return finish(CloseReason::kNoMemory);
  receiving_ = true;
}

void LibeventTransport::stop_receiving() noexcept {
  if (!receiving_) return;
  event_del(&read_event_);
  receiving_ = false;
}

void LibeventTransport::stop_events() noexcept {
  stop_receiving();
  if (awaits_writable_) event_del(&write_event_);
  awaits_writable_ = false;
}

void LibeventTransport::close(CloseReason reason) noexcept { finish(reason); }

void LibeventTransport::finish(CloseReason reason) noexcept {
  if (closing_) return;
  closing_ = true;
  reason_ = reason;
  stop_events();
  if (reason == CloseReason::kWriteStalled) {
    abort_on_close(socket_.get());
  } else if (reason != CloseReason::kConnectionLost) {
    end_stream(socket_.get());
  }
  loop_.closing_.move_to_back(*this);
}

UniqueFd LibeventTransport::release() noexcept {
  DCHECK(!closing_ && !sending_);
  stop_events();
  closing_ = true;
  return std::move(socket_);
}

}  // namespace pelikan
