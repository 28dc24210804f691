// SET with all its options, its elder forms, and GETEX.
#pragma once

#include <optional>
#include <string_view>

#include "service/resp/call.h"
#include "service/resp/handler_table.h"
#include "service/resp/set_options.h"
#include "service/resp/write.h"

namespace pelikan {

template <class Store>
class RespSet {
 public:
  using Call = RespStoreCall<Store>;
  using Item = typename Store::ItemView;

  static constexpr void enter(RespStoreHandlers<Store>& handlers) {
    using resp::Command;
    handlers[Command::kSet] = set;
    handlers[Command::kSetnx] = setnx;
    handlers[Command::kSetex] = setex;
    handlers[Command::kPsetex] = psetex;
    handlers[Command::kGetset] = getset;
    handlers[Command::kGetex] = getex;
  }

  static RespOutcome set(Call& call) noexcept {
    if (call.args.size() > 3) return set_with_options(call);
    return reply_stored(call, write_bytes(call, call.args[2], {}, {}).status);
  }

 private:
  using Condition = RespSetOptions::Condition;

  static RespOutcome set_with_options(Call& call) noexcept {
    const auto options = read_set_options(call.args.subspan(3));
    if (!options) return call.reply_error(resp::Error::kSyntax);
    Expiry expiry;
    if (options->unit) {
      const auto refusal = read_lifetime(call, options->time, *options->unit, expiry);
      if (refusal) return *refusal;
    }
    if (options->returns_old || options->condition == Condition::kEqual) {
      return set_by_old(call, *options, expiry);
    }
    WriteTerms terms{.exact_expiry = true, .keep_expiry = options->keeps_expiry};
    if (options->condition == Condition::kMissing) terms.mode = PutMode::kAdd;
    if (options->condition == Condition::kExisting) terms.mode = PutMode::kReplace;
    const PutStatus status = write_bytes(call, call.args[2], expiry, terms).status;
    return status == PutStatus::kNotStored ? call.reply_null() : reply_stored(call, status);
  }

  // The reply, or the condition, asks for what stood there.
  static RespOutcome set_by_old(Call& call, const RespSetOptions& options, Expiry expiry) noexcept {
    for (;;) {
      const auto old = call.get(*call.lookup);
      if (is_collection(old)) return call.reply_error(resp::Error::kWrongType);
      if (options.returns_old && old) {
        const RespOutcome room = call.room_for_value(*old);
        if (room != RespOutcome::kDone) return room;
      }
      const bool may_write = fits(options, old);
      if (may_write) {
        WriteTerms terms = in_place_of(old);
        terms.keep_expiry = options.keeps_expiry;
        const PutStatus status = write_bytes(call, call.args[2], expiry, terms).status;
        if (is_beaten(status)) continue;
        if (status != PutStatus::kStored) return refuse_write(call, *call.lookup, status);
      }
      if (options.returns_old) return reply_old(call, old);
      return may_write ? call.reply_ok() : call.reply_null();
    }
  }

  static bool fits(const RespSetOptions& options, const std::optional<Item>& old) noexcept {
    switch (options.condition) {
      case Condition::kNone:
        return true;
      case Condition::kMissing:
        return !old;
      case Condition::kExisting:
        return old.has_value();
      case Condition::kEqual:
        return old && has_value(*old, options.equal);
    }
    return false;
  }

  static RespOutcome setnx(Call& call) noexcept {
    const PutStatus status = write_bytes(call, call.args[2], {}, {.mode = PutMode::kAdd}).status;
    if (status == PutStatus::kStored) return call.reply_integer(1);
    if (status == PutStatus::kNotStored) return call.reply_integer(0);
    return refuse_write(call, *call.lookup, status);
  }

  static RespOutcome setex(Call& call) noexcept { return set_for(call, {.ms = 1000}); }
  static RespOutcome psetex(Call& call) noexcept { return set_for(call, {.ms = 1}); }
  static RespOutcome set_for(Call& call, RespTimeUnit unit) noexcept {
    Expiry expiry;
    if (const auto refusal = read_lifetime(call, call.args[2], unit, expiry)) return *refusal;
    return reply_stored(call,
                        write_bytes(call, call.args[3], expiry, {.exact_expiry = true}).status);
  }

  static RespOutcome getset(Call& call) noexcept {
    return set_by_old(call, {.returns_old = true}, {});
  }

  static RespOutcome getex(Call& call) noexcept {
    const auto options = read_getex_options(call.args.subspan(2));
    if (!options) return call.reply_error(resp::Error::kSyntax);
    Expiry expiry;
    for (;;) {
      const auto item = call.get(*call.lookup);
      if (!item) return reply_old(call, item);
      if (is_collection(*item)) return call.reply_error(resp::Error::kWrongType);
      if (options->unit) {
        const auto refusal = read_lifetime(call, options->time, *options->unit, expiry);
        if (refusal) return *refusal;
      }
      const RespOutcome room = call.room_for_value(*item);
      if (room != RespOutcome::kDone) return room;
      if (options->has_lifetime()) {
        const ExpireTerms terms{.cas = item->cas()};
        const ExpireStatus status = call.store.expire(*call.lookup, expiry, terms);
        if (status == ExpireStatus::kNoMemory) return RespOutcome::kNoMemory;
        if (status != ExpireStatus::kDone) continue;  // it is another item by now
      }
      return reply_old(call, item);
    }
  }

  static RespOutcome reply_stored(Call& call, PutStatus status) noexcept {
    if (status == PutStatus::kStored) [[likely]]
      return call.reply_ok();
    return refuse_write(call, *call.lookup, status);
  }

  // REQUIRES: there is room for it
  static RespOutcome reply_old(Call& call, const std::optional<Item>& old) noexcept {
    call.count_key(old.has_value());
    return old ? call.reply_value(*old) : call.reply_null();
  }
};

}  // namespace pelikan
