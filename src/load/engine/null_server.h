// NullServer: answers PING with PONG on a thread of its own and does nothing else: what the
// generator and this machine's loopback can do at most.
//
// Thread safety: made and destroyed by one thread.
#pragma once

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include "event/libevent_loop.h"
#include "transport/address.h"

namespace pelikan::load {

class NullServer final : private AcceptOwner {
 public:
  // Listens on any free port of 127.0.0.1. Throws SetupError when there is none.
  NullServer();
  NullServer(const NullServer&) = delete;
  NullServer& operator=(const NullServer&) = delete;
  ~NullServer() override;

  [[nodiscard]] const Address& address() const noexcept { return address_; }

 private:
  class Session;

  void accepted(UniqueFd socket) noexcept override;
  void accept_paused(int) noexcept override {}
  void serve();

  LibeventLoop loop_;
  UniqueFd listener_;
  Address address_;
  std::vector<std::unique_ptr<Session>> sessions_;
  std::atomic<bool> is_over_{false};  // relaxed: wake() makes the thread look
  std::jthread thread_;               // joined first
};

}  // namespace pelikan::load
