// EventLoop: one thread's wait for sockets, timers and wake-ups, behind which the back ends differ.
//
// Thread safety: all calls on the loop's thread, except wake(). Transports are destroyed before
// their loop.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>

#include "base/unique_fd.h"
#include "event/transport.h"

namespace pelikan {

// Called with every accepted connection of a listening socket, from run_once().
class AcceptOwner {
 public:
  virtual ~AcceptOwner() = default;
  // Connected, non-blocking, closed on exec.
  virtual void accepted(UniqueFd socket) noexcept = 0;
  // The system has no descriptor or memory for another connection (errno says which): accepting
  // pauses for a moment instead of trying again and again.
  virtual void accept_paused(int error) noexcept = 0;
};

// Work done again and again by a loop.
class Task {
 public:
  virtual ~Task() = default;
  virtual void run() noexcept = 0;
};

class EventLoop {
 public:
  virtual ~EventLoop() = default;
  // A non-blocking stream socket, connected or being connected (then what is sent waits, and a
  // refusal is a lost connection); its owner's calls start with the next run_once().
  [[nodiscard]] virtual std::unique_ptr<Transport> attach(UniqueFd socket,
                                                          TransportOwner& owner) = 0;
  // A bound, listening, non-blocking socket; lives as long as the loop, or until stop_listening().
  virtual void listen(UniqueFd socket, AcceptOwner& owner) = 0;
  virtual void stop_listening() noexcept = 0;
  virtual void every(std::chrono::milliseconds period, Task& task) = 0;
  // Waits, serves what is ready, and delivers closed() last. Does not wait when there is a closed()
  // to deliver.
  virtual void run_once() = 0;
  // As run_once(), but waits at most until this time of CLOCK_MONOTONIC, within some microseconds;
  // 0 does not wait.
  virtual void run_once_until(int64_t deadline_ns) = 0;
  // Run first in every round, after the wait and before any callback: the place to read the coarse
  // clock.
  virtual void on_wakeup(Task& task) = 0;
  // From any thread: makes a waiting run_once() return.
  virtual void wake() noexcept = 0;
};

}  // namespace pelikan
