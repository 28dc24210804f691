// Commands on strings.
#pragma once

#include "service/resp/call.h"
#include "service/resp/handler_table.h"
#include "service/resp/write.h"

namespace pelikan {

template <class Store>
class RespStrings {
 public:
  using Call = RespStoreCall<Store>;

  static constexpr void enter(RespStoreHandlers<Store>& handlers) {
    using resp::Command;
    handlers[Command::kGet] = get;
    handlers[Command::kSet] = set;
  }

  static RespOutcome get(Call& call) noexcept {
    const auto item = call.store.get(*call.lookup);
    if (!item) {
      call.count_key(false);
      return call.reply_null();
    }
    const RespOutcome outcome = call.reply_value(*item);
    if (outcome == RespOutcome::kDone) call.count_key(true);
    return outcome;
  }

  static RespOutcome set(Call& call) noexcept {
    if (call.args.size() > 3) return call.reply_error(resp::Error::kSyntax);
    const Written written =
        write_value(call.store, *call.lookup, {.bytes = call.args[2]}, {}, nullptr);
    if (written.status == PutStatus::kStored) return call.reply_ok();
    return refuse_write(call, *call.lookup, written.status);
  }
};

}  // namespace pelikan
