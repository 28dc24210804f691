// AdminPort: the text port of the control plane. Connections and their buffers are bounded: a
// request is a line of at most admin::kLineMax bytes, one answer at a time is held until the client
// has read it, and who neither asks nor reads is sent away.
//
// Thread safety: the control plane's thread, whose loop calls it.
#pragma once

#include <chrono>
#include <memory>
#include <vector>

#include "base/clock.h"
#include "base/unique_fd.h"
#include "core/admin_commands.h"
#include "event/event_loop.h"
#include "metric/metric.h"

namespace pelikan {

struct AdminMetrics : MetricGroup {
  using MetricGroup::MetricGroup;
  Counter accepted{this, "admin_accept", "admin text connections accepted"};
  Counter refused{this, "admin_refuse", "admin text connections refused: too many, or no memory"};
  Counter request{this, "admin_request", "admin text requests answered"};
  Counter pauses{this, "admin_accept_pauses",
                 "times accepting paused because the system had no descriptor"};
  Counter idle{this, "admin_idle_close", "admin text connections closed after admin_timeout"};
  Gauge connections{this, "admin_conn_curr", "open admin text connections"};
};

class AdminSession;

class AdminPort final : public AcceptOwner, public Task {
 public:
  static constexpr size_t kMaxConnections = 64;

  // Takes a bound, listening, non-blocking socket; its loop calls from then on.
  // REQUIRES: the loop runs no more after the port is destroyed; the rest outlives it
  AdminPort(EventLoop& loop, UniqueFd socket, AdminCommands& commands, const Clock& clock,
            std::chrono::milliseconds timeout, AdminMetrics& metrics);
  ~AdminPort() override;

  void accepted(UniqueFd socket) noexcept override;
  void accept_paused(int error) noexcept override;
  void run() noexcept override;  // closes who was silent for too long

 private:
  void forget_closed() noexcept;

  EventLoop& loop_;
  AdminCommands& commands_;
  const Clock& clock_;
  const std::chrono::milliseconds timeout_;
  AdminMetrics& metrics_;
  std::vector<std::unique_ptr<AdminSession>> sessions_;
};

}  // namespace pelikan
