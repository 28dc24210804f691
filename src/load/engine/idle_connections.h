// IdleConnections: connections that are opened and never used, as most of a large site's are.
//
// Thread safety: one thread.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "load/engine/dialer.h"

namespace pelikan::load {

class IdleConnections {
 public:
  // One that is refused at once is left out.
  void add(Dialer& dialer, size_t server) {
    auto idle = std::make_unique<Idle>(dialer);
    idle->transport = dialer.dial(server, *idle);
    if (idle->transport != nullptr) connections_.push_back(std::move(idle));
  }
  // Those the servers have not closed.
  [[nodiscard]] size_t open() const noexcept {
    size_t count = 0;
    for (const auto& idle : connections_) count += idle->is_open ? 1 : 0;
    return count;
  }
  void close() noexcept {
    for (const auto& idle : connections_) {
      if (idle->is_open) idle->transport->close(CloseReason::kRequested);
    }
  }

 private:
  struct Idle final : TransportOwner {
    explicit Idle(Dialer& its_dialer) noexcept : dialer(its_dialer) {}
    std::span<char> inbox() noexcept override { return ignored; }
    void received(size_t) noexcept override {}
    void sendable(size_t) noexcept override {}
    void closed(CloseReason) noexcept override {
      is_open = false;
      dialer.note_closed(*transport);
    }

    Dialer& dialer;
    std::unique_ptr<Transport> transport;
    bool is_open = true;
    std::array<char, 256> ignored;  // a server that closes may say why
  };

  std::vector<std::unique_ptr<Idle>> connections_;
};

}  // namespace pelikan::load
