#include "event/socket.h"

#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace pelikan {
namespace {

constexpr size_t kDiscardAtOnce = 64 * 1024;
constexpr int kDiscards = 16;

}  // namespace

ssize_t receive_some(int socket, std::span<char> place) noexcept {
  return ::syscall(SYS_recvfrom, socket, place.data(), place.size(), 0, nullptr, nullptr);
}

ssize_t send_some(int socket, std::span<const iovec> pieces) noexcept {
  if (pieces.size() == 1) {
    return ::syscall(SYS_sendto, socket, pieces[0].iov_base, pieces[0].iov_len, MSG_NOSIGNAL,
                     nullptr, 0);
  }
  msghdr message{};
  message.msg_iov = const_cast<iovec*>(pieces.data());  // only read
  message.msg_iovlen = pieces.size();
  return ::syscall(SYS_sendmsg, socket, &message, MSG_NOSIGNAL);
}

void end_stream(int socket) noexcept {
  ::shutdown(socket, SHUT_WR);
  // MSG_TRUNC drops received TCP bytes without copying them (tcp(7)); other sockets refuse and do
  // not need it. Not by recv(), of which ThreadSanitizer believes that it wrote them.
  for (int i = 0; i < kDiscards; ++i) {
    constexpr int kFlags = MSG_TRUNC | MSG_DONTWAIT;
    if (::syscall(SYS_recvfrom, socket, nullptr, kDiscardAtOnce, kFlags, nullptr, nullptr) <= 0)
      return;
  }
}

void abort_on_close(int socket) noexcept {
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  // Fails only for a socket that is gone already.
  ::setsockopt(socket, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

}  // namespace pelikan
