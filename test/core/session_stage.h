// What the tests of sessions share: a worker without a thread, and requests with the replies they
// must get.
#pragma once

#include <deque>
#include <string>

#include "base/clock.h"
#include "buffer/buffer_pool.h"
#include "core/connections.h"
#include "core/line_service.h"
#include "core/session_set.h"
#include "metric/registry.h"
#include "transport/memory_peer.h"

namespace pelikan::test {

// A worker without a thread: its sessions speak over memory transports, and its clock is turned by
// hand.
class Stage {
 public:
  explicit Stage(size_t chunks = 256, SessionLimits limits = {})
      : pool(chunks * Chunk::kSize, buffer_metrics), set(pool, clock, metrics, limits) {}
  ~Stage() {
    set.close_all(CloseReason::kShutdown);
    settle();
  }

  MemoryPeer& connect(MemoryPeer::Shape shape = MemoryPeer::Shape::kReadiness) {
    Session& session = set.open(processor.open("tcp:test", 7), connections.open(-1));
    MemoryPeer& peer = peers.emplace_back(shape);
    session.start(peer.attach(session));
    return peer;
  }
  // Rounds of the worker until nothing is due.
  void settle() {
    // Twice: the line is called up after the peers had their turn.
    for (int quiet = 0; quiet < 2; ++quiet) {
      clock.refresh();
      for (MemoryPeer& peer : peers) {
        if (peer.run_once()) quiet = 0;
      }
      if (set.end_round()) quiet = 0;
    }
  }
  void advance_ms(int64_t ms) {
    time.advance_ms(ms);
    clock.refresh();
    set.sweep();
    settle();
  }
  size_t lent() const { return pool.limit() - pool.available(); }

  FakeTime time;
  Clock clock{time};
  MetricRegistry registry;
  BufferMetrics buffer_metrics{registry};
  WorkerMetrics metrics{registry};
  Connections connections{time};
  LineProcessor processor;
  BufferPool pool;
  SessionSet set;
  std::deque<MemoryPeer> peers;
};

// Everything a client may ask, and what it must get.
struct Script {
  std::string requests;
  std::string replies;
};

inline Script script() {
  const std::string value = pattern(3000);
  return {"one\n\nlonger line than the others\nvalue 3000\n" + value + "big 5000\nvalue 1\nxlast\n",
          "one\n\nlonger line than the others\n" + checksum_line(value) + pattern(5000) + "\n" +
              checksum_line("x") + "last\n"};
}

// Pipelined requests whose replies are far more than the high watermark.
inline Script heavy_script(int requests) {
  Script heavy;
  for (int i = 0; i < requests; ++i) {
    heavy.requests += "big 10000\n" + std::to_string(i) + "\n";
    heavy.replies += pattern(10000) + "\n" + std::to_string(i) + "\n";
  }
  return heavy;
}

}  // namespace pelikan::test
