#include "load/engine/null_server.h"

#include <array>
#include <span>
#include <utility>

#include "base/bytes.h"
#include "protocol/ping/compose.h"

namespace pelikan::load {

// A connection. A batch is answered by one send; the client has as many requests in flight as fit.
class NullServer::Session final : public TransportOwner {
 public:
  Session(EventLoop& loop, UniqueFd socket) : transport_(loop.attach(std::move(socket), *this)) {}

  void close() noexcept { transport_->close(CloseReason::kShutdown); }

  std::span<char> inbox() noexcept override { return in_; }
  void received(size_t n) noexcept override {
    cut_ += n;
    char* end = out_.data();
    for (; cut_ >= ping::kRequest.size(); cut_ -= ping::kRequest.size()) {
      end = ping::compose_reply(end);
    }
    const iovec piece{out_.data(), static_cast<size_t>(end - out_.data())};
    if (piece.iov_len == 0) return;
    if (transport_->send({&piece, 1}) < piece.iov_len) close();
  }
  void sendable(size_t) noexcept override {}
  void closed(CloseReason) noexcept override {}

 private:
  static constexpr size_t kBytes = 64 * kKiB;

  std::unique_ptr<Transport> transport_;
  size_t cut_ = 0;  // bytes of a request that is not whole
  std::array<char, kBytes> in_;
  std::array<char, kBytes + ping::kReply.size()> out_;
};

NullServer::NullServer()
    : listener_(listen_on(Address::resolve("127.0.0.1", 0).front(), {})),
      address_(Address::local(listener_.get())) {
  loop_.listen(std::move(listener_), *this);
  thread_ = std::jthread([this] { serve(); });
}

NullServer::~NullServer() {
  is_over_.store(true, std::memory_order_relaxed);
  loop_.wake();
}

void NullServer::accepted(UniqueFd socket) noexcept {
  send_at_once(socket.get());
  sessions_.push_back(std::make_unique<Session>(loop_, std::move(socket)));
}

void NullServer::serve() {
  while (!is_over_.load(std::memory_order_relaxed)) loop_.run_once();
  loop_.stop_listening();
  for (const auto& session : sessions_) session->close();
  loop_.run_once_until(0);  // delivers the ends
}

}  // namespace pelikan::load
