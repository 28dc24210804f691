#include "load/engine/asker.h"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <utility>

#include "base/escape.h"
#include "base/setup_error.h"
#include "load/engine/tls_client.h"

namespace pelikan::load {
namespace {

enum class Receipt : uint8_t { kBytes, kEnd, kSilence, kFailure };

Receipt receive_from(int socket, std::span<char> place, size_t& n) noexcept {
  const ssize_t size = ::recv(socket, place.data(), place.size(), 0);
  n = size > 0 ? static_cast<size_t>(size) : 0;
  if (size > 0) return Receipt::kBytes;
  return size == 0 || errno == ECONNRESET ? Receipt::kEnd : Receipt::kSilence;
}

bool send_to(int socket, std::string_view bytes) noexcept {
  const ssize_t size = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  return size == static_cast<ssize_t>(bytes.size());
}

}  // namespace

// TLS over the blocking socket.
class Asker::Sealing final : private TlsWire {
 public:
  Sealing(int socket, std::unique_ptr<TlsStream> stream) noexcept
      : socket_(socket), stream_(std::move(stream)) {
    stream_->use(this);
  }

  // The reason why not; empty: it is done.
  [[nodiscard]] std::string_view shake_hands() noexcept {
    while (receipt_ == Receipt::kBytes) {
      const TlsStream::Status status = stream_->shake_hands();
      if (status == TlsStream::Status::kOk) return {};
      if (status != TlsStream::Status::kNeedsMore) return stream_->failure();
    }
    return receipt_ == Receipt::kEnd ? "the server closes" : "the server is silent";
  }
  [[nodiscard]] std::string_view failure() const noexcept { return stream_->failure(); }
  [[nodiscard]] bool send(std::string_view bytes) noexcept { return stream_->write(bytes); }
  [[nodiscard]] Receipt receive(std::span<char> place, size_t& n) noexcept {
    while (receipt_ == Receipt::kBytes) {
      const TlsStream::Status status = stream_->read(place, n);
      if (status == TlsStream::Status::kOk) return Receipt::kBytes;
      if (status == TlsStream::Status::kEnded) return Receipt::kEnd;
      if (status == TlsStream::Status::kFailed) return Receipt::kFailure;
    }
    return receipt_;
  }

 private:
  size_t take(std::span<char> place) noexcept override {
    size_t n = 0;
    receipt_ = receive_from(socket_, place, n);
    return n;
  }
  bool put(std::string_view sealed) noexcept override { return send_to(socket_, sealed); }

  const int socket_;
  std::unique_ptr<TlsStream> stream_;
  Receipt receipt_ = Receipt::kBytes;  // what came of the last take()
};

Asker::Asker(const ServerTarget& target, std::chrono::milliseconds timeout, ReplySize reply_size,
             const TlsClient* tls)
    : target_(target), reply_size_(reply_size), socket_(connect_within(target, timeout)) {
  const timeval limit{.tv_sec = timeout.count() / 1000, .tv_usec = timeout.count() % 1000 * 1000};
  ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  if (tls == nullptr) return;
  sealing_ = std::make_unique<Sealing>(socket_.get(), tls->begin(target));
  const std::string_view reason = sealing_->shake_hands();
  if (!reason.empty()) throw_unsealed(reason);
}

Asker::Asker(Asker&&) noexcept = default;
Asker::~Asker() = default;

void Asker::ask(std::string_view request) {
  const bool is_sent = sealing_ ? sealing_->send(request) : send_to(socket_.get(), request);
  if (!is_sent) throw_silent();
}

size_t Asker::receive(std::span<char> place) {
  size_t n = 0;
  const Receipt receipt =
      sealing_ ? sealing_->receive(place, n) : receive_from(socket_.get(), place, n);
  if (receipt == Receipt::kSilence) throw_silent();
  // TLS 1.3 tells a client only behind its handshake that its certificate is not good enough.
  if (receipt == Receipt::kFailure) throw_unsealed(sealing_->failure());
  return n;
}

std::string_view Asker::answer() {
  in_.erase(0, answered_);
  answered_ = 0;
  for (;;) {
    answered_ = reply_size_(in_);
    if (answered_ > 0) return std::string_view(in_).substr(0, answered_);
    std::array<char, 16 * 1024> part;
    const size_t size = receive(part);
    if (size == 0) return {};
    in_.append(part.data(), size);
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

void Asker::throw_unsealed(std::string_view reason) const {
  throw ServerUnreachable(fmt::format("{}: TLS fails: {}", target_.name, reason));
}

void Asker::throw_silent() const {
  throw ServerUnreachable(fmt::format("{} does not answer", target_.name));
}

}  // namespace pelikan::load
