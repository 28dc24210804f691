// LoadThread: one thread of the generator: an event loop, its connections, and the rule by which
// they get requests.
//
// Closed loop: a connection sends a batch of `pipeline` requests, waits until all are answered, and
// sends the next. Open loop: requests have planned times, whatever the server does. A due one goes
// to the connection that has had room for longest; when none has room, planned times wait in their
// order (or are dropped), so that a server that stalls is charged for every request that had to
// wait. A replay is an open loop with the recorded times, or without any; a client's requests all
// go to one connection, and wait for it.
//
// With a ring, a request goes to the server that its key belongs to; when that one's connections
// have no room, it waits, and all behind it: requests keep their order. A closed loop cannot make a
// batch for a connection then, so it is an open one without times.
//
// Thread safety: made, and read after run(), by the thread that starts it. While it runs, others
// may call what stands under "From any thread".
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "event/libevent_loop.h"
#include "load/engine/connection.h"
#include "load/engine/dialer.h"
#include "load/engine/follow_ups.h"
#include "load/engine/idle_connections.h"
#include "load/engine/planned_times.h"
#include "load/engine/recorder.h"
#include "load/engine/servers.h"
#include "load/ring/ketama_ring.h"

namespace pelikan::load {

enum class Pace : uint8_t {
  kClosed,    // as answers come
  kPlanned,   // by planned_times
  kRecorded,  // by the source's times
  kUnpaced,   // whenever the connection it belongs to has room
};

// What a thread does; times in nanoseconds.
struct ThreadPlan {
  std::optional<size_t> cpu;  // to run on
  size_t connections = 1;
  size_t first_server = 0;           // the connections go to the servers in turn
  const KetamaRing* ring = nullptr;  // which tells the requests' servers; none: any will do
  OwnEnd own_end;
  const TlsClient* tls = nullptr;      // of all connections; none: they are not sealed
  const Greeting* greeting = nullptr;  // of every connection that is used; none: nothing
  size_t first_source = 0;             // of own_end's addresses
  size_t idle_connections = 0;
  size_t pipeline = 1;      // requests in flight on a connection
  size_t keys_at_once = 1;  // of one request, at most
  bool drops_when_full = false;
  uint64_t requests = 0;  // measured ones; 0: no limit
  int64_t warmup_ns = 0;
  int64_t duration_ns = 0;  // 0: until the requests are done, or the source has no more
  int64_t drain_ns = 0;     // how long the last answers are waited for
  int64_t request_timeout_ns = 0;
  int64_t connect_timeout_ns = 0;
  double churn_per_s = 0;        // connections closed and opened again
  uint64_t reconnect_every = 0;  // requests on one connection; 0: never
  Pace pace = Pace::kClosed;
  std::function<PlannedTimes(const RunTimes&)> planned_times;  // of kPlanned
  bool keeps_clients = false;  // a client has one connection, with a ring one to each server
};

using MakeConnection = std::unique_ptr<Connection> (*)(Traffic&, ConnectionOwner&, size_t server,
                                                       size_t window);

class LoadThread final : public ConnectionOwner {
 public:
  // Opens the connections. REQUIRES: servers, source and ring outlive it; with a ring, the pace is
  // not kClosed, and there is a connection for each server
  LoadThread(const ThreadPlan& plan, const std::vector<ServerTarget>& servers, Source& source,
             MakeConnection make_connection);
  LoadThread(const LoadThread&) = delete;
  LoadThread& operator=(const LoadThread&) = delete;
  ~LoadThread() override;

  // The thread's whole work.
  void run();

  // From any thread.
  void stop() noexcept;  // ends the run early; answers that are due are still waited for
  [[nodiscard]] const Recorder& measured() const noexcept { return measured_; }
  [[nodiscard]] const Recorder& warmup() const noexcept { return warmup_; }
  [[nodiscard]] uint64_t open_connections() const noexcept {
    return open_connections_.load(std::memory_order_relaxed);
  }

  // After run().
  [[nodiscard]] const ThreadUse& use() const noexcept { return use_; }
  [[nodiscard]] Handshakes handshakes() const { return dialer_.handshakes(); }
  [[nodiscard]] int64_t full_ns() const noexcept { return full_ns_; }
  [[nodiscard]] int64_t stalled_ns() const noexcept { return stalled_ns_; }
  // The server that went away in mid-run.
  [[nodiscard]] std::optional<size_t> gone_server() const noexcept { return gone_server_; }

 private:
  enum class Stage : uint8_t { kWarmup, kMeasured, kDraining };

