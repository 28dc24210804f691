// A server for tests of the generator: a thread that answers memcache's get with END and set with
// STORED, and can be told to misbehave. It allocates nothing.
#pragma once

#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <cstring>
#include <functional>
#include <string_view>
#include <thread>
#include <utility>

#include "base/bytes.h"
#include "base/unique_fd.h"
#include "event/sockets.h"

namespace pelikan::test {

class AnsweringServer {
 public:
  // What to do at the n-th request: false closes its connection instead of answering.
  using Watch = std::function<bool(uint64_t)>;

  explicit AnsweringServer(Watch watch = [](uint64_t) { return true; })
      : watch_(std::move(watch)),
        listener_(listen_on_loopback(port_)),
        thread_([this] { serve(); }) {}
  ~AnsweringServer() {
    is_over_.store(true, std::memory_order_relaxed);
    ::shutdown(listener_.get(), SHUT_RDWR);
    thread_.join();
  }

  [[nodiscard]] uint16_t port() const noexcept { return port_; }
  [[nodiscard]] uint64_t connections() const noexcept {
    return accepted_.load(std::memory_order_relaxed);
  }
  [[nodiscard]] uint64_t requests() const noexcept {
    return requests_.load(std::memory_order_relaxed);
  }

 private:
  static constexpr size_t kMost = 16;  // connections at once, and the listener

  void serve() {
    std::array<pollfd, kMost> fds{};
    fds[0] = {.fd = listener_.get(), .events = POLLIN, .revents = 0};
    nfds_t count = 1;
    while (!is_over_.load(std::memory_order_relaxed)) {
      ::poll(fds.data(), count, -1);
      for (nfds_t i = 1; i < count;) {
        if (fds[i].revents == 0 || answer(fds[i].fd)) {
          ++i;
          continue;
        }
        ::close(fds[i].fd);
        fds[i] = fds[--count];
      }
      if (fds[0].revents == 0 || count == kMost) continue;
      const int fd = ::accept(listener_.get(), nullptr, nullptr);
      if (fd < 0) continue;
      fds[count++] = {.fd = fd, .events = POLLIN, .revents = 0};
      accepted_.fetch_add(1, std::memory_order_relaxed);
    }
    for (nfds_t i = 1; i < count; ++i) ::close(fds[i].fd);
  }

  // The bytes of the request at the start; 0 while it is not whole.
  static size_t request_size(std::string_view in) {
    const size_t lf = in.find('\n');
    if (lf == std::string_view::npos) return 0;
    size_t size = lf + 1;
    const std::string_view line = in.substr(0, lf - 1);
    if (line.starts_with("set ")) size += *parse_u64(line.substr(line.rfind(' ') + 1)) + 2;
    return size <= in.size() ? size : 0;
  }

  // Receives until whole requests are there, and answers them. False: close.
  bool answer(int fd) {
    static thread_local std::array<char, 65536> in, out;
    size_t filled = 0;
    for (size_t begin = 0, end = 0; begin == 0 || begin < end;) {
      const std::string_view rest(in.data() + begin, end - begin);
      const size_t size = request_size(rest);
      if (size == 0) {
        const ssize_t more = ::recv(fd, in.data() + end, in.size() - end, 0);
        if (more <= 0) return false;
        end += static_cast<size_t>(more);
        continue;
      }
      begin += size;
      if (!watch_(requests_.fetch_add(1, std::memory_order_relaxed))) return false;
      const std::string_view reply = rest.starts_with("set ") ? "STORED\r\n" : "END\r\n";
      std::memcpy(out.data() + filled, reply.data(), reply.size());
      filled += reply.size();
    }
    write_all(fd, {out.data(), filled});
    return true;
  }

  Watch watch_;
  uint16_t port_ = 0;
  UniqueFd listener_;
  // relaxed: numbers to look at after the traffic, and a flag that shutdown() makes seen.
  std::atomic<bool> is_over_{false};
  std::atomic<uint64_t> accepted_{0};
  std::atomic<uint64_t> requests_{0};
  std::thread thread_;
};

}  // namespace pelikan::test
