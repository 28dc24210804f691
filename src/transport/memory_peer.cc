#include "transport/memory_peer.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/assertion.h"

namespace pelikan {

class MemoryPeer::NearEnd final : public Transport {
 public:
  explicit NearEnd(MemoryPeer& peer) noexcept : peer_(peer) {}

  [[nodiscard]] size_t send(std::span<const iovec> bytes) noexcept override {
    return peer_.accept(bytes);
  }
  void receive(bool on) noexcept override { peer_.receiving_ = on; }
  void close(CloseReason reason) noexcept override { peer_.close(reason); }
  [[nodiscard]] UniqueFd release() noexcept override { return {}; }
  [[nodiscard]] int fd() const noexcept override { return -1; }

 private:
  MemoryPeer& peer_;
};

std::unique_ptr<Transport> MemoryPeer::attach(TransportOwner& owner) {
  CHECK(owner_ == nullptr);
  owner_ = &owner;
  return std::make_unique<NearEnd>(*this);
}

std::string MemoryPeer::read() { return std::exchange(outbound_, {}); }

size_t MemoryPeer::accept(std::span<const iovec> bytes) noexcept {
  CHECK(!sending_ || closing_);  // nothing else may be sent before sendable()
  if (closing_) return 0;
  ++sends_;
  if (shape_ == Shape::kCompletion) {
    submitted_.assign(bytes.begin(), bytes.end());
    sending_ = true;
    return 0;
  }
  size_t offered = 0;
  for (const iovec& piece : bytes) offered += piece.iov_len;
  const size_t taken = take(bytes);
  sending_ = taken < offered;
  return taken;
}

size_t MemoryPeer::take(std::span<const iovec> bytes) noexcept {
  size_t taken = 0;
  for (const iovec& piece : bytes) {
    const size_t part = std::min(piece.iov_len, window_ - std::min(window_, outbound_.size()));
    outbound_.append(static_cast<const char*>(piece.iov_base), part);
    taken += part;
    if (part < piece.iov_len) break;
  }
  return taken;
}

void MemoryPeer::close(CloseReason reason) noexcept {
  if (closing_) return;
  closing_ = true;
  reason_ = reason;
}

bool MemoryPeer::run_once() {
  if (told_) return false;
  if (closing_) {
    told_ = true;
    owner_->closed(reason_);
    return true;
  }
  if (sending_ && deliver_room()) return true;
  if (receiving_ && deliver_bytes()) return true;
  if (!receiving_ || !finished_ || sending_) return false;
  close(CloseReason::kPeerClosed);
  return true;
}

bool MemoryPeer::deliver_room() {
  if (outbound_.size() >= window_) return false;
  sending_ = false;
  owner_->sendable(shape_ == Shape::kCompletion ? take(submitted_) : 0);
  return true;
}

bool MemoryPeer::deliver_bytes() {
  const std::string_view waiting = std::string_view(inbound_).substr(delivered_);
  if (waiting.empty()) return false;
  const std::span<char> inbox = owner_->inbox();
  if (inbox.empty()) {
    receiving_ = false;
    return true;
  }
  const size_t size = std::min({inbox.size(), portion_, waiting.size()});
  std::memcpy(inbox.data(), waiting.data(), size);
  delivered_ += size;
  if (size == waiting.size()) {
    inbound_.clear();
    delivered_ = 0;
  }
  ++receives_;
  owner_->received(size);
  return true;
}

}  // namespace pelikan
