// Session: one connection on its worker. It hands received bytes to the conversation and the
// replies to the transport, and holds back the client when the client holds back:
//
//   received -> [input chunk] -> Conversation::process -> [output chunks] -> send
//
// Sessions that receive in one round of the loop take these steps together (SessionSet): each step
// is done for several of them before the next is begun.
//
// What stops a session: paused, the output is above the high watermark: nothing is received, and
// processing goes on when the client has taken half of it; in line, the pool had no chunk for it,
// or it had its share of this round: processing goes on when the worker calls it up. A finishing
// one closes when its last reply is sent. One whose conversation wants a look again stops for
// nothing: it receives, and is called up as well.
//
// Thread safety: its worker only.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "base/intrusive_list.h"
#include "buffer/input.h"
#include "buffer/output.h"
#include "core/connections.h"
#include "core/processor.h"
#include "event/transport.h"

namespace pelikan {

class SessionSet;

struct ByActivity;  // every session, the least lately active first
struct ByStall;     // those with a short send, the longest without progress first
struct ByBegin;     // those that have begun a request, the longest waited for first
struct ByWait;      // those in a line: with input, for memory, for another turn or for a look

class Session final : public TransportOwner,
                      public ListHook<ByActivity>,
                      public ListHook<ByStall>,
                      public ListHook<ByBegin>,
                      public ListHook<ByWait> {
 public:
  // REQUIRES: set and connection outlive the session
  Session(SessionSet& set, std::unique_ptr<Conversation> conversation, Connection& connection);

  void start(std::unique_ptr<Transport> transport) noexcept { transport_ = std::move(transport); }
  // Its turn in the line has come.
  void resume() noexcept;
  // Closes when what was received is answered and the replies are sent.
  void finish_when_answered() noexcept;
  // Closes at once; what is not sent is lost.
  void close(CloseReason reason) noexcept { transport_->close(reason); }

  [[nodiscard]] bool holds_memory() const noexcept {
    return !input_.bytes().empty() || !into_.empty() || output_.size() > 0;
  }

  [[nodiscard]] std::span<char> inbox() noexcept override;
  void received(size_t n) noexcept override;
  void sendable(size_t released) noexcept override;
  void closed(CloseReason reason) noexcept override;

 private:
  friend class SessionSet;

  enum class Stop : uint8_t { kNone, kPaused, kInLine };

  void serve() noexcept;
  // Once: execute() lets the conversation work on what has come, settle() sends what it said. True:
  // there is more to do, and room for it again.
  [[nodiscard]] bool serve_once() noexcept;
  void execute() noexcept;
  [[nodiscard]] bool settle() noexcept;
  void go_on_receiving() noexcept;
  [[nodiscard]] bool awaits_rest() const noexcept;
  void stop(Stop why) noexcept;
  void finish(CloseReason reason) noexcept;
  size_t flush() noexcept;
  void note_progress() noexcept;
  void switch_receiving(bool on) noexcept;

  SessionSet& set_;
  Connection& connection_;
  std::unique_ptr<Transport> transport_;
  std::unique_ptr<Conversation> conversation_;
  Input input_;
  Output output_;
  std::span<char> into_;    // where the coming bytes go, if the conversation asked for them
  size_t offered_ = 0;      // size of the last inbox
  int64_t active_ms_ = 0;   // as of its place in the list by activity
  int64_t stalled_ms_ = 0;  // since when nothing was taken; while in the list by stall
  int64_t begun_ms_ = 0;    // since when the rest of a request is awaited; while in that list
  size_t brought_ = 0;      // bytes received since
  int64_t waiting_ms_ = 0;  // since when it waits for memory without progress; 0: it does not
  Stop stop_ = Stop::kNone;
  bool receiving_ = true;
  bool sending_ = false;      // a send is not done
  bool last_turn_ = false;    // finishes when nothing is left to answer
  Again again_ = Again::kNo;  // what the conversation wants
  bool midway_ = false;       // the conversation has consumed part of a request
  bool closes_ = false;       // the conversation wants to close once its replies are sent
  bool finishing_ = false;
  CloseReason reason_ = CloseReason::kRequested;  // once finishing_
};

}  // namespace pelikan
