#include "core/session.h"

#include <utility>

#include "base/assertion.h"
#include "core/session_set.h"

namespace pelikan {
namespace {

static_assert(kReadSlack <= Chunk::kSlack);

// How often a session may fill its output and send it before the others have their turn.
constexpr int kPassesPerTurn = 4;
// Unsent bytes below which a paused session goes on.
constexpr size_t kLowWatermark = Output::kHighWatermark / 2;

}  // namespace

Session::Session(SessionSet& set, std::unique_ptr<Conversation> conversation,
                 Connection& connection)
    : set_(set),
      connection_(connection),
      conversation_(std::move(conversation)),
      input_(set.pool_),
      output_(set.pool_),
      active_ms_(0) {
  connection_.mark(ConnectionState::kReading);
}

std::span<char> Session::inbox() noexcept {
  const std::span<char> place = into_.empty() ? input_.room() : into_;
  offered_ = place.size();
  if (place.empty()) [[unlikely]] {
    receiving_ = false;  // the transport stops by itself
    stop(Stop::kInLine);
    set_.line_up_for_memory(*this);
  }
  return place;
}

void Session::received(size_t n) noexcept {
  if (n == 0) [[unlikely]] {
    if (into_.empty()) input_.commit(0);
    return;
  }
  set_.metrics_.events.add();
  set_.metrics_.bytes_read.add(n);
  note_progress();
  brought_ += n;
  if (set_.draining_ && n < offered_) [[unlikely]]
    last_turn_ = true;  // the socket is empty
  if (into_.empty()) [[likely]] {
    input_.commit(n);
  } else {
    into_ = into_.subspan(n);
    if (!into_.empty()) return set_.note_begun(*this);
  }
  // The socket is empty: nothing is lost by letting others receive first.
  if (n < offered_) [[likely]] {
    conversation_->foresee(input_.bytes());
    set_.line_up_with_input(*this);
  } else {
    serve();
  }
}

void Session::serve() noexcept {
  stop_ = Stop::kNone;
  ListHook<ByWait>::unlink();
  for (int pass = 0; pass < kPassesPerTurn; ++pass) {
    if (!serve_once()) [[likely]]
      return;
  }
  stop(Stop::kInLine);
  set_.line_up_for_turn(*this);
}

bool Session::serve_once() noexcept {
  execute();
  return settle();
}

void Session::execute() noexcept {
  const std::string_view bytes = input_.bytes();
  const Progress progress = conversation_->process(bytes, output_);
  DCHECK(progress.consumed <= bytes.size());
  DCHECK(progress.receive_into.empty() || progress.consumed == bytes.size());
  // Unless it is a part of it, what was consumed ends the request that had begun.
  if (progress.consumed > 0 && !midway_) [[likely]]
    ListHook<ByBegin>::unlink();
  midway_ = progress.midway;
  input_.consume(progress.consumed);
  into_ = progress.receive_into;
  closes_ = progress.close;
  again_ = progress.again;
}

bool Session::settle() noexcept {
  const Output::Refusal refusal = output_.take_refusal();
  const size_t sent = flush();
  if (closes_) [[unlikely]] {
    finish(CloseReason::kRequested);
    return false;
  }
  switch (refusal) {
    [[likely]] case Output::Refusal::kNone:
      if (again_ == Again::kNextRound) [[unlikely]] {
        stop(Stop::kInLine);
        set_.line_up_for_turn(*this);
        return false;
      }
      go_on_receiving();
      if (again_ == Again::kSoon && stop_ != Stop::kPaused && !finishing_) [[unlikely]]
        set_.line_up_for_look(*this);
      return false;
    case Output::Refusal::kFull:
      if (output_.size() < kLowWatermark) return true;
      set_.metrics_.pauses.add();
      stop(Stop::kPaused);
      return false;
    case Output::Refusal::kNoMemory:
      if (sent > 0) return true;  // sending gave some back
      stop(Stop::kInLine);
      set_.line_up_for_memory(*this);
      return false;
  }
  return false;
}

// All that can be answered is answered; what is left in the input is the beginning of a request.
void Session::go_on_receiving() noexcept {
  if (last_turn_) [[unlikely]]
    return finish(CloseReason::kShutdown);
  if (input_.is_full()) [[unlikely]] {
    if (again_ == Again::kSoon) return stop(Stop::kInLine);  // what it waits for makes room
    return finish(CloseReason::kProtocol);  // longer than a chunk, and the conversation wants no
                                            // other place for it
  }
  if (output_.size() >= Output::kHighWatermark) [[unlikely]] {
    set_.metrics_.pauses.add();
    return stop(Stop::kPaused);
  }
  if (awaits_rest()) [[unlikely]] {
    set_.note_begun(*this);
  } else {
    ListHook<ByBegin>::unlink();
  }
  switch_receiving(true);
}

// A conversation that wants a look holds requests back itself.
bool Session::awaits_rest() const noexcept {
  return (!input_.bytes().empty() || !into_.empty() || midway_) && again_ == Again::kNo;
}

void Session::resume() noexcept { serve(); }

void Session::sendable(size_t released) noexcept {
  output_.drop(released);
  sending_ = false;
  const bool moved = released + flush() > 0;
  if (moved) note_progress();
  if (finishing_) {
    if (output_.size() == 0) transport_->close(reason_);
    return;
  }
  const bool has_room = stop_ == Stop::kPaused && output_.size() < kLowWatermark;
  if (has_room || (stop_ == Stop::kInLine && moved)) serve();
}

void Session::note_progress() noexcept {
  waiting_ms_ = 0;
  set_.note_active(*this);
}

// Sends what can be sent; returns how much it was.
size_t Session::flush() noexcept {
  size_t sent = 0;
  while (!sending_) {
    const std::span<const iovec> pieces = output_.pending();
    if (pieces.empty()) break;
    size_t offered = 0;
    for (const iovec& piece : pieces) offered += piece.iov_len;
    const size_t taken = transport_->send(pieces);
    output_.drop(taken);
    sent += taken;
    sending_ = taken < offered;
  }
  if (sent > 0) set_.metrics_.bytes_written.add(sent);
  if (sending_) [[unlikely]] {
    if (sent > 0 || !ListHook<ByStall>::is_linked()) set_.note_stalled(*this);
  } else if (ListHook<ByStall>::is_linked()) {
    set_.note_unstalled(*this);
  }
  return sent;
}

void Session::stop(Stop why) noexcept {
  stop_ = why;
  ListHook<ByBegin>::unlink();  // it is not the client that is waited for
  switch_receiving(false);
}

void Session::switch_receiving(bool on) noexcept {
  if (receiving_ == on) return;
  receiving_ = on;
  transport_->receive(on);
}

void Session::finish_when_answered() noexcept {
  last_turn_ = true;
  if (stop_ == Stop::kNone && !finishing_) finish(CloseReason::kShutdown);
}

void Session::finish(CloseReason reason) noexcept {
  finishing_ = true;
  reason_ = reason;
  input_.clear();
  into_ = {};
  stop(Stop::kNone);
  if (output_.size() == 0) transport_->close(reason);
}

void Session::closed(CloseReason reason) noexcept {
  set_.metrics_.count_close(reason);
  conversation_->closed(reason);
  conversation_.reset();  // may hold connection memory
  input_.clear();
  output_.clear();
  set_.retire(*this);
}

}  // namespace pelikan
