// echo_floor PORT: the least a server of this kind can do. One thread, one epoll loop, one receive
// and one send for a readable connection; every line is answered with the same 100 bytes, unparsed.
// They look like what a get finds, which pelikan_load's protocol `fixed` checks. How much more
// a server's CPU time per request is, is what parsing, storing and its framework cost.
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

namespace {

constexpr size_t kReplyBytes = 100;
constexpr size_t kMostReplies = 512;  // in one send
constexpr int kListenBacklog = 512;

std::string make_replies() {
  const std::string key(34, 'k');
  const std::string tail = "\r\nEND\r\n";
  std::string reply = "VALUE " + key + " 0 46\r\n";
  reply.append(kReplyBytes - reply.size() - tail.size(), 'v').append(tail);
  std::string replies;
  for (size_t i = 0; i < kMostReplies; ++i) replies += reply;
  return replies;
}

size_t count_lines(const char* bytes, size_t size) {
  size_t lines = 0;
  const char* const end = bytes + size;
  while (bytes < end) {
    const void* newline = std::memchr(bytes, '\n', static_cast<size_t>(end - bytes));
    if (newline == nullptr) break;
    ++lines;
    bytes = static_cast<const char*>(newline) + 1;
  }
  return lines;
}

// False when the connection is over. Its client reads what it asked for, so a send does not block
// for long; a loop that had to wait for room would be no floor.
bool answer(int client, const std::string& replies) {
  std::array<char, 16 * 1024> in;
  const ssize_t size = ::recv(client, in.data(), in.size(), 0);
  if (size <= 0) return size < 0 && errno == EAGAIN;
  size_t due = count_lines(in.data(), static_cast<size_t>(size)) * kReplyBytes;
  while (due > 0) {
    const ssize_t sent =
        ::send(client, replies.data(), std::min(due, replies.size()), MSG_NOSIGNAL);
    if (sent < 0) return false;
    due -= static_cast<size_t>(sent);
    if (due > 0 && static_cast<size_t>(sent) % kReplyBytes != 0) return false;
  }
  return true;
}

int fail(const char* what) {
  std::perror(what);
  return EXIT_FAILURE;
}

int listen_on(uint16_t port) {
  const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
  const int on = 1;
  ::setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const bool listens =
      ::bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
      ::listen(listener, kListenBacklog) == 0;
  return listens ? listener : -1;
}

void watch(int loop, int fd) {
  epoll_event event{.events = EPOLLIN, .data = {.fd = fd}};
  ::epoll_ctl(loop, EPOLL_CTL_ADD, fd, &event);
}

void accept_from(int listener, int loop) {
  const int client = ::accept4(listener, nullptr, nullptr, SOCK_NONBLOCK);
  if (client < 0) return;
  const int on = 1;
  ::setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  watch(loop, client);
}

int serve(int listener) {
  const std::string replies = make_replies();
  const int loop = ::epoll_create1(0);
  watch(loop, listener);
  for (std::array<epoll_event, 256> ready;;) {
    const int count = ::epoll_wait(loop, ready.data(), static_cast<int>(ready.size()), -1);
    if (count < 0 && errno != EINTR) return fail("echo_floor: epoll_wait");
    for (int i = 0; i < count; ++i) {
      const int fd = ready[static_cast<size_t>(i)].data.fd;
      if (fd == listener) {
        accept_from(listener, loop);
      } else if (!answer(fd, replies)) {
        ::close(fd);
      }
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  const int port = argc == 2 ? std::atoi(argv[1]) : 0;
  if (port <= 0 || port > UINT16_MAX) {
    std::fputs("usage: echo_floor PORT\n", stderr);
    return 64;
  }
  const int listener = listen_on(static_cast<uint16_t>(port));
  if (listener < 0) return fail("echo_floor: listen");
  return serve(listener);
}
