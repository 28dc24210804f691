#include "load/engine/asker.h"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <array>
#include <cerrno>

#include "base/escape.h"
#include "base/setup_error.h"

namespace pelikan::load {

Asker::Asker(const ServerTarget& target, std::chrono::milliseconds timeout, ReplySize reply_size)
    : target_(target), reply_size_(reply_size), socket_(connect_within(target, timeout)) {
  const timeval limit{.tv_sec = timeout.count() / 1000, .tv_usec = timeout.count() % 1000 * 1000};
  ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
}

void Asker::ask(std::string_view request) {
  const ssize_t size = ::send(socket_.get(), request.data(), request.size(), MSG_NOSIGNAL);
  if (size != static_cast<ssize_t>(request.size())) throw_silent();
}

std::string_view Asker::answer() {
  in_.erase(0, answered_);
  answered_ = 0;
  for (;;) {
    answered_ = reply_size_(in_);
    if (answered_ > 0) return std::string_view(in_).substr(0, answered_);
    std::array<char, 16 * 1024> part;
    const ssize_t size = ::recv(socket_.get(), part.data(), part.size(), 0);
    if (size == 0 || (size < 0 && errno == ECONNRESET)) return {};
    if (size < 0) throw_silent();
    in_.append(part.data(), static_cast<size_t>(size));
  }
}

void Asker::greet(const Greeting& greeting) {
  if (greeting.answers == 0) return;
  ask(greeting.bytes);
  for (uint32_t i = 0; i < greeting.answers; ++i) {
    const std::string_view reply = answer();
    if (!reply.empty() && greeting.accepting.find(reply.front()) != std::string_view::npos) {
      continue;
    }
    const std::string_view words = reply.substr(0, reply.find('\r'));
    throw SetupError(ExitCode::kConfig, fmt::format("{} refuses the connection: {}", target_.name,
                                                    words.empty() ? "it closes" : escaped(words)));
  }
}

void Asker::throw_silent() const {
  throw ServerUnreachable(fmt::format("{} does not answer", target_.name));
}

}  // namespace pelikan::load
