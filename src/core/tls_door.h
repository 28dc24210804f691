// TlsDoor: shakes hands with those who come to the TLS port, on the listener's loop and a bounded
// number at a time and in a round, so that a flood of them costs no worker its time. Who has shaken
// hands is handed over: the socket, and the stream with what came behind the handshake.
//
// While as many shake hands as may, the one that has been at it for longest makes way for the next:
// whoever speaks TLS is through in milliseconds, and silence holds no place.
//
// Thread safety: the listener's thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string_view>

#include "base/clock.h"
#include "base/intrusive_list.h"
#include "buffer/buffer_pool.h"
#include "core/tls_identity.h"
#include "event/event_loop.h"
#include "log/log.h"
#include "metric/metric.h"
#include "transport/tls_loop.h"

namespace pelikan {

struct TlsMetrics : MetricGroup {
  using MetricGroup::MetricGroup;
  Counter handshakes{this, "tls_handshakes", "TLS handshakes done"};
  Counter resumed{this, "tls_resumed", "of these, those that resumed a session"};
  Counter failed{this, "tls_handshakes_failed", "TLS handshakes that failed or were broken off"};
  Counter timeouts{this, "tls_handshake_timeouts",
                   "connections closed by tls_handshake_timeout, or to make way for others"};
  Gauge handshaking{this, "tls_handshaking", "connections that shake hands"};
};

// Who stands behind the door. Its calls come from the loop.
class TlsDoorOwner {
 public:
  virtual ~TlsDoorOwner() = default;
  // Whether another connection may be begun.
  [[nodiscard]] virtual bool may_enter() noexcept = 0;
  virtual void entered(UniqueFd socket, std::unique_ptr<TlsStream> stream) noexcept = 0;
  virtual void accept_paused(int error) noexcept = 0;
};

struct TlsDoorLimits {
  int64_t timeout_ms = 5000;
  size_t most = 256;  // that shake hands at a time
};

class TlsDoor final : public AcceptOwner {
 public:
  // To be listened for on the same loop. REQUIRES: everything outlives it
  TlsDoor(EventLoop& loop, TlsIdentity& identity, const TlsDoorLimits& limits,
          MetricRegistry& registry, Log& log, TlsDoorOwner& owner);
  ~TlsDoor() override;

  void accepted(UniqueFd socket) noexcept override;
  void accept_paused(int error) noexcept override { owner_.accept_paused(error); }

  // Sends everybody away: the loop runs no more.
  void close() noexcept;
  // Those that shake hands.
  [[nodiscard]] size_t size() const noexcept { return size_; }

 private:
  struct ByArrival;
  class Guest;
  using Guests = IntrusiveList<Guest, ByArrival>;

  class Round final : public Task {
   public:
    explicit Round(TlsDoor& door) noexcept : door_(door) {}
    void run() noexcept override { door_.begin_round(); }

   private:
    TlsDoor& door_;
  };
  class Sweep final : public Task {
   public:
    explicit Sweep(TlsDoor& door) noexcept : door_(door) {}
    void run() noexcept override { door_.close_overdue(); }

   private:
    TlsDoor& door_;
  };

  void begin_round() noexcept;
  void close_overdue() noexcept;
  void send_away(Guest& guest, std::string_view why) noexcept;
  void enter(Guest& guest) noexcept;
  void leave(Guest& guest, Guests& where) noexcept;
  void log_failure(const Guest& guest, std::string_view why) noexcept;
  static void destroy(Guests& guests) noexcept;

  TlsIdentity& identity_;
  const TlsDoorLimits limits_;
  Log& log_;
  TlsDoorOwner& owner_;
  TlsMetrics metrics_;
  BufferMetrics buffer_metrics_;
  Clock clock_;
  Round round_{*this};
  Sweep sweep_{*this};
  BufferPool pool_;
  TlsLoop tls_;
  size_t size_ = 0;
  Guests guests_;   // that shake hands, the longest first
  Guests leaving_;  // closing
  Guests gone_;     // to be destroyed in the next round
};

}  // namespace pelikan