  // Connections of which any serves a request.
  struct Group {
    std::vector<Connection*> all;
    IntrusiveList<Connection, WaitingForWork> with_room;  // open loop; longest first
  };
  // The request that an open loop sends next, once it is drawn.
  struct Next {
    bool is_drawn = false;
    bool is_follow_up = false;
    uint64_t client = 0;
    size_t group = 0;
    int64_t planned_ns = 0;
    WireRequest request;  // its views live until the source is asked for another
  };

  int64_t read_clock() noexcept override;
  void progressed(Connection& connection) noexcept override;
  void follow_up(const FollowUp& what) noexcept override;
  void lost(Connection& connection, CloseReason reason) noexcept override;

  [[nodiscard]] bool is_open_loop() const noexcept { return plan_.pace != Pace::kClosed; }
  [[nodiscard]] bool is_over() noexcept;
  [[nodiscard]] int64_t next_wake_ns() noexcept;
  void round();
  void enter(Stage stage) noexcept;
  void move_stage() noexcept;
  void tick() noexcept;
  void finish() noexcept;

  [[nodiscard]] bool next_request(WireRequest& request) noexcept;
  [[nodiscard]] bool draw_next(int64_t due_ns) noexcept;
  [[nodiscard]] bool is_exhausted() const noexcept;
  void add(const WireRequest& request, int64_t planned_ns, Connection& connection) noexcept;
  void send_batch(Connection& connection) noexcept;  // closed loop
  void send_due() noexcept;                          // open loop
  void add_next(Connection& connection) noexcept;
  [[nodiscard]] int64_t next_due_ns() noexcept;
  [[nodiscard]] int64_t next_new_ns() noexcept;  // not a follow-up
  [[nodiscard]] Connection* connection_for_next() noexcept;
  void drop_next() noexcept;
  void drop_planned() noexcept;
  void flush_dirty() noexcept;
  [[nodiscard]] Group& group_of(const Connection& connection) noexcept {
    return groups_[plan_.ring == nullptr ? 0 : connection.server()];
  }
  void take_turn(Connection& connection) noexcept;  // in the list of those with room
  void windows_are_full() noexcept;
  void windows_have_room() noexcept;
  void note_stall() noexcept;

  void reopen_lost() noexcept;
  [[nodiscard]] bool reopen(Connection& connection) noexcept;
  void note_failure(size_t server) noexcept;
  void note_gone() noexcept;
  void retire_some() noexcept;

  const ThreadPlan plan_;
  Source& source_;
  const SystemTime time_;
  LibeventLoop loop_;
  Dialer dialer_;
  const std::unique_ptr<char[]> scratch_;
  Recorder warmup_;
  Recorder measured_;
  Traffic traffic_;
  std::vector<std::unique_ptr<Connection>> connections_;
  IdleConnections idle_;
  std::optional<PlannedTimes> times_;
  Next next_;
  std::vector<Group> groups_;       // one, or with a ring one for each server
  std::vector<Connection*> dirty_;  // composed, not flushed
  std::vector<Connection*> lost_;   // to be reopened
  FollowUps follow_ups_;

  Stage stage_ = Stage::kWarmup;
  bool source_is_over_ = false;
  // Until the run's end; behind that of a source that had one, too: its last misses are filled.
  bool takes_follow_ups_ = true;
  bool is_stopped_ = false;
  uint64_t requests_left_ = 0;  // of plan_.requests
  int64_t now_ns_ = 0;          // as last read
  int64_t start_ns_ = 0;
  int64_t measured_from_ns_ = 0;
  int64_t drain_until_ns_ = 0;
  int64_t last_tick_ns_ = 0;
  int64_t next_reopen_ns_ = 0;
  double churn_owed_ = 0;  // connections
  size_t next_retired_ = 0;

  int64_t awake_since_ns_ = 0;  // the last wait's end
  int64_t room_since_ns_ = 0;   // open loop: windows were full before
  int64_t full_since_ns_ = 0;   // 0: they are not
  int64_t last_answer_ns_ = 0;
  int64_t full_ns_ = 0;
  int64_t stalled_ns_ = 0;
  std::vector<int64_t> failing_since_ns_;  // of each server; 0: it is not
  std::optional<size_t> gone_server_;
  ThreadUse use_;

  // relaxed: a flag to look at again and again, and a number to show.
  std::atomic<bool> stop_{false};
  std::atomic<uint64_t> open_connections_{0};
};

}  // namespace pelikan::load
