#include "connection.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <stdexcept>

#include "base/setup_error.h"
#include "protocol/memcache/compose.h"

namespace pelikan::replay {

namespace {

constexpr size_t kInitialBuffer = 1024 * 1024;
constexpr size_t kReceiveRoom = 64 * 1024;

[[noreturn]] void lose(const char* what) {
  throw std::runtime_error(std::string("the connection is lost: ") + what);
}

UniqueFd connect_to(const std::string& host, const std::string& port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int failed = getaddrinfo(host.c_str(), port.c_str(), &hints, &found);
  if (failed != 0) throw SetupError(ExitCode::kUsage, host + ": " + gai_strerror(failed));
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> addresses(found, &freeaddrinfo);
  for (const addrinfo* address = found; address != nullptr; address = address->ai_next) {
    UniqueFd socket(::socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (socket && ::connect(socket.get(), address->ai_addr, address->ai_addrlen) == 0)
      return socket;
  }
  throw SetupError(ExitCode::kSystem,
                   "cannot connect to " + host + ":" + port + ": " + std::strerror(errno));
}

// After a system call failed: returns when it is to be tried again later; any other failure is the
// end.
void check_try_again() {
  if (errno != EAGAIN && errno != EINTR) lose(std::strerror(errno));
}

}  // namespace

Connection::Connection(const std::string& host, uint16_t port)
    : socket_(connect_to(host, std::to_string(port))), out_(kInitialBuffer), in_(kInitialBuffer) {
  const int on = 1;
  setsockopt(socket_.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

void Connection::add(const memcache::Request& request) {
  const size_t bound = memcache::request_bound(request);
  if (out_.size() - out_size_ < bound) out_.resize(2 * out_.size() + bound);
  const char* end = memcache::compose_request(out_.data() + out_size_, request);
  out_size_ = static_cast<size_t>(end - out_.data());
  ++requests_;
}

void Connection::pump() {
  if (sent_ < out_size_) send_some();
  const short events = sent_ < out_size_ ? POLLIN | POLLOUT : POLLIN;
  pollfd wanted{.fd = socket_.get(), .events = events, .revents = 0};
  if (::poll(&wanted, 1, -1) < 0) check_try_again();
  receive_some();
}

void Connection::send_some() {
  const ssize_t n =
      ::send(socket_.get(), out_.data() + sent_, out_size_ - sent_, MSG_DONTWAIT | MSG_NOSIGNAL);
  if (n < 0) return check_try_again();
  sent_ += static_cast<size_t>(n);
}

void Connection::receive_some() {
  // What is not parsed yet goes to the front; the buffer grows when that leaves too little room.
  std::memmove(in_.data(), in_.data() + in_start_, in_end_ - in_start_);
  in_end_ -= in_start_;
  in_start_ = 0;
  if (in_.size() - in_end_ < kReceiveRoom) in_.resize(2 * in_.size());
  const ssize_t n = ::recv(socket_.get(), in_.data() + in_end_, in_.size() - in_end_, MSG_DONTWAIT);
  if (n == 0) lose("the server closed it");
  if (n < 0) return check_try_again();
  in_end_ += static_cast<size_t>(n);
}

}  // namespace pelikan::replay
