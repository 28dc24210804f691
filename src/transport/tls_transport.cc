#include "transport/tls_transport.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/assertion.h"

namespace pelikan {

// Walks over what is to be sent, a record's worth or more at a time.
class TlsTransport::Pieces {
 public:
  explicit Pieces(std::span<const iovec> pieces) noexcept : pieces_(pieces) { skip_empty(); }

  [[nodiscard]] bool is_done() const noexcept { return pieces_.empty(); }
  // The next bytes, at most `most`: as they lie there if they make a record or are the last, else
  // put together. REQUIRES: not is_done(); most >= record.size()
  [[nodiscard]] std::string_view next(size_t most, std::span<char> record) noexcept {
    const std::string_view here = rest();
    if (pieces_.size() == 1 || here.size() >= record.size()) {
      const size_t whole =
          pieces_.size() == 1 ? here.size() : here.size() / record.size() * record.size();
      const std::string_view bytes = here.substr(0, std::min(most, whole));
      drop(bytes.size());
      return bytes;
    }
    size_t filled = 0;
    while (!is_done() && filled < record.size()) {
      const std::string_view part = rest().substr(0, record.size() - filled);
      std::memcpy(record.data() + filled, part.data(), part.size());
      filled += part.size();
      drop(part.size());
    }
    return {record.data(), filled};
  }

 private:
  [[nodiscard]] std::string_view rest() const noexcept {
    const iovec& piece = pieces_.front();
    return std::string_view(static_cast<const char*>(piece.iov_base), piece.iov_len).substr(begin_);
  }
  void drop(size_t n) noexcept {
    begin_ += n;
    skip_empty();
  }
  void skip_empty() noexcept {
    while (!pieces_.empty() && begin_ == pieces_.front().iov_len) {
      pieces_ = pieces_.subspan(1);
      begin_ = 0;
    }
  }

