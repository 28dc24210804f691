// Two ends of a TLS connection in one process, over memory: bytes cross when cross() says so, in
// any portions, and what arrives can be looked at and changed on the way.
#pragma once

#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "buffer/buffer_pool.h"
#include "metric/registry.h"
#include "transport/memory_peer.h"
#include "transport/tls_loop.h"
#include "transport/tls_transport.h"

namespace pelikan::test {

// A loop whose sockets are memory.
class MemoryLoop final : public EventLoop {
 public:
  explicit MemoryLoop(MemoryPeer::Shape shape) : peer(shape) {}

  std::unique_ptr<Transport> attach(UniqueFd, TransportOwner& owner) override {
    return attaches_to->attach(owner);
  }
  void listen(UniqueFd, AcceptOwner&) override { CHECK(false); }
  void stop_listening() noexcept override {}
  void every(std::chrono::milliseconds, Task& task) override { timers.push_back(&task); }
  void on_wakeup(Task& task) override { tasks_.push_back(&task); }
  void wake() noexcept override { woken_ = true; }
  void run_once_until(int64_t) override { run_once(); }
  // One event, if there is one.
  void run_once() override { (void)run(); }
  // False: nothing was due.
  bool run() {
    const bool was_woken = std::exchange(woken_, false);
    for (Task* task : tasks_) task->run();
    return peer.run_once() || was_woken;
  }

  MemoryPeer peer;
  std::vector<Task*> timers;        // run by the test
  MemoryPeer* attaches_to = &peer;  // the next connection; others than `peer` are run by the test

 private:
  std::vector<Task*> tasks_;
  bool woken_ = false;
};

// An end: its memory, its loop, and an owner that keeps what it receives and sends as a session
// does.
class TlsEnd final : public TransportOwner, public TlsObserver {
 public:
  explicit TlsEnd(MemoryPeer::Shape shape = MemoryPeer::Shape::kReadiness,
                  size_t handshakes = TlsLoop::kNoLimit, size_t memory = kMiB)
      : loop(shape), pool(memory, metrics), tls(loop, pool, handshakes) {}

  void attach(std::unique_ptr<TlsStream> stream) {
    transport = tls.attach(UniqueFd(), std::move(stream), *this, this);
  }
  void send(std::string_view bytes) {
    unsent += bytes;
    flush();
  }
  void receive(bool on) { transport->receive(on); }

  std::span<char> inbox() noexcept override { return {place.data(), has_room ? place.size() : 0}; }
  void received(size_t n) noexcept override { text.append(place.data(), n); }
  void sendable(size_t released) noexcept override {
    unsent.erase(0, released);
    sending = false;
    flush();
    if (closes_when_sent && unsent.empty()) transport->close(CloseReason::kRequested);
  }
  void closed(CloseReason reason) noexcept override { end = reason; }
  void established() noexcept override { ++greetings; }

  MetricRegistry registry;
  BufferMetrics metrics{registry};
  MemoryLoop loop;
  BufferPool pool;
  TlsLoop tls;
  std::unique_ptr<TlsTransport> transport;
  std::vector<char> place = std::vector<char>(Chunk::kRoom);
  bool has_room = true;
  std::string text;    // received
  std::string unsent;  // as far as it knows
  bool sending = false;
  bool closes_when_sent = false;
  int greetings = 0;
  std::optional<CloseReason> end;

 private:
  void flush() {
    while (!sending && !unsent.empty()) {
      const iovec piece{unsent.data(), unsent.size()};
      const size_t taken = transport->send({&piece, 1});
      sending = taken < unsent.size();
      unsent.erase(0, taken);
    }
  }
};

// Carries what `from` has sent to `to`; false: nothing.
inline bool carry(TlsEnd& from, TlsEnd& to) {
  const std::string sealed = from.loop.peer.read();
  to.loop.peer.send(sealed);
  return !sealed.empty();
}

// Until nothing moves any more.
inline void cross(TlsEnd& client, TlsEnd& server) {
  for (bool moved = true; moved;) {
    moved = carry(client, server);
    moved |= server.loop.run();
    moved |= carry(server, client);
    moved |= client.loop.run();
  }
}

}  // namespace pelikan::test
