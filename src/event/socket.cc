#include "event/socket.h"

#include <sys/socket.h>

namespace pelikan {
namespace {

constexpr size_t kDiscardAtOnce = 64 * 1024;
constexpr int kDiscards = 16;

}  // namespace

void end_stream(int socket) noexcept {
  ::shutdown(socket, SHUT_WR);
  // MSG_TRUNC drops received TCP bytes without copying them (tcp(7)); other sockets refuse and do
  // not need it.
  for (int i = 0; i < kDiscards; ++i) {
    if (::recv(socket, nullptr, kDiscardAtOnce, MSG_TRUNC | MSG_DONTWAIT) <= 0) return;
  }
}

void abort_on_close(int socket) noexcept {
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  // Fails only for a socket that is gone already.
  ::setsockopt(socket, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

}  // namespace pelikan
