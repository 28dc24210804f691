#include "core/worker.h"

#include <fmt/format.h>
#include <pthread.h>

#include <algorithm>
#include <atomic>
#include <limits>
#include <new>
#include <optional>
#include <thread>
#include <utility>

#include "base/allocator.h"
#include "base/assertion.h"
#include "base/setup_error.h"
#include "base/spsc_ring.h"
#include "buffer/buffer_pool.h"
#include "core/session_set.h"
#include "core/worker_metrics.h"
#include "event/libevent_loop.h"
#include "log/log.h"
#include "transport/tls_loop.h"
#include "transport/tls_transport.h"

namespace pelikan {
namespace {

constexpr std::chrono::milliseconds kSweepPeriod{250};
constexpr size_t kLeastMemory = kMiB;
constexpr size_t kNewcomers = 1024;  // connections dealt and not yet taken over
constexpr int64_t kNever = std::numeric_limits<int64_t>::max();

size_t memory_of_one(const WorkerOptions& options) {
  const uint64_t share = options.connection_memory.get().value / options.threads.get();
  if (share >= kLeastMemory) return share;
  throw SetupError(
      ExitCode::kConfig,
      fmt::format("connection_memory: {} is too little for {} workers; each needs {}MiB",
                  options.connection_memory.current_text(), options.threads.get(),
                  kLeastMemory / kMiB));
}

SessionLimits limits_of(const WorkerOptions& options) {
  return {.idle_ms = options.idle_timeout.get().count(),
          .request_ms = options.request_timeout.get().count(),
          .write_ms = options.write_timeout.get().count()};
}

}  // namespace

class Worker::Thread {
 public:
  Thread(size_t index, const WorkerOptions& options, const TimeSource& time,
         MetricRegistry& registry, const ProcessorFactory& make);
  ~Thread();

  void start(Log& log);
  void adopt(UniqueFd socket, Connection& connection, std::unique_ptr<TlsStream> stream) noexcept;
  void stop(std::chrono::milliseconds grace) noexcept;
  void join() noexcept;
  [[nodiscard]] size_t connections() const noexcept {
    // relaxed: the listener wrote dealt_ itself, and a close that it hears of late only makes it
    // deal elsewhere.
    return dealt_.load(std::memory_order_relaxed) - closed_.load(std::memory_order_relaxed);
  }
  [[nodiscard]] const Processor& processor() const noexcept { return *processor_; }

 private:
  struct Newcomer {
    UniqueFd socket;
    Connection* connection = nullptr;
    std::unique_ptr<TlsStream> stream{};  // null: plain
  };
  class Wakeup final : public Task {
   public:
    explicit Wakeup(Thread& thread) noexcept : thread_(thread) {}
    void run() noexcept override {
      thread_.clock_.refresh();
      thread_.metrics_.rounds.add();
    }

   private:
    Thread& thread_;
  };
  class Sweep final : public Task {
   public:
    explicit Sweep(SessionSet& sessions) noexcept : sessions_(sessions) {}
    void run() noexcept override { sessions_.sweep(); }

   private:
    SessionSet& sessions_;
  };

  void run(Log& log) noexcept;
  void run_round() noexcept;
  void drain() noexcept;
  void serve(Newcomer newcomer) noexcept;
  [[nodiscard]] std::unique_ptr<Transport> attach(Newcomer& newcomer, TransportOwner& owner);
  [[nodiscard]] bool is_over() const noexcept;

  const size_t index_;
  const TimeSource& time_;
  WorkerMetrics metrics_;
  BufferMetrics buffer_metrics_;
  BufferPool pool_;
  Clock clock_;
  std::unique_ptr<Processor> processor_;
  LibeventLoop loop_;
  std::optional<TlsLoop> tls_;  // from the first TLS connection on
  SessionSet sessions_;
  Wakeup wakeup_{*this};
  Sweep sweep_{sessions_};
  size_t adopted_ = 0;