  std::span<const iovec> pieces_;
  size_t begin_ = 0;  // in the first
};

TlsTransport::TlsTransport(TlsLoop& loop, std::unique_ptr<TlsStream> stream, TransportOwner& owner,
                           TlsObserver* observer)
    : loop_(loop), owner_(owner), observer_(observer), stream_(std::move(stream)) {
  stream_->use(this);
}

TlsTransport::~TlsTransport() {
  lower_.reset();  // it may still send what is sealed
  drop_held();
  if (sealed_ != nullptr) loop_.give_back(sealed_);
}

void TlsTransport::start(std::unique_ptr<Transport> lower) noexcept {
  lower_ = std::move(lower);
  if (stream_->is_established()) {
    phase_ = Phase::kOpen;
    arrived_ = stream_->early();
    if (arrived_.empty()) return;
    lower_->receive(false);
    loop_.line_up(*this);
  } else if (stream_->is_client()) {
    shake_hands();  // says hello
  }
}

// What could not be done when it came up, or may not be done inside a call of the owner's.
void TlsTransport::take_turn() noexcept {
  if (phase_ == Phase::kGreeting) return lower_->receive(true);
  if (phase_ != Phase::kOpen) return;
  if (owner_waits_ && !sending_) {
    owner_waits_ = false;
    owner_.sendable(take_released());
  }
  if (ended_) return finish_when_sent();
  if (!receiving_) return;
  deliver();
  if (!arrived_.empty()) return;
  drop_held();
  if (phase_ == Phase::kOpen && receiving_ && !ended_) lower_->receive(true);
}

std::span<char> TlsTransport::inbox() noexcept {
  if (phase_ == Phase::kGreeting && !loop_.may_shake_hands(*this)) return {};
  return loop_.inbox();
}

void TlsTransport::received(size_t n) noexcept {
  if (n == 0) return;
  arrived_ = {loop_.inbox().data(), n};
  work();
  if (!arrived_.empty()) hold_arrived();
}

void TlsTransport::work() noexcept {
  if (phase_ == Phase::kGreeting) shake_hands();
  if (phase_ == Phase::kOpen) deliver();
}

void TlsTransport::shake_hands() noexcept {
  switch (stream_->shake_hands()) {
    case TlsStream::Status::kOk:
      phase_ = Phase::kLastWords;
      if (flush()) open();
      return;
    case TlsStream::Status::kNeedsMore:
      (void)flush();
      return;
    case TlsStream::Status::kEnded:
    case TlsStream::Status::kFailed:
      return fail();
  }
}

void TlsTransport::open() noexcept {
  phase_ = Phase::kOpen;
  if (observer_ != nullptr) observer_->established();
  if (phase_ == Phase::kOpen && !receiving_) lower_->receive(false);
  if (phase_ == Phase::kOpen && owner_waits_) {
    owner_waits_ = false;
    owner_.sendable(0);
  }
}

void TlsTransport::deliver() noexcept {
  while (phase_ == Phase::kOpen && receiving_ && has_bytes()) {
    const std::span<char> place = owner_.inbox();
    if (place.empty()) {
      receiving_ = false;
      lower_->receive(false);
      break;
    }
    size_t filled = 0;
    const TlsStream::Status status = fill(place, filled);
    owner_.received(filled);
    if (phase_ != Phase::kOpen) return;
    if (status == TlsStream::Status::kFailed) return fail();
    if (status == TlsStream::Status::kEnded) {
      ended_ = true;
      arrived_ = {};
      lower_->receive(false);
      loop_.line_up(*this);  // the owner may have to answer yet
      break;
    }
  }
  if (phase_ == Phase::kOpen)
    (void)flush();  // OpenSSL may have had something to say to what it read
}

// As much as there is and fits, so that less than `place` means there is no more.
TlsStream::Status TlsTransport::fill(std::span<char> place, size_t& filled) noexcept {
  auto status = TlsStream::Status::kOk;
  while (status == TlsStream::Status::kOk && filled < place.size() && has_bytes()) {
    size_t n = 0;
    status = stream_->read(place.subspan(filled), n);
    filled += n;
  }
  return status;
}

void TlsTransport::fail() noexcept {
  (void)flush();  // an alert
  close(CloseReason::kProtocol);
}

void TlsTransport::receive(bool on) noexcept {
  if (on == receiving_ || phase_ == Phase::kOver) return;
  receiving_ = on;
  if (phase_ != Phase::kOpen) return;  // below it is received from for the handshake
  if (!on) {
    lower_->receive(false);
  } else if (ended_ || has_bytes()) {
    loop_.line_up(*this);
  } else {
    lower_->receive(true);
  }
}

void TlsTransport::hold_arrived() noexcept {
  if (phase_ == Phase::kOver) {
    arrived_ = {};
    return;
  }
  DCHECK(held_ == nullptr);
  lower_->receive(false);
  held_ = loop_.borrow();
  if (held_ == nullptr) {
    arrived_ = {};
    return close(CloseReason::kNoMemory);
  }
  std::memcpy(held_->bytes, arrived_.data(), arrived_.size());
  arrived_ = {held_->bytes, arrived_.size()};
}

void TlsTransport::drop_held() noexcept {
  arrived_ = {};
  if (stream_ != nullptr) stream_->early() = {};
  if (held_ != nullptr) loop_.give_back(std::exchange(held_, nullptr));
}

size_t TlsTransport::take(std::span<char> place) noexcept {
  const size_t n = arrived_.copy(place.data(), place.size());
  arrived_.remove_prefix(n);
  return n;
}

bool TlsTransport::put(std::string_view sealed) noexcept {
  if (sealed_ == nullptr) sealed_ = loop_.borrow();
  if (sealed_ == nullptr) return false;
  const auto room = static_cast<size_t>(sealed_->bytes + Chunk::kRoom - sealed_->end);
  if (sealed.size() > room) return false;
  std::memcpy(sealed_->end, sealed.data(), sealed.size());
  sealed_->end += sealed.size();
  return true;
}

size_t TlsTransport::send(std::span<const iovec> bytes) noexcept {
  Pieces pieces(bytes);
  size_t released = 0;
  while (phase_ == Phase::kOpen && flush()) {
    if (pieces.is_done()) return released;
    if (!seal(pieces)) break;
    (void)flush();
    released += take_released();
  }
  owner_waits_ = true;
  return released;
}

// Seals what fits a chunk. False: there is none, or the stream has failed.
bool TlsTransport::seal(Pieces& pieces) noexcept {
  DCHECK(unreleased_ == 0);
  sealed_ = loop_.borrow();
  if (sealed_ == nullptr) {
    loop_.line_up_idly(*this);
    return false;
  }
  while (!pieces.is_done() && unreleased_ + TlsLoop::kRecord <= TlsLoop::kSealedAtOnce) {
    const std::string_view plain =
        pieces.next(TlsLoop::kSealedAtOnce - unreleased_, loop_.record());
    if (!stream_->write(plain)) {
      close(CloseReason::kConnectionLost);
      return false;
    }
    unreleased_ += plain.size();
  }
  return true;
}

// True: nothing sealed is left unsent.
bool TlsTransport::flush() noexcept {
  if (sealed_ == nullptr) return true;
  if (sending_) return false;
  if (const size_t size = sealed_size(); size > 0) {
    const iovec piece{sealed_->begin, size};
    sealed_->begin += lower_->send({&piece, 1});
  }
  sending_ = sealed_size() > 0;
  if (!sending_) loop_.give_back(std::exchange(sealed_, nullptr));
  return !sending_;
}

// How many more of the owner's bytes need not be kept.
size_t TlsTransport::take_released() noexcept {
  const size_t still = std::min(unreleased_, sealed_size());
  return std::exchange(unreleased_, still) - still;
}

void TlsTransport::sendable(size_t released) noexcept {
  if (phase_ == Phase::kOver) return;
  sealed_->begin += released;
  sending_ = false;
  const bool is_flushed = flush();
  if (is_flushed && phase_ == Phase::kLastWords) {
    open();
    if (phase_ == Phase::kOpen && has_bytes()) loop_.line_up(*this);
    return;
  }
  const size_t done = take_released();
  if (owner_waits_ && (is_flushed || done > 0)) {
    owner_waits_ = unreleased_ > 0;
    owner_.sendable(done);
  }
  if (ended_) finish_when_sent();
}

// The peer's end: as a socket's, it waits until it is received and everything is sent.
void TlsTransport::finish_when_sent() noexcept {
  if (phase_ == Phase::kOpen && receiving_ && sealed_ == nullptr && !owner_waits_)
    close(CloseReason::kPeerClosed);
}

void TlsTransport::close(CloseReason reason) noexcept {
  if (phase_ == Phase::kOver) return;
  if (phase_ == Phase::kOpen && reason != CloseReason::kConnectionLost && flush()) {
    stream_->end();
    (void)flush();
  }
  phase_ = Phase::kOver;
  ListHook<ByTlsTurn>::unlink();
  lower_->close(reason);
}

void TlsTransport::closed(CloseReason reason) noexcept {
  phase_ = Phase::kOver;
  ListHook<ByTlsTurn>::unlink();
  owner_.closed(reason);
}

TlsTransport::Handover TlsTransport::hand_over() noexcept {
  DCHECK(phase_ == Phase::kOpen && sealed_ == nullptr);
  if (!stream_->keep_early(arrived_)) {
    close(CloseReason::kNoMemory);
    return {};
  }
  phase_ = Phase::kOver;
  ListHook<ByTlsTurn>::unlink();
  stream_->use(nullptr);
  arrived_ = {};
  return {lower_->release(), std::move(stream_)};
}

}  // namespace pelikan
