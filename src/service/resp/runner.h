// RespRunner executes batches of requests in order, until the output is full or the connection
// ends.
//
// An epoch of the store covers one batch at most, and no system call: inside a batch it is left and
// entered anew when the replies became long, for a command that is about no key, and while the
// store makes room.
//
// Lives for one call of process().
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include "buffer/output.h"
#include "service/resp/backend.h"
#include "service/resp/call.h"
#include "service/resp/handlers.h"
#include "service/resp/klog.h"
#include "service/resp/refusal.h"
#include "service/resp/tally.h"

namespace pelikan {

template <RespBackend Store>
class RespRunner {
 public:
  RespRunner(RespWorker& worker, RespClient& client, Store& store, Output& out) noexcept
      : batch_(worker.batch), call_{{worker, client, out}, store} {}

  // Executes the worker's batch, as far as it goes.
  void run() noexcept {
    prepared_ = false;
    while (going_ && !batch_.is_done()) {
      Pause pause = Pause::kNone;
      {
        const auto epoch = call_.store.enter();
        if (!std::exchange(prepared_, true)) call_.store.prepare(batch_.lookups());
        pause = run_in_epoch();
      }
      settle_pause(pause);
    }
  }

  // Answers a request that was too much for the worker's memory, and is lost. REQUIRES:
  // out.has_room()
  void give_up_unread() noexcept {
    call_.spec = nullptr;
    (void)answer([&] { return refuse_for_memory(call_); });
  }

  // Nothing more can be done in this turn.
  void stop() noexcept { going_ = false; }
  void close() noexcept {
    closes_ = true;
    going_ = false;
  }

  [[nodiscard]] bool is_going() const noexcept { return going_; }
  [[nodiscard]] bool closes() const noexcept { return closes_; }
  [[nodiscard]] Again again() const noexcept { return again_; }
  // The command that was at last.
  [[nodiscard]] const resp::CommandSpec* last() const noexcept { return call_.spec; }
  [[nodiscard]] const RespTally& tally() const noexcept { return tally_; }

 private:
  // Why a batch is interrupted, its epoch left.
  enum class Pause : uint8_t {
    kNone,
    kEpochSpent,
    kControl,
    kOutputFull,
    kNoMemory,
    kNextRound,
    kClose,
  };

  static constexpr size_t kRepliesPerEpoch = 64 * 1024;
  // How often a request asks for room before it gives up: another thread may take the room that was
  // made.
  static constexpr unsigned kRoomAttempts = 4;

  // Stretches of requests that are not logged, and behind each the one that is.
  Pause run_in_epoch() noexcept {
    epoch_bytes_ = call_.long_bytes;
    KlogWriter& klog = call_.worker.klog;
    for (;;) {
      const size_t done = batch_.done();
      batch_.stop_after(klog.ahead());
      Pause pause = run_to_stop();
      klog.pass(batch_.done() - done);
      if (pause != Pause::kNone || batch_.is_done()) [[likely]]
        return pause;
      pause = run_logged();
      if (pause != Pause::kNone || batch_.is_done()) return pause;
    }
  }

  // One request, and its line in the log unless it comes again.
  Pause run_logged() noexcept {
    const RespNote<Store> note(call_, batch_.spec(), batch_.args());
    const size_t done = batch_.done();
    batch_.stop_after(1);
    const Pause pause = run_to_stop();
    if (batch_.done() != done) note.finish();
    return pause;
  }

  Pause run_to_stop() noexcept {
    if (call_.client.errand && !batch_.is_at_stop()) [[unlikely]]
      return run_errand();
    while (!batch_.is_at_stop()) {
      if (!call_.out.has_room()) return Pause::kOutputFull;
      if (call_.long_bytes - epoch_bytes_ > kRepliesPerEpoch) return Pause::kEpochSpent;
      take_request();
      const Pause pause = run_request();
      if (pause != Pause::kNone) return pause;
    }
    return Pause::kNone;
  }

  void take_request() noexcept {
    call_.spec = batch_.spec();
    call_.args = batch_.args();
    call_.lookup = &batch_.lookup();
  }

