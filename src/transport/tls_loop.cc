#include "transport/tls_loop.h"

#include <new>
#include <utility>

#include "transport/tls_transport.h"

namespace pelikan {

TlsLoop::TlsLoop(EventLoop& loop, BufferPool& pool, size_t handshakes_per_round)
    : loop_(loop),
      pool_(pool),
      handshakes_per_round_(handshakes_per_round),
      handshakes_left_(handshakes_per_round),
      kept_(pool.borrow(), GiveBack{&pool}) {
  if (kept_ == nullptr) throw std::bad_alloc();
  loop_.on_wakeup(*this);
}

TlsLoop::~TlsLoop() { CHECK(kept_ != nullptr); }

std::unique_ptr<TlsTransport> TlsLoop::attach(UniqueFd socket, std::unique_ptr<TlsStream> stream,
                                              TransportOwner& owner, TlsObserver* observer) {
  auto transport = std::make_unique<TlsTransport>(*this, std::move(stream), owner, observer);
  transport->start(loop_.attach(std::move(socket), *transport));
  return transport;
}

Chunk* TlsLoop::borrow() noexcept {
  Chunk* chunk = pool_.borrow();
  if (chunk == nullptr) chunk = kept_.release();
  if (chunk != nullptr) chunk->begin = chunk->end = chunk->bytes;
  return chunk;
}

void TlsLoop::give_back(Chunk* chunk) noexcept {
  if (kept_ == nullptr) {
    kept_.reset(chunk);
  } else {
    pool_.give_back(chunk);
  }
}

bool TlsLoop::may_shake_hands(TlsTransport& transport) noexcept {
  if (handshakes_left_ > 0) {
    handshakes_left_ -= 1;
    return true;
  }
  if (greeting_.is_empty()) loop_.wake();
  greeting_.move_to_back(transport);
  return false;
}

void TlsLoop::line_up(TlsTransport& transport) noexcept {
  due_.move_to_back(transport);
  loop_.wake();
}

void TlsLoop::line_up_idly(TlsTransport& transport) noexcept { due_.move_to_back(transport); }

// Those that line up again meanwhile have their turn in the next round.
void TlsLoop::run() noexcept {
  Line called;
  while (!due_.is_empty()) called.move_to_back(due_.front());
  handshakes_left_ = handshakes_per_round_;
  for (size_t i = 0; i < handshakes_per_round_ && !greeting_.is_empty(); ++i)
    called.move_to_back(greeting_.front());
  if (!greeting_.is_empty()) loop_.wake();
  while (!called.is_empty()) {
    TlsTransport& transport = called.front();
    transport.unlink();
    transport.take_turn();
  }
}

}  // namespace pelikan
