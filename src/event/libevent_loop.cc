#include "event/libevent_loop.h"

#include <event2/event.h>
#include <event2/event_struct.h>
#include <fmt/format.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/assertion.h"
#include "base/setup_error.h"
#include "event/libevent_transport.h"

namespace pelikan {
namespace {

// Connections taken from one socket before the others have their turn.
constexpr int kAcceptsPerTurn = 64;
constexpr timeval kAcceptPause{.tv_sec = 0, .tv_usec = 100'000};

[[noreturn]] void throw_system_error(const char* what) {
  throw SetupError(ExitCode::kSystem, fmt::format("cannot {}: {}", what, std::strerror(errno)));
}

// libevent's own locks are for loops shared by threads; ours are not. Its cached time would be read
// once more per round, and its timers twice: our timers are descriptors, so that a round reads no
// clock but the worker's. The change list is for descriptors added and removed within a round,
// which we do not do.
event_base* make_base() {
  event_config* config = event_config_new();
  if (config == nullptr) throw_system_error("make an event loop");
  event_config_set_flag(config, EVENT_BASE_FLAG_NOLOCK | EVENT_BASE_FLAG_NO_CACHE_TIME);
  event_base* base = event_base_new_with_config(config);
  event_config_free(config);
  if (base == nullptr) throw_system_error("make an event loop");
  return base;
}

UniqueFd make_eventfd() {
  UniqueFd fd(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
  if (!fd) throw_system_error("make an eventfd");
  return fd;
}

UniqueFd make_timerfd() {
  UniqueFd fd(::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC));
  if (!fd) throw_system_error("make a timer");
  return fd;
}

UniqueFd make_timerfd(std::chrono::milliseconds period) {
  CHECK(period.count() > 0);
  UniqueFd fd = make_timerfd();
  const timespec interval{.tv_sec = period.count() / 1000,
                          .tv_nsec = period.count() % 1000 * 1'000'000};
  const itimerspec times{.it_interval = interval, .it_value = interval};
  if (::timerfd_settime(fd.get(), 0, &times, nullptr) != 0) throw_system_error("set a timer");
  return fd;
}

// The connection is gone before it was accepted, or the error is pending on it (accept(2)).
bool concerns_one_connection(int error) noexcept {
  return error == ECONNABORTED || error == EINTR || error == EPROTO || error == EPERM ||
         error == ENETDOWN || error == ENOPROTOOPT || error == EHOSTDOWN || error == ENONET ||
         error == EHOSTUNREACH || error == EOPNOTSUPP || error == ENETUNREACH;
}

}  // namespace

// A descriptor the loop watches for reading, for ever.
class LibeventLoop::Watch {
 public:
  Watch(event_base* base, UniqueFd fd, event_callback_fn callback, void* argument)
      : fd_(std::move(fd)) {
    event_assign(&event_, base, fd_.get(), EV_READ | EV_PERSIST, callback, argument);
    if (!resume()) throw_system_error("watch a descriptor");
  }
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;
  ~Watch() { pause(); }

  void pause() noexcept { event_del(&event_); }
  [[nodiscard]] bool resume() noexcept { return event_add(&event_, nullptr) == 0; }
  [[nodiscard]] int fd() const noexcept { return fd_.get(); }
  // Takes the counter of an eventfd or timerfd, so that it is no longer ready.
  void take_count() noexcept {
    uint64_t count = 0;
    // Fails only when another round took it: nothing to do then.
    [[maybe_unused]] const ssize_t size = ::read(fd(), &count, sizeof count);
  }

 private:
  UniqueFd fd_;
  event event_;
};

class LibeventLoop::Alarm {
 public:
  explicit Alarm(LibeventLoop& loop)
      : loop_(loop), watch_(loop.base(), make_eventfd(), &on_ring, this) {}
  void ring() noexcept {
    const uint64_t one = 1;
    // Fails only when 2^64-2 rings are not yet taken: it is ringing anyway.
    [[maybe_unused]] const ssize_t size = ::write(watch_.fd(), &one, sizeof one);
  }

 private:
  static void on_ring(evutil_socket_t, short, void* self) {
    auto& alarm = *static_cast<Alarm*>(self);
    alarm.loop_.awake();
    alarm.watch_.take_count();
  }

  LibeventLoop& loop_;
  Watch watch_;
};

class LibeventLoop::Timer {
 public:
  Timer(LibeventLoop& loop, std::chrono::milliseconds period, Task& task)
      : loop_(loop), task_(task), watch_(loop.base(), make_timerfd(period), &on_time, this) {}

 private:
  static void on_time(evutil_socket_t, short, void* self) {
    auto& timer = *static_cast<Timer*>(self);
    timer.loop_.awake();
    timer.watch_.take_count();
    timer.task_.run();
  }

  LibeventLoop& loop_;
  Task& task_;
  Watch watch_;
};

// A timer of the kernel's: libevent would round the wait up to milliseconds. Edge-triggered, so
// that setting it anew is all it costs: an expiry need not be read.
class LibeventLoop::Deadline {
 public:
  explicit Deadline(LibeventLoop& loop) : loop_(loop), fd_(make_timerfd()) {
    event_assign(&event_, loop.base(), fd_.get(), EV_READ | EV_PERSIST | EV_ET, &on_time, this);
    if (event_add(&event_, nullptr) != 0) throw_system_error("watch a timer");
  }
  Deadline(const Deadline&) = delete;
  Deadline& operator=(const Deadline&) = delete;
  ~Deadline() { event_del(&event_); }

