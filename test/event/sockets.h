// Connected sockets for tests: two ends in one process, over loopback TCP or a unix socket pair.
#pragma once

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <string>
#include <string_view>

#include "base/assertion.h"
#include "base/unique_fd.h"

namespace pelikan::test {

struct SocketPair {
  UniqueFd server;  // non-blocking
  UniqueFd client;  // blocking
};

inline void make_nonblocking(int fd) {
  CHECK(::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK) == 0);
}

// A socket that listens on a free loopback port; `port` is set.
inline UniqueFd listen_on_loopback(uint16_t& port) {
  UniqueFd listener(::socket(AF_INET, SOCK_STREAM, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  CHECK(::bind(listener.get(), reinterpret_cast<sockaddr*>(&address), size) == 0);
  CHECK(::listen(listener.get(), 1024) == 0);
  CHECK(::getsockname(listener.get(), reinterpret_cast<sockaddr*>(&address), &size) == 0);
  port = ntohs(address.sin_port);
  make_nonblocking(listener.get());
  return listener;
}

inline UniqueFd connect_to_loopback(uint16_t port) {
  UniqueFd client(::socket(AF_INET, SOCK_STREAM, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  CHECK(::connect(client.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  return client;
}

inline SocketPair tcp_pair() {
  uint16_t port = 0;
  const UniqueFd listener = listen_on_loopback(port);
  SocketPair pair;
  pair.client = connect_to_loopback(port);
  pollfd ready{.fd = listener.get(), .events = POLLIN, .revents = 0};
  CHECK(::poll(&ready, 1, -1) == 1);
  pair.server = UniqueFd(::accept(listener.get(), nullptr, nullptr));
  CHECK(pair.server);
  make_nonblocking(pair.server.get());
  return pair;
}

inline SocketPair unix_pair() {
  int fds[2];
  CHECK(::socketpair(AF_UNIX, SOCK_STREAM, 0, fds) == 0);
  make_nonblocking(fds[0]);
  return {UniqueFd(fds[0]), UniqueFd(fds[1])};
}

inline void write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t size = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    CHECK(size > 0);
    bytes.remove_prefix(static_cast<size_t>(size));
  }
}

// What has arrived, without waiting.
inline std::string read_available(int fd) {
  std::string text;
  char part[65536];
  for (;;) {
    const ssize_t size = ::recv(fd, part, sizeof part, MSG_DONTWAIT);
    if (size <= 0) return text;
    text.append(part, static_cast<size_t>(size));
  }
}

// Exactly so many bytes, waiting; fewer when the stream ends.
inline std::string read_exactly(int fd, size_t bytes) {
  std::string text(bytes, '\0');
  size_t filled = 0;
  while (filled < bytes) {
    const ssize_t size = ::recv(fd, text.data() + filled, bytes - filled, 0);
    if (size <= 0) break;
    filled += static_cast<size_t>(size);
  }
  text.resize(filled);
  return text;
}

// Until the peer ends the stream; "<reset>" is appended when it ends otherwise.
inline std::string read_to_end(int fd) {
  std::string text;
  char part[65536];
  for (;;) {
    const ssize_t size = ::recv(fd, part, sizeof part, 0);
    if (size < 0) return text + "<reset>";
    if (size == 0) return text;
    text.append(part, static_cast<size_t>(size));
  }
}

// Closes so that the peer sees a reset.
inline void reset(UniqueFd& socket) {
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  CHECK(::setsockopt(socket.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once) == 0);
  socket.reset();
}

}  // namespace pelikan::test
