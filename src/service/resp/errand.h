// RespErrand: a command on large collections that is done in rounds, between which the worker's
// other connections have their turn. It is a coroutine of the command's, which begin_errand()
// starts:
//
//   RespErrand count_rows(RespCall* call, RespKept kept, RespRowWalk walk) {
//     while (!walk.is_done()) {
//       co_yield RespOutcome::kNextRound;
//       walk.step(...);
//     }
//     kept.let_go();
//     while (!call->out.has_room()) co_yield RespOutcome::kOutputFull;
//     co_return call->reply_count(count);
//   }
//
// What it yields is what a handler returns that is to be called again (outcome.h), and is followed
// by the next round; what it returns ends the command. `call`, which comes first, is always that
// of the round that is on. Its arguments and variables live until then,
// or until the client is gone: so they are values, for what stands in the request or in a store's
// item lasts for one round only, as the epoch does. It holds the locks of its keys, and the objects
// there (kept.h); so it needs no room in the output before it has let them go, lest it waits
// for others that wait for it. A std::bad_alloc is answered as an OOM error.
#pragma once

#include <coroutine>
#include <utility>

#include "service/resp/outcome.h"

namespace pelikan {

struct RespCall;

class [[nodiscard]] RespErrand {
 public:
  class promise_type;

  RespErrand() noexcept = default;
  RespErrand(RespErrand&& other) noexcept : frame_(std::exchange(other.frame_, nullptr)) {}
  RespErrand& operator=(RespErrand&& other) noexcept {
    std::swap(frame_, other.frame_);
    other.drop();
    return *this;
  }
  ~RespErrand() { drop(); }

  // It is on.
  explicit operator bool() const noexcept { return frame_ != nullptr; }
  // A round of it. REQUIRES: it is on, and the store's epoch is
  RespOutcome step(RespCall& call) noexcept;
  void drop() noexcept {
    if (auto frame = std::exchange(frame_, nullptr)) frame.destroy();
  }

 private:
  using Frame = std::coroutine_handle<promise_type>;
  explicit RespErrand(Frame frame) noexcept : frame_(frame) {}

  Frame frame_;
};

// What the compiler asks of a coroutine that is one. It makes it of the coroutine's own arguments.
class RespErrand::promise_type {
 public:
  template <class Call, class... Others>
  explicit promise_type(Call*& call, Others&... /*others*/) noexcept
      : call_(&call), set_call_([](void* place, RespCall& now) noexcept {
          *static_cast<Call**>(place) = static_cast<Call*>(&now);
        }) {}

  RespErrand get_return_object() noexcept { return RespErrand(Frame::from_promise(*this)); }
  std::suspend_always initial_suspend() noexcept { return {}; }
  std::suspend_always final_suspend() noexcept { return {}; }
  std::suspend_always yield_value(RespOutcome outcome) noexcept {
    outcome_ = outcome;
    return {};
  }
  void return_value(RespOutcome outcome) noexcept { outcome_ = outcome; }
  void unhandled_exception() noexcept { lacks_memory_ = true; }

 private:
  friend class RespErrand;

  void* const call_;  // the coroutine's `call`
  void (*const set_call_)(void*, RespCall&) noexcept;
  RespOutcome outcome_ = RespOutcome::kNextRound;
  bool lacks_memory_ = false;
};

// Its first round, and the client's from then on, unless it is done with that.
RespOutcome begin_errand(RespCall& call, RespErrand errand) noexcept;

}  // namespace pelikan
