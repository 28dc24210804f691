// Worker: one thread that serves its connections: an event loop, a clock, a pool of connection
// memory, a processor, and the sessions dealt to it. Workers share nothing with one another but
// what their processors share.
//
//   Worker worker(0, options, time, registry, make_processor);
//   worker.start(log);
//   worker.adopt(std::move(socket), connection);    // the listener, from its own thread
//   worker.stop(options.shutdown_timeout.get());    // answers what has been received, then ends
//   worker.join();
//
// Thread safety: each method says whose it is.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>

#include "base/clock.h"
#include "base/unique_fd.h"
#include "core/processor.h"
#include "metric/metric.h"
#include "option/option.h"
#include "transport/tls_stream.h"

namespace pelikan {

class Connection;
class Log;

struct WorkerOptions : OptionGroup {
  using Milliseconds = std::chrono::milliseconds;

  Option<uint64_t> threads{this, "worker_threads", 4, "threads that serve connections", {1, 128}};
  Option<Milliseconds> idle_timeout{this,
                                    "idle_timeout",
                                    Milliseconds(0),
                                    "close a connection that sent nothing for so long; 0: never",
                                    {Milliseconds(0), std::chrono::hours(24 * 365)}};
  Option<Milliseconds> request_timeout{
      this,
      "request_timeout",
      std::chrono::seconds(30),
      "close a connection that has begun a request and sent less than 16 KiB of it for so long; 0: "
      "never",
      {Milliseconds(0), std::chrono::hours(24)}};
  Option<Milliseconds> write_timeout{
      this,
      "write_timeout",
      std::chrono::seconds(60),
      "close a connection that took none of its waiting replies for so long",
      {Milliseconds(100), std::chrono::hours(24)}};
  Option<Bytes> connection_memory{
      this,
      "connection_memory",
      {64 * kMiB},
      "most memory for received requests and unsent replies, of all connections",
      {kMiB, kTiB}};
  Option<Milliseconds> shutdown_timeout{
      this,
      "shutdown_timeout",
      std::chrono::seconds(5),
      "longest wait for clients to take their last replies when the server stops",
      {Milliseconds(0), std::chrono::hours(1)}};
};

// What a worker runs, made for its clock.
using ProcessorFactory = std::function<std::unique_ptr<Processor>(const Clock&)>;

class Worker {
 public:
  // Makes the processor at once; the thread only with start(). Throws SetupError when
  // connection_memory is too small for so many workers. REQUIRES: options, time and registry
  // outlive the worker
  Worker(size_t index, const WorkerOptions& options, const TimeSource& time,
         MetricRegistry& registry, const ProcessorFactory& make);
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;
  ~Worker();  // stops at once and joins

  // The thread joins the log before it serves.
  void start(Log& log);
  // Serves a connected, non-blocking socket from now on; with a stream that has shaken hands, over
  // TLS. The listener's thread only.
  void adopt(UniqueFd socket, Connection& connection,
             std::unique_ptr<TlsStream> stream = nullptr) noexcept;
  // Answers what has been received, waits at most `grace` until the replies are taken, closes
  // everything and ends the thread. A further call may shorten the wait. Any thread.
  void stop(std::chrono::milliseconds grace) noexcept;
  // Waits for the end of the thread. The thread that called start().
  void join() noexcept;

  // Connections dealt to this worker and still open. The listener's thread, exactly; any other,
  // roughly.
  [[nodiscard]] size_t connections() const noexcept;
  [[nodiscard]] const Processor& processor() const noexcept;

 private:
  class Thread;
  std::unique_ptr<Thread> thread_;
};

}  // namespace pelikan
