// What a worker counts; an instance per worker, summed when read.
#pragma once

#include "event/transport.h"
#include "metric/metric.h"

namespace pelikan {

struct WorkerMetrics : MetricGroup {
  using MetricGroup::MetricGroup;
  Counter rounds{this, "worker_rounds", "rounds of the event loops"};
  Counter events{this, "worker_events", "readable events served: many requests may be in one"};
  Counter bytes_read{this, "worker_bytes_read", "bytes received from clients"};
  Counter bytes_written{this, "worker_bytes_written", "bytes sent to clients"};
  Gauge curr_connections{this, "worker_curr_connections", "connections being served"};
  Counter pauses{this, "worker_pauses",
                 "times a client was not read from until it took its replies"};
  Counter memory_waits{this, "worker_memory_waits", "times a client waited for connection memory"};
  Counter close_peer{this, "worker_close_peer", "connections closed by their client"};
  Counter close_lost{this, "worker_close_lost", "connections reset or broken"};
  Counter close_request{this, "worker_close_request",
                        "connections closed as the client asked or the service decided"};
  Counter close_protocol{this, "worker_close_protocol",
                         "connections closed because a request did not fit a buffer"};
  Counter close_idle{this, "worker_close_idle", "connections closed by idle_timeout"};
  Counter close_slow{this, "worker_close_slow", "connections closed by request_timeout"};
  Counter close_write{this, "worker_close_write", "connections closed by write_timeout"};
  Counter close_memory{this, "worker_close_memory",
                       "connections closed because memory was short: they waited too long, or held "
                       "it without moving"};
  Counter close_shutdown{this, "worker_close_shutdown",
                         "connections closed because the server stopped"};

  void count_close(CloseReason reason) noexcept {
    switch (reason) {
      case CloseReason::kPeerClosed:
        return close_peer.add();
      case CloseReason::kConnectionLost:
        return close_lost.add();
      case CloseReason::kRequested:
        return close_request.add();
      case CloseReason::kProtocol:
        return close_protocol.add();
      case CloseReason::kIdle:
        return close_idle.add();
      case CloseReason::kRequestStalled:
        return close_slow.add();
      case CloseReason::kWriteStalled:
        return close_write.add();
      case CloseReason::kNoMemory:
        return close_memory.add();
      case CloseReason::kShutdown:
        return close_shutdown.add();
    }
  }
};

}  // namespace pelikan
