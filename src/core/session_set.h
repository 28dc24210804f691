// SessionSet: a worker's sessions, in the orders the worker needs: by activity, by requests begun
// and by stalled sends, so that timeouts cost as much as has expired, and in line for memory or
// another turn.
//
// Those that received in a round of the loop are served together: the requests of all are executed
// before the first reply is sent. The processor's caches then hold one of the three - the kernel's
// receiving, the service, the kernel's sending - at a time, and what foresee() began to fetch for
// one arrives while the others receive.
//
// Thread safety: its worker only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "base/clock.h"
#include "base/intrusive_list.h"
#include "buffer/buffer_pool.h"
#include "core/session.h"
#include "core/worker_metrics.h"

namespace pelikan {

struct SessionLimits {
  int64_t idle_ms = 0;  // without a byte in either direction; 0: for ever
  int64_t request_ms =
      30'000;  // with less than kLeastBrought of a request that has begun; 0: for ever
  int64_t write_ms = 60'000;  // without the client taking any of its replies
  int64_t memory_ms = 5'000;  // in line for memory without progress; who holds some without moving
                              // for half as long gives way to those in line
};

class SessionSet {
 public:
  // Sessions that are served together, at most. Enough to hide the memory latency of one behind the
  // others; few enough that the first need not wait long, and that their buffers stay in the cache.
  static constexpr size_t kTogether = 16;

  // What a client brings of a large request within SessionLimits::request_ms to be waited for
  // again: half a kilobyte a second is slow, and less is a client that means to be.
  static constexpr size_t kLeastBrought = 16 * 1024;

  // REQUIRES: all outlive the set
  SessionSet(BufferPool& pool, const Clock& clock, WorkerMetrics& metrics,
             const SessionLimits& limits) noexcept;
  SessionSet(const SessionSet&) = delete;
  SessionSet& operator=(const SessionSet&) = delete;
  ~SessionSet();  // REQUIRES: is_empty()

  // A new session, to be given its transport by start().
  Session& open(std::unique_ptr<Conversation> conversation, Connection& connection);

  // After every round of the loop, of which sweep() sees to some every second: calls up who stands
  // in line and destroys what has closed. True: somebody wants another turn without waiting for an
  // event.
  [[nodiscard]] bool end_round() noexcept;
  // Closes what is over its time, and lets go of spare memory; a few times a second.
  void sweep() noexcept;

  // From now on a session closes when its socket has been read empty and is answered.
  void begin_drain() noexcept { draining_ = true; }
  // Closes each session when what it has received is answered and sent.
  void finish_all() noexcept;
  // Closes each session at once.
  void close_all(CloseReason reason) noexcept;

  [[nodiscard]] size_t size() const noexcept { return size_; }
  [[nodiscard]] bool is_empty() const noexcept { return size_ == 0; }

 private:
  friend class Session;
  using Line = IntrusiveList<Session, ByWait>;

  // Bytes went in or out. The place in the list is kept until it is kActivityStep old: a busy
  // session does not touch its neighbours at every event.
  void note_active(Session& session) noexcept {
    if (clock_.now_ms() - session.active_ms_ >= kActivityStepMs) [[unlikely]]
      move_to_active_end(session);
  }
  void move_to_active_end(Session& session) noexcept;
  void note_begun(Session& session) noexcept;
  void note_stalled(Session& session) noexcept;
  void note_unstalled(Session& session) noexcept;
  void line_up_with_input(Session& session) noexcept {
    with_input_.move_to_back(session);
    const bool memory_is_short = pool_.available() < pool_.limit() / 2;
    if (++with_input_count_ == kTogether || memory_is_short) serve_together();
  }
  void line_up_for_memory(Session& session) noexcept;
  void line_up_for_turn(Session& session) noexcept { due_.move_to_back(session); }
  void line_up_for_look(Session& session) noexcept { lookers_.move_to_back(session); }
  void retire(Session& session) noexcept;
  void serve_together() noexcept;
  void call_up(Line& line) noexcept;
  template <class Tag>
  void close_overdue(IntrusiveList<Session, Tag>& list, int64_t Session::*since, int64_t limit_ms,
                     CloseReason reason) noexcept;
  void close_starved() noexcept;
  void make_way() noexcept;

  static constexpr int64_t kActivityStepMs = 100;
  static constexpr int64_t kLookStepMs = 20;

  BufferPool& pool_;
  const Clock& clock_;
  WorkerMetrics& metrics_;
  const SessionLimits limits_;
  size_t size_ = 0;
  bool draining_ = false;
  size_t too_little_ = 0;  // the least the pool had when somebody in the line lined up
  IntrusiveList<Session, ByActivity> by_activity_;
  IntrusiveList<Session, ByActivity> closed_;  // to be destroyed after the round
  IntrusiveList<Session, ByBegin> by_begin_;
  IntrusiveList<Session, ByStall> by_stall_;
  Line waiting_;                 // for memory
  Line due_;                     // for their next turn
  Line lookers_;                 // want to look whether there is something for them
  int64_t looked_ms_ = 0;        // when they were called up last
  Line with_input_;              // received in this round and not served yet
  size_t with_input_count_ = 0;  // maybe more than are left, when some were closed
};

}  // namespace pelikan
