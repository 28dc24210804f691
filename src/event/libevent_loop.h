// LibeventLoop: the event loop over libevent, by plain events on descriptors: no bufferevents,
// which cost half as much again per request. In a steady state a round is epoll_wait, and per ready
// connection one recv and one send.
//
// Thread safety: as EventLoop.
#pragma once

#include <memory>
#include <vector>

#include "base/intrusive_list.h"
#include "event/event_loop.h"

struct event_base;

namespace pelikan {

class LibeventTransport;
struct Closing;

class LibeventLoop final : public EventLoop {
 public:
  // Throws SetupError when the system has no descriptor for it.
  LibeventLoop();
  LibeventLoop(const LibeventLoop&) = delete;
  LibeventLoop& operator=(const LibeventLoop&) = delete;
  ~LibeventLoop() override;

  [[nodiscard]] std::unique_ptr<Transport> attach(UniqueFd socket, TransportOwner& owner) override;
  void listen(UniqueFd socket, AcceptOwner& owner) override;
  void stop_listening() noexcept override;
  void every(std::chrono::milliseconds period, Task& task) override;
  void run_once() override;
  void run_once_until(int64_t deadline_ns) override;
  void on_wakeup(Task& task) override;
  void wake() noexcept override;

  // For what else runs on this loop (HttpServer). Its callbacks do not count as a wake-up.
  [[nodiscard]] event_base* base() noexcept { return base_.get(); }

 private:
  friend class LibeventTransport;
  class Acceptor;
  class Alarm;
  class Deadline;
  class Timer;
  class Watch;
  struct FreeBase {
    void operator()(event_base* base) const noexcept;
  };

  // Every callback's first act.
  void awake() noexcept {
    if (!is_awake_) [[unlikely]]
      run_wakeup_tasks();
  }
  void run_round(int flags);
  void run_wakeup_tasks() noexcept;
  void deliver_closed() noexcept;

  std::unique_ptr<event_base, FreeBase> base_;
  bool is_awake_ = false;  // in this round
  std::vector<Task*> wakeup_tasks_;
  IntrusiveList<LibeventTransport, Closing> closing_;  // those whose closed() is due
  std::vector<std::unique_ptr<Acceptor>> acceptors_;
  std::vector<std::unique_ptr<Timer>> timers_;
  std::unique_ptr<Alarm> alarm_;        // wake()
  std::unique_ptr<Deadline> deadline_;  // run_once_until(); null before its first wait
};

}  // namespace pelikan