  // A round of the next request, which is on. When it is done, those that wait for its keys have
  // their turn before anything else of this client's.
  Pause run_errand() noexcept {
    RespErrand& errand = call_.client.errand;
    take_request();
    if (attempts_ > kRoomAttempts) {
      errand.drop();
      return call_.out.has_room() ? run_request() : Pause::kOutputFull;
    }
    const Pause pause = end_request(answer([&] { return errand.step(call_); }));
    return pause == Pause::kNone ? Pause::kNextRound : pause;
  }

  Pause run_request() noexcept {
    if (!may_run(call_)) [[unlikely]]
      return end_request(answer([&] { return refuse(call_); }));
    if (batch_.has_too_long()) [[unlikely]]
      return end_request(answer([&] { return refuse_length(call_, batch_.lacks_memory()); }));
    if (attempts_ > kRoomAttempts) [[unlikely]]
      return end_request(answer([&] { return give_up(call_); }));
    const auto handler = kRespStoreHandlers<Store>[call_.spec->id];
    if (handler == nullptr) return Pause::kControl;
    return end_request(answer([&] { return handler(call_); }));
  }

  // Runs the call's handler; what it writes goes out if the client wants replies.
  template <class Handler>
  RespOutcome answer(Handler&& handler) noexcept {
    if (call_.client.replies == RespReplies::kAll) [[likely]]
      return handler();
    return answer_muted(handler);
  }
  template <class Handler>
  RespOutcome answer_muted(Handler&& handler) noexcept {
    RespReplies& replies = call_.client.replies;
    if (replies == RespReplies::kNotNext) replies = RespReplies::kNotThis;
    const size_t size = call_.out.size();
    const RespOutcome outcome = handler();
    if (replies == RespReplies::kAll) return outcome;  // CLIENT REPLY ON
    call_.out.cut(size);
    call_.client.long_reply.forget();
    const bool is_over = outcome == RespOutcome::kDone || outcome == RespOutcome::kClose;
    if (is_over && replies == RespReplies::kNotThis) replies = RespReplies::kAll;
    return outcome;
  }

  Pause end_request(RespOutcome outcome) noexcept {
    switch (outcome) {
      case RespOutcome::kDone:
        count_done();
        return call_.client.long_reply.is_on() ? Pause::kNextRound : Pause::kNone;
      case RespOutcome::kOutputFull:
        return Pause::kOutputFull;
      case RespOutcome::kNoMemory:
        return Pause::kNoMemory;
      case RespOutcome::kAgain:
        return Pause::kEpochSpent;
      case RespOutcome::kNextRound:
        return Pause::kNextRound;
      case RespOutcome::kClose:
        count_done();
        return Pause::kClose;
    }
    return Pause::kNone;
  }

  void count_done() noexcept {
    attempts_ = 0;
    call_.client.progress = {};
    batch_.advance();
    if (call_.spec == nullptr) [[unlikely]]
      return;
    call_.worker.metrics.count_call(call_.spec->id);
    tally_.count(*call_.spec);
  }

  void settle_pause(Pause pause) noexcept {
    switch (pause) {
      case Pause::kNone:
      case Pause::kEpochSpent:
        break;
      case Pause::kControl:
        settle_pause(run_control());
        break;
      case Pause::kOutputFull:
        going_ = false;
        break;
      case Pause::kNoMemory:
        attempts_ = call_.store.make_room() ? attempts_ + 1 : kRoomAttempts + 1;
        break;
      case Pause::kNextRound:
        again_ = Again::kNextRound;
        going_ = false;
        break;
      case Pause::kClose:
        close();
        break;
    }
  }

  // A command about no key.
  Pause run_control() noexcept {
    return end_request(answer([&] { return run_control_command(call_); }));
  }

  RespBatch& batch_;
  RespStoreCall<Store> call_;
  RespTally tally_;
  unsigned attempts_ = 0;   // to make room for the request that is on
  size_t epoch_bytes_ = 0;  // the call's long_bytes when the epoch began
  bool prepared_ = false;   // the batch that is on
  bool going_ = true;
  bool closes_ = false;
  Again again_ = Again::kNo;
};

}  // namespace pelikan
