// MemoryPeer: the far end of a connection within the process, and the network and loop between the
// ends: bytes come in any portions, the peer reads as slowly as it likes, and nothing depends on a
// kernel's buffers or on time. For tests of whatever owns a transport.
//
// Works in either shape the seam allows: readiness (send() takes what the window holds) or
// completion (send() takes nothing; sendable() later says what is no longer needed).
//
// Thread safety: none.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "event/transport.h"

namespace pelikan {

class MemoryPeer {
 public:
  enum class Shape : uint8_t { kReadiness, kCompletion };

  explicit MemoryPeer(Shape shape = Shape::kReadiness) noexcept : shape_(shape) {}
  MemoryPeer(const MemoryPeer&) = delete;
  MemoryPeer& operator=(const MemoryPeer&) = delete;

  // The near end. REQUIRES: called once; peer and owner outlive the transport
  [[nodiscard]] std::unique_ptr<Transport> attach(TransportOwner& owner);

  void send(std::string_view bytes) { inbound_.append(bytes); }
  void finish() noexcept { finished_ = true; }  // sends no more, still reads
  void reset() noexcept { close(CloseReason::kConnectionLost); }
  // Takes what has been sent to it, which makes room in the window.
  [[nodiscard]] std::string read();

  // At most so many bytes arrive at once.
  void set_portion(size_t bytes) noexcept { portion_ = bytes; }
  // At most so many bytes wait for the peer to read them.
  void set_window(size_t bytes) noexcept { window_ = bytes; }

  // One turn of the near end's loop: delivers one portion, room to send, or the end. False: nothing
  // was due.
  bool run_once();

  [[nodiscard]] bool is_received_from() const noexcept { return receiving_; }
  [[nodiscard]] bool is_closed() const noexcept { return told_; }
  [[nodiscard]] size_t sends() const noexcept { return sends_; }  // calls of Transport::send()
  [[nodiscard]] size_t receives() const noexcept {
    return receives_;
  }  // calls of TransportOwner::received()

 private:
  class NearEnd;

  [[nodiscard]] size_t accept(std::span<const iovec> bytes) noexcept;
  [[nodiscard]] size_t take(std::span<const iovec> bytes) noexcept;
  void close(CloseReason reason) noexcept;
  bool deliver_room();
  bool deliver_bytes();

  const Shape shape_;
  TransportOwner* owner_ = nullptr;
  std::string inbound_;
  size_t delivered_ = 0;  // of inbound_
  std::string outbound_;
  size_t portion_ = std::numeric_limits<size_t>::max();
  size_t window_ = std::numeric_limits<size_t>::max();
  size_t sends_ = 0;
  size_t receives_ = 0;
  std::vector<iovec> submitted_;  // completion: the pending send
  bool sending_ = false;
  bool receiving_ = true;
  bool finished_ = false;
  bool closing_ = false;
  bool told_ = false;
  CloseReason reason_ = CloseReason::kRequested;
};

}  // namespace pelikan