  void set(int64_t time_ns) noexcept {
    if (time_ns == set_to_ns_) return;
    set_to_ns_ = time_ns;
    constexpr int64_t kSecond = 1'000'000'000;
    const itimerspec times{.it_interval = {},
                           .it_value = {.tv_sec = time_ns / kSecond, .tv_nsec = time_ns % kSecond}};
    // Fails only for what is no time.
    ::timerfd_settime(fd_.get(), TFD_TIMER_ABSTIME, &times, nullptr);
  }

 private:
  static void on_time(evutil_socket_t, short, void* self) {
    auto& deadline = *static_cast<Deadline*>(self);
    deadline.set_to_ns_ = 0;
    deadline.loop_.awake();
  }

  LibeventLoop& loop_;
  UniqueFd fd_;
  int64_t set_to_ns_ = 0;  // 0: it rests
  event event_;
};

class LibeventLoop::Acceptor {
 public:
  Acceptor(LibeventLoop& loop, UniqueFd socket, AcceptOwner& owner)
      : loop_(loop), owner_(owner), watch_(loop.base(), std::move(socket), &on_connections, this) {
    evtimer_assign(&again_, loop.base(), &on_pause_over, this);
  }
  Acceptor(const Acceptor&) = delete;
  Acceptor& operator=(const Acceptor&) = delete;
  ~Acceptor() { evtimer_del(&again_); }

 private:
  static void on_connections(evutil_socket_t, short, void* self) {
    auto& acceptor = *static_cast<Acceptor*>(self);
    acceptor.loop_.awake();
    acceptor.accept_some();
  }
  static void on_pause_over(evutil_socket_t, short, void* self) {
    auto& acceptor = *static_cast<Acceptor*>(self);
    if (!acceptor.watch_.resume()) acceptor.pause();
  }

  void accept_some() noexcept {
    for (int i = 0; i < kAcceptsPerTurn; ++i) {
      UniqueFd socket(::accept4(watch_.fd(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
      if (socket) {
        owner_.accepted(std::move(socket));
      } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
        return;
      } else if (!concerns_one_connection(errno)) {
        owner_.accept_paused(errno);
        return pause();
      }
    }
  }
  // Without a pause the loop would spin: the connections that wait keep the socket readable. The
  // time runs in libevent: there may be no descriptor for a timer of ours.
  void pause() noexcept {
    watch_.pause();
    evtimer_add(&again_, &kAcceptPause);
  }

  LibeventLoop& loop_;
  AcceptOwner& owner_;
  Watch watch_;
  event again_;
};

void LibeventLoop::FreeBase::operator()(event_base* base) const noexcept { event_base_free(base); }

LibeventLoop::LibeventLoop() : base_(make_base()), alarm_(std::make_unique<Alarm>(*this)) {}

LibeventLoop::~LibeventLoop() { CHECK(closing_.is_empty()); }

std::unique_ptr<Transport> LibeventLoop::attach(UniqueFd socket, TransportOwner& owner) {
  return std::make_unique<LibeventTransport>(*this, std::move(socket), owner);
}

void LibeventLoop::listen(UniqueFd socket, AcceptOwner& owner) {
  acceptors_.push_back(std::make_unique<Acceptor>(*this, std::move(socket), owner));
}

void LibeventLoop::stop_listening() noexcept { acceptors_.clear(); }

void LibeventLoop::every(std::chrono::milliseconds period, Task& task) {
  timers_.push_back(std::make_unique<Timer>(*this, period, task));
}

void LibeventLoop::on_wakeup(Task& task) { wakeup_tasks_.push_back(&task); }

void LibeventLoop::wake() noexcept { alarm_->ring(); }

void LibeventLoop::run_once() {
  run_round(closing_.is_empty() ? EVLOOP_ONCE : EVLOOP_ONCE | EVLOOP_NONBLOCK);
}

void LibeventLoop::run_once_until(int64_t deadline_ns) {
  if (deadline_ns == 0 || !closing_.is_empty()) return run_round(EVLOOP_ONCE | EVLOOP_NONBLOCK);
  if (deadline_ == nullptr) deadline_ = std::make_unique<Deadline>(*this);
  deadline_->set(deadline_ns);
  run_round(EVLOOP_ONCE);
}

void LibeventLoop::run_round(int flags) {
  is_awake_ = false;
  event_base_loop(base_.get(), flags);
  awake();
  deliver_closed();
}

void LibeventLoop::run_wakeup_tasks() noexcept {
  is_awake_ = true;
  for (Task* task : wakeup_tasks_) task->run();
}

void LibeventLoop::deliver_closed() noexcept {
  while (!closing_.is_empty()) {
    LibeventTransport& transport = closing_.front();
    transport.unlink();
    transport.owner_.closed(transport.reason_);
  }
}

}  // namespace pelikan
