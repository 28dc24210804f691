#include "core/session_set.h"

#include <algorithm>
#include <utility>

#include "base/assertion.h"

namespace pelikan {

SessionSet::SessionSet(BufferPool& pool, const Clock& clock, WorkerMetrics& metrics,
                       const SessionLimits& limits) noexcept
    : pool_(pool), clock_(clock), metrics_(metrics), limits_(limits) {}

SessionSet::~SessionSet() { CHECK(is_empty()); }

Session& SessionSet::open(std::unique_ptr<Conversation> conversation, Connection& connection) {
  auto session = std::make_unique<Session>(*this, std::move(conversation), connection);
  size_ += 1;
  metrics_.curr_connections.add(1);
  move_to_active_end(*session);
  return *session.release();  // owned by the list, until retire() and end_round()
}

bool SessionSet::end_round() noexcept {
  serve_together();
  call_up(due_);
  if (!lookers_.is_empty() && clock_.now_ms() - looked_ms_ >= kLookStepMs) [[unlikely]] {
    looked_ms_ = clock_.now_ms();
    call_up(lookers_);
  }
  // Whoever found too little finds it again unless there is more.
  if (!waiting_.is_empty() && pool_.available() > too_little_) call_up(waiting_);
  for (Session* session = closed_.first(); session != nullptr; --size_) {
    const std::unique_ptr<Session> destroyed(session);
    session = closed_.next(*session);
  }
  return !due_.is_empty();
}

void SessionSet::serve_together() noexcept {
  with_input_count_ = 0;
  for (Session* session = with_input_.first(); session != nullptr;
       session = with_input_.next(*session)) {
    session->execute();
  }
  while (!with_input_.is_empty()) {
    Session& session = with_input_.front();
    session.ListHook<ByWait>::unlink();
    if (session.settle()) session.serve();
  }
}

// Those that line up again meanwhile have their turn in the next round.
void SessionSet::call_up(Line& line) noexcept {
  Line called;
  while (!line.is_empty()) called.move_to_back(line.front());
  while (!called.is_empty()) {
    Session& session = called.front();
    session.ListHook<ByWait>::unlink();
    session.resume();
  }
}

void SessionSet::sweep() noexcept {
  // A place in the list may be kActivityStep older than the last byte.
  if (limits_.idle_ms > 0) {
    close_overdue(by_activity_, &Session::active_ms_, limits_.idle_ms + kActivityStepMs,
                  CloseReason::kIdle);
  }
  if (limits_.request_ms > 0) {
    close_overdue(by_begin_, &Session::begun_ms_, limits_.request_ms, CloseReason::kRequestStalled);
  }
  close_overdue(by_stall_, &Session::stalled_ms_, limits_.write_ms, CloseReason::kWriteStalled);
  if (!waiting_.is_empty()) {
    close_starved();
    make_way();
  }
  pool_.trim();
}

// The lists are in the order of their times: the first that is not overdue ends the search.
template <class Tag>
void SessionSet::close_overdue(IntrusiveList<Session, Tag>& list, int64_t Session::*since,
                               int64_t limit_ms, CloseReason reason) noexcept {
  for (Session* session = list.first(); session != nullptr; session = list.next(*session)) {
    if (clock_.now_ms() - session->*since < limit_ms) return;
    session->close(reason);
  }
}

// In line the oldest is not always first: whoever got some memory starts to wait anew, in its old
// place. The line is short or the server is in need.
void SessionSet::close_starved() noexcept {
  for (Session* session = waiting_.first(); session != nullptr; session = waiting_.next(*session)) {
    if (clock_.now_ms() - session->waiting_ms_ >= limits_.memory_ms)
      session->close(CloseReason::kNoMemory);
  }
}

// Requests that stopped half-way and replies that nobody takes must not keep the memory from those
// who move: the longest stalled go, as many as stand in line.
void SessionSet::make_way() noexcept {
  const int64_t moved_before_ms = clock_.now_ms() - limits_.memory_ms / 2;
  size_t wanted = 0;
  for (Session* session = waiting_.first(); session != nullptr; session = waiting_.next(*session))
    ++wanted;
  for (Session* session = by_activity_.first(); session != nullptr && wanted > 0;
       session = by_activity_.next(*session)) {
    if (session->active_ms_ > moved_before_ms) return;
    if (!session->holds_memory() || session->ListHook<ByWait>::is_linked()) continue;
    session->close(CloseReason::kNoMemory);
    --wanted;
  }
}

void SessionSet::finish_all() noexcept {
  for (Session* session = by_activity_.first(); session != nullptr;
       session = by_activity_.next(*session)) {
    session->finish_when_answered();
  }
}

void SessionSet::close_all(CloseReason reason) noexcept {
  for (Session* session = by_activity_.first(); session != nullptr;
       session = by_activity_.next(*session)) {
    session->close(reason);
  }
}

void SessionSet::move_to_active_end(Session& session) noexcept {
  session.active_ms_ = clock_.now_ms();
  session.connection_.mark_active(session.active_ms_);
  by_activity_.move_to_back(session);
}

void SessionSet::note_begun(Session& session) noexcept {
  if (session.ListHook<ByBegin>::is_linked() && session.brought_ < kLeastBrought) return;
  session.begun_ms_ = clock_.now_ms();
  session.brought_ = 0;
  by_begin_.move_to_back(session);
}

void SessionSet::note_stalled(Session& session) noexcept {
  session.stalled_ms_ = clock_.now_ms();
  session.connection_.mark(ConnectionState::kWriting);
  by_stall_.move_to_back(session);
}

void SessionSet::note_unstalled(Session& session) noexcept {
  session.ListHook<ByStall>::unlink();
  session.connection_.mark(ConnectionState::kReading);
}

void SessionSet::line_up_for_memory(Session& session) noexcept {
  too_little_ = waiting_.is_empty() ? pool_.available() : std::min(too_little_, pool_.available());
  if (session.waiting_ms_ == 0) session.waiting_ms_ = clock_.now_ms();
  session.connection_.mark(ConnectionState::kWaitingMemory);
  metrics_.memory_waits.add();
  waiting_.move_to_back(session);
}

void SessionSet::retire(Session& session) noexcept {
  session.ListHook<ByStall>::unlink();
  session.ListHook<ByBegin>::unlink();
  session.ListHook<ByWait>::unlink();
  session.connection_.close();
  closed_.move_to_back(session);
  metrics_.curr_connections.add(-1);
}

}  // namespace pelikan
