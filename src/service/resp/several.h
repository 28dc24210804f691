// Commands on several keys. Each key is handled in one step, the command as a whole is not: other
// clients may come between two keys.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "service/resp/call.h"
#include "service/resp/handler_table.h"
#include "service/resp/key_walk.h"
#include "service/resp/live_item.h"
#include "service/resp/refusal.h"
#include "service/resp/write.h"

namespace pelikan {

template <class Store>
class RespSeveral {
 public:
  using Call = RespStoreCall<Store>;

  static constexpr void enter(RespStoreHandlers<Store>& handlers) {
    using resp::Command;
    handlers[Command::kMget] = mget;
    handlers[Command::kMset] = mset;
    handlers[Command::kDel] = del;
    handlers[Command::kUnlink] = del;
    handlers[Command::kExists] = exists;
    handlers[Command::kTouch] = exists;
  }

 private:
  static constexpr size_t kMostBytesAtOnce = 64 * 1024;

  static RespOutcome mget(Call& call) noexcept {
    if (call.client.progress.argument == 0) (void)call.reply_array_head(call.args.size() - 1);
    const size_t bytes_before = call.long_bytes;
    RespKeyWalk<Store> keys(call, 1);
    for (const Lookup* key = keys.next(); key != nullptr; key = keys.next()) {
      if (!call.out.has_room()) return RespOutcome::kOutputFull;
      if (keys.is_tired()) return RespOutcome::kNextRound;
      if (call.long_bytes - bytes_before > kMostBytesAtOnce) return RespOutcome::kAgain;
      const auto item = call.get(*key);
      const bool is_string = item && !is_collection(*item);
      const RespOutcome outcome = is_string ? call.reply_value(*item) : call.reply_null();
      if (outcome != RespOutcome::kDone) return outcome;
      call.count_key(item.has_value());
      keys.pass();
    }
    return RespOutcome::kDone;
  }

  static RespOutcome mset(Call& call) noexcept {
    if (call.args.size() % 2 == 0) return refuse_count(call);
    RespKeyWalk<Store> keys(call, 1, 2);
    for (const Lookup* key = keys.next(); key != nullptr; key = keys.next()) {
      if (keys.is_tired()) return RespOutcome::kNextRound;
      const Value value{.bytes = call.args[keys.argument() + 1]};
      const PutStatus status = write_value(call.store, *key, value, {}, nullptr).status;
      if (status != PutStatus::kStored) return refuse_write(call, *key, status);
      keys.pass();
    }
    return call.reply_ok();
  }

  static RespOutcome del(Call& call) noexcept {
    return count_keys(call, [&](const Lookup& key) { return call.store.erase(key); });
  }
  static RespOutcome exists(Call& call) noexcept {
    // This one counts as a use for clients that want none counted, too.
    const bool touches = call.spec->id == resp::Command::kTouch;
    return count_keys(call, [&](const Lookup& key) {
      const bool found =
          is_there(touches ? call.store.get(key) : call.store.peek(key), call.clock().now_ms());
      call.count_key(found);
      return found;
    });
  }

  // Replies for how many keys act() says yes.
  template <class Act>
  static RespOutcome count_keys(Call& call, Act&& act) noexcept {
    if (call.args.size() == 2) return call.reply_integer(act(*call.lookup) ? 1 : 0);
    RespKeyWalk<Store> keys(call, 1);
    for (const Lookup* key = keys.next(); key != nullptr; key = keys.next()) {
      if (keys.is_tired()) return RespOutcome::kNextRound;
      if (act(*key)) ++call.client.progress.number;
      keys.pass();
    }
    return call.reply_count(call.client.progress.number);
  }
};

}  // namespace pelikan
