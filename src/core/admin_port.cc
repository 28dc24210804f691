#include "core/admin_port.h"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <new>
#include <string>

#include "protocol/admin/compose.h"
#include "protocol/admin/parse.h"

namespace pelikan {
namespace {

// The kernel would keep megabytes of answers for a client that does not read, and we would compute
// them.
constexpr int kSendBuffer = 64 * 1024;

}  // namespace

class AdminSession final : public TransportOwner {
 public:
  AdminSession(EventLoop& loop, UniqueFd socket, AdminCommands& commands, const Clock& clock,
               AdminMetrics& metrics)
      : commands_(commands),
        clock_(clock),
        metrics_(metrics),
        last_progress_ms_(clock.now_ms()),
        transport_(loop.attach(std::move(socket), *this)) {}

  [[nodiscard]] bool is_closed() const noexcept { return closed_; }
  [[nodiscard]] int64_t last_progress_ms() const noexcept { return last_progress_ms_; }
  void close(CloseReason reason) noexcept { transport_->close(reason); }

  std::span<char> inbox() noexcept override { return std::span(in_).subspan(filled_); }

  void received(size_t n) noexcept override {
    filled_ += n;
    serve();
  }

  void sendable(size_t released) noexcept override {
    sent_ += released;
    last_progress_ms_ = clock_.now_ms();
    if (!send_answer()) return;
    transport_->receive(true);
    serve();
  }

  void closed(CloseReason) noexcept override { closed_ = true; }

 private:
  // Answers line after line until an answer is stuck or no line is whole.
  void serve() noexcept {
    size_t consumed = 0;
    while (!closing_) {
      const std::string_view rest(in_.data() + consumed, filled_ - consumed);
      const admin::ParseResult parsed = admin::parse_request(rest);
      if (parsed.status == admin::ParseStatus::kIncomplete) break;
      if (parsed.status != admin::ParseStatus::kOk) return close_now(CloseReason::kProtocol);
      consumed += parsed.consumed;
      if (!execute(parsed.request)) break;
    }
    std::copy(in_.data() + consumed, in_.data() + filled_, in_.data());
    filled_ -= consumed;
  }

  // True when the answer was taken and the next line may be read.
  bool execute(const admin::Request& request) noexcept {
    metrics_.request.add();
    last_progress_ms_ = clock_.now_ms();
    if (request.command == admin::Command::kQuit) {
      close_now(CloseReason::kRequested);
      return false;
    }
    try {
      answer_ = commands_.answer(request);
    } catch (const std::bad_alloc&) {
      close_now(CloseReason::kNoMemory);
      return false;
    }
    sent_ = 0;
    if (send_answer()) return true;
    transport_->receive(false);
    return false;
  }

  // True when all of it was taken.
  bool send_answer() noexcept {
    const iovec rest{.iov_base = answer_.data() + sent_, .iov_len = answer_.size() - sent_};
    if (rest.iov_len > 0) sent_ += transport_->send({&rest, 1});
    if (sent_ < answer_.size()) return false;
    answer_.clear();
    answer_.shrink_to_fit();
    sent_ = 0;
    return true;
  }

  void close_now(CloseReason reason) noexcept {
    closing_ = true;
    transport_->close(reason);
  }

  AdminCommands& commands_;
  const Clock& clock_;
  AdminMetrics& metrics_;
  std::array<char, admin::kLineMax> in_;
  size_t filled_ = 0;
  std::string answer_;  // unsent from sent_ on
  size_t sent_ = 0;
  int64_t last_progress_ms_;
  bool closing_ = false;
  bool closed_ = false;
  std::unique_ptr<Transport> transport_;
};

AdminPort::AdminPort(EventLoop& loop, UniqueFd socket, AdminCommands& commands, const Clock& clock,
                     std::chrono::milliseconds timeout, AdminMetrics& metrics)
    : loop_(loop), commands_(commands), clock_(clock), timeout_(timeout), metrics_(metrics) {
  sessions_.reserve(kMaxConnections);
  loop_.listen(std::move(socket), *this);
}

AdminPort::~AdminPort() = default;

void AdminPort::accepted(UniqueFd socket) noexcept {
  forget_closed();
  if (sessions_.size() >= kMaxConnections) {
    metrics_.refused.add();
    // A fresh socket's buffer takes it, and if not, nothing is lost.
    (void)::send(socket.get(), admin::kTooManyConnections.data(), admin::kTooManyConnections.size(),
                 MSG_NOSIGNAL | MSG_DONTWAIT);
    return;
  }
  metrics_.accepted.add();
  ::setsockopt(socket.get(), SOL_SOCKET, SO_SNDBUF, &kSendBuffer, sizeof kSendBuffer);
  try {
    sessions_.push_back(
        std::make_unique<AdminSession>(loop_, std::move(socket), commands_, clock_, metrics_));
  } catch (const std::bad_alloc&) {
    metrics_.refused.add();  // the socket closes
  }
  metrics_.connections.set(static_cast<int64_t>(sessions_.size()));
}

void AdminPort::accept_paused(int) noexcept { metrics_.pauses.add(); }

void AdminPort::run() noexcept {
  forget_closed();
  const int64_t oldest_ms = clock_.now_ms() - timeout_.count();
  for (const auto& session : sessions_) {
    if (session->last_progress_ms() >= oldest_ms) continue;
    metrics_.idle.add();
    session->close(CloseReason::kIdle);
  }
}

void AdminPort::forget_closed() noexcept {
  std::erase_if(sessions_, [](const auto& session) { return session->is_closed(); });
  metrics_.connections.set(static_cast<int64_t>(sessions_.size()));
}

}  // namespace pelikan
