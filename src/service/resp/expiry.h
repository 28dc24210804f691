// Commands that change when a key dies, or tell it.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "protocol/resp/numbers.h"
#include "service/resp/call.h"
#include "service/resp/expire_options.h"
#include "service/resp/handler_table.h"
#include "service/resp/lifetime.h"
#include "service/resp/live_item.h"

namespace pelikan {

template <class Store>
class RespExpiry {
 public:
  using Call = RespStoreCall<Store>;

  static constexpr void enter(RespStoreHandlers<Store>& handlers) {
    using resp::Command;
    handlers[Command::kExpire] = [](Call& call) noexcept { return expire(call, {1000, false}); };
    handlers[Command::kPexpire] = [](Call& call) noexcept { return expire(call, {1, false}); };
    handlers[Command::kExpireat] = [](Call& call) noexcept { return expire(call, {1000, true}); };
    handlers[Command::kPexpireat] = [](Call& call) noexcept { return expire(call, {1, true}); };
    handlers[Command::kTtl] = [](Call& call) noexcept { return tell(call, {1000, false}); };
    handlers[Command::kPttl] = [](Call& call) noexcept { return tell(call, {1, false}); };
    handlers[Command::kExpiretime] = [](Call& call) noexcept { return tell(call, {1000, true}); };
    handlers[Command::kPexpiretime] = [](Call& call) noexcept { return tell(call, {1, true}); };
    handlers[Command::kPersist] = persist;
  }

 private:
  static RespOutcome expire(Call& call, RespTimeUnit unit) noexcept {
    ExpireTerms terms;
    if (const auto refusal = read_expire_terms(call, terms)) return *refusal;
    const auto number = resp::parse_integer(call.args[2]);
    if (!number) return call.reply_error(resp::Error::kNotInteger);
    const auto expiry = expiry_at(call, *number, unit);
    if (!expiry) return refuse_time(call);
    return change(call, *expiry, terms);
  }

  static RespOutcome persist(Call& call) noexcept { return change(call, {}, {.need_some = true}); }

  static RespOutcome change(Call& call, Expiry expiry, const ExpireTerms& terms) noexcept {
    const bool found = is_there(call.store.peek(*call.lookup), call.clock().now_ms());
    if (!found) return call.reply_integer(0);
    const ExpireStatus status = call.store.expire(*call.lookup, expiry, terms);
    if (status == ExpireStatus::kNoMemory) return RespOutcome::kNoMemory;
    return call.reply_integer(status == ExpireStatus::kDone ? 1 : 0);
  }

  // Seconds are rounded to the nearest.
  static RespOutcome tell(Call& call, RespTimeUnit unit) noexcept {
    const auto item = call.store.peek(*call.lookup);
    const bool found = is_there(item, call.clock().now_ms());
    call.count_key(found);
    if (!found) return call.reply_integer(-2);
    const Expiry expiry = call.store.expiry(*item);
    if (expiry.at_ms == Expiry::kNever) return call.reply_integer(-1);
    const int64_t ms = left_ms(call, expiry) + (unit.is_absolute ? call.unix_ms() : 0);
    return call.reply_integer((ms + unit.ms / 2) / unit.ms);
  }
};

}  // namespace pelikan