  SpscRing<Newcomer> newcomers_{kNewcomers};  // from the listener
  std::atomic<size_t> dealt_{0};              // written by the listener, read by all
  std::atomic<size_t> closed_{0};             // written by this thread, read by all
  // Until when replies may be taken; kNever while running. Written by whoever stops the worker,
  // read by this thread; relaxed: it orders nothing else, and the wake-up that follows brings it
  // here.
  std::atomic<int64_t> deadline_ms_{kNever};
  std::thread thread_;
};

Worker::Thread::Thread(size_t index, const WorkerOptions& options, const TimeSource& time,
                       MetricRegistry& registry, const ProcessorFactory& make)
    : index_(index),
      time_(time),
      metrics_(registry),
      buffer_metrics_(registry),
      pool_(memory_of_one(options), buffer_metrics_),
      clock_(time),
      processor_(make(clock_)),
      sessions_(pool_, clock_, metrics_, limits_of(options)) {
  loop_.on_wakeup(wakeup_);
  loop_.every(kSweepPeriod, sweep_);
}

Worker::Thread::~Thread() {
  stop(std::chrono::milliseconds(0));
  join();
  while (std::optional<Newcomer> late = newcomers_.pop()) late->connection->close();
}

void Worker::Thread::start(Log& log) {
  CHECK(!thread_.joinable());
  thread_ = std::thread([this, &log] { run(log); });
}

void Worker::Thread::adopt(UniqueFd socket, Connection& connection,
                           std::unique_ptr<TlsStream> stream) noexcept {
  dealt_.store(dealt_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  Newcomer newcomer{std::move(socket), &connection, std::move(stream)};
  while (!newcomers_.push(newcomer)) std::this_thread::yield();
  loop_.wake();
}

void Worker::Thread::stop(std::chrono::milliseconds grace) noexcept {
  const int64_t deadline = time_.boot_ms() + grace.count();
  int64_t current = deadline_ms_.load(std::memory_order_relaxed);
  while (deadline < current &&
         !deadline_ms_.compare_exchange_weak(current, deadline, std::memory_order_relaxed)) {
  }
  loop_.wake();
}

void Worker::Thread::join() noexcept {
  if (thread_.joinable()) thread_.join();
}

void Worker::Thread::run(Log& log) noexcept {
  ::pthread_setname_np(::pthread_self(), fmt::format("worker_{}", index_).c_str());
  log.join();
  give_memory_back_slowly();
  while (deadline_ms_.load(std::memory_order_relaxed) == kNever) run_round();
  drain();
}

void Worker::Thread::run_round() noexcept {
  loop_.run_once();
  while (std::optional<Newcomer> newcomer = newcomers_.pop()) serve(std::move(*newcomer));
  if (sessions_.end_round()) loop_.wake();
  const size_t closed = adopted_ - sessions_.size();
  if (closed != closed_.load(std::memory_order_relaxed))
    closed_.store(closed, std::memory_order_relaxed);
}

void Worker::Thread::serve(Newcomer newcomer) noexcept {
  adopted_ += 1;
  Connection& connection = *newcomer.connection;
  Session* session = nullptr;
  try {
    session = &sessions_.open(processor_->open(connection.peer(), connection.fd()), connection);
    session->start(attach(newcomer, *session));
  } catch (const std::bad_alloc&) {
    if (session != nullptr) {
      session->closed(CloseReason::kNoMemory);
    } else {
      connection.close();
    }
  }
}

std::unique_ptr<Transport> Worker::Thread::attach(Newcomer& newcomer, TransportOwner& owner) {
  if (newcomer.stream == nullptr) return loop_.attach(std::move(newcomer.socket), owner);
  if (!tls_) tls_.emplace(loop_, pool_);
  return tls_->attach(std::move(newcomer.socket), std::move(newcomer.stream), owner);
}

bool Worker::Thread::is_over() const noexcept {
  return clock_.now_ms() >= deadline_ms_.load(std::memory_order_relaxed);
}

// First what the kernel has already received is read and answered, without waiting for more; then
// the replies are sent as fast as the clients take them.
void Worker::Thread::drain() noexcept {
  sessions_.begin_drain();
  uint64_t events = 0;
  do {
    events = metrics_.events.value();
    loop_.wake();
    run_round();
  } while (metrics_.events.value() != events && !is_over());
  sessions_.finish_all();
  while (!sessions_.is_empty() && !is_over()) run_round();
  sessions_.close_all(CloseReason::kShutdown);
  while (!sessions_.is_empty()) run_round();
}

Worker::Worker(size_t index, const WorkerOptions& options, const TimeSource& time,
               MetricRegistry& registry, const ProcessorFactory& make)
    : thread_(std::make_unique<Thread>(index, options, time, registry, make)) {}
Worker::~Worker() = default;

void Worker::start(Log& log) { thread_->start(log); }
void Worker::adopt(UniqueFd socket, Connection& connection,
                   std::unique_ptr<TlsStream> stream) noexcept {
  thread_->adopt(std::move(socket), connection, std::move(stream));
}
void Worker::stop(std::chrono::milliseconds grace) noexcept { thread_->stop(grace); }
void Worker::join() noexcept { thread_->join(); }
size_t Worker::connections() const noexcept { return thread_->connections(); }
const Processor& Worker::processor() const noexcept { return thread_->processor(); }

}  // namespace pelikan
