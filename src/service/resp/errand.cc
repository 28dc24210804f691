#include "service/resp/errand.h"

#include "service/resp/call.h"
#include "service/resp/refusal.h"

namespace pelikan {

RespOutcome RespErrand::step(RespCall& call) noexcept {
  promise_type& promise = frame_.promise();
  if (!frame_.done()) {
    promise.set_call_(promise.call_, call);
    frame_.resume();
  }
  if (!frame_.done()) return promise.outcome_;
  // What it held is free by now, and the error can wait for room.
  if (promise.lacks_memory_ && !call.out.has_room()) return RespOutcome::kOutputFull;
  const RespOutcome outcome = promise.lacks_memory_ ? refuse_for_memory(call) : promise.outcome_;
  drop();
  return outcome;
}

RespOutcome begin_errand(RespCall& call, RespErrand errand) noexcept {
  const RespOutcome outcome = errand.step(call);
  call.client.errand = std::move(errand);
  return outcome;
}

}  // namespace pelikan
