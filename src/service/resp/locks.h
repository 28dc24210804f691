// EVAL and EVALSHA: the known scripts of clients' locks (scripts.h), done natively. Each is one
// write under the token of the value that was compared, so that it is as atomic as the script.
#pragma once

#include <limits>
#include <optional>
#include <span>
#include <string_view>

#include "protocol/resp/numbers.h"
#include "service/resp/call.h"
#include "service/resp/handler_table.h"
#include "service/resp/lifetime.h"
#include "service/resp/scripts.h"
#include "service/resp/write.h"

namespace pelikan {

template <class Store>
class RespLocks {
 public:
  using Call = RespStoreCall<Store>;

  static constexpr void enter(RespStoreHandlers<Store>& handlers) {
    handlers[resp::Command::kEval] = eval;
    handlers[resp::Command::kEvalsha] = evalsha;
  }

 private:
  using Item = typename Store::ItemView;

  // KEYS[1] and ARGV.
  struct Script {
    RespScript what;
    Lookup lookup;
    std::span<const std::string_view> argv;
  };

  static RespOutcome eval(Call& call) noexcept {
    if (const auto error = wrong_keys(call)) return call.reply_error(*error);
    const auto what = call.worker.control.scripts().learn(call.args[1]);
    return what ? run(call, *what) : call.reply_error(resp::Error::kScriptNotKnown);
  }
  static RespOutcome evalsha(Call& call) noexcept {
    if (call.args[1].size() != kSha1Hex) return call.reply_error(resp::Error::kNoScript);
    if (const auto error = wrong_keys(call)) return call.reply_error(*error);
    const auto what = call.worker.control.scripts().find(call.args[1]);
    return what ? run(call, *what) : call.reply_error(resp::Error::kNoScript);
  }

  // What is wrong with the number of keys, if something is.
  static std::optional<resp::Error> wrong_keys(const Call& call) noexcept {
    const auto keys = resp::parse_integer(call.args[2]);
    if (!keys) return resp::Error::kNotInteger;
    if (*keys < 0) return resp::Error::kKeysNegative;
    const size_t behind = call.args.size() - 3;
    if (static_cast<uint64_t>(*keys) > behind) return resp::Error::kKeysTooMany;
    return std::nullopt;
  }

  // All known scripts are about one key.
  static RespOutcome run(Call& call, RespScript what) noexcept {
    const size_t wanted = 1 + arguments_of(what);
    if (call.args[2] != "1" || call.args.size() - 3 < wanted) {
      return call.reply_error(resp::Error::kScriptNotKnown);
    }
    Script script{what, {.key = call.args[3]}, call.args.subspan(4)};
    call.store.prepare({&script.lookup, 1});
    const auto item = call.get(script.lookup);
    if (what == RespScript::kAcquire) return item ? call.reply_integer(0) : acquire(call, script);
    if (!item) return call.reply_integer(what == RespScript::kDeleteOrAbsent ? -1 : 0);
    if (is_collection(*item)) return call.reply_error(resp::Error::kWrongType);
    if (!has_value(*item, script.argv[0])) return call.reply_integer(0);
    return run_on(call, script, *item);
  }

  static constexpr size_t arguments_of(RespScript what) noexcept {
    switch (what) {
      case RespScript::kDelete:
      case RespScript::kDeleteOrAbsent:
        return 1;
      case RespScript::kExpireSeconds:
      case RespScript::kExpireMs:
      case RespScript::kAcquire:
        return 2;
      case RespScript::kExtend:
        return 3;
    }
    return 0;
  }

  static RespOutcome run_on(Call& call, const Script& script, const Item& item) noexcept {
    switch (script.what) {
      case RespScript::kDelete:
      case RespScript::kDeleteOrAbsent:
        return erase(call, script, item);
      case RespScript::kExpireSeconds:
        return expire(call, script, item, 0, {1000, false});
      case RespScript::kExpireMs:
        return expire(call, script, item, 0, {1, false});
      case RespScript::kExtend:
        return extend(call, script, item);
      case RespScript::kAcquire:
        break;
    }
    return RespOutcome::kDone;
  }

  static RespOutcome acquire(Call& call, const Script& script) noexcept {
    const auto number = resp::parse_integer(script.argv[1]);
    if (!number) return call.reply_error(resp::Error::kNotInteger);
    const auto expiry = expiry_at(call, *number, {1, false});
    if (!expiry || *number <= 0) return refuse_time(call);
    return write(call, script, {.bytes = script.argv[0], .expiry = *expiry},
                 {.mode = PutMode::kAdd, .exact_expiry = true});
  }

  static RespOutcome erase(Call& call, const Script& script, const Item& item) noexcept {
    if (call.store.erase_if(script.lookup, item.cas()) == EraseStatus::kExists) {
      return RespOutcome::kAgain;
    }
    return call.reply_integer(1);
  }

  static RespOutcome extend(Call& call, const Script& script, const Item& item) noexcept {
    const Expiry expiry = call.store.expiry(item);
    if (expiry.at_ms == Expiry::kNever) return call.reply_integer(0);
    const bool adds = script.argv[2] == "0";
    return expire(call, script, item, adds ? left_ms(call, expiry) : 0, {1, false});
  }

  // Writes the value anew: that alone takes a token and an expiry.
  static RespOutcome expire(Call& call, const Script& script, const Item& item, int64_t more,
                            RespTimeUnit unit) noexcept {
    const auto number = resp::parse_integer(script.argv[1]);
    if (!number || *number > std::numeric_limits<int64_t>::max() - more) {
      return call.reply_error(resp::Error::kNotInteger);
    }
    const auto expiry = expiry_at(call, *number + more, unit);
    if (!expiry) return refuse_time(call);
    if (expiry->at_ms <= call.clock().now_ms()) return erase(call, script, item);
    return write(call, script, {.bytes = script.argv[0], .flags = item.flags(), .expiry = *expiry},
                 {.cas = item.cas(), .exact_expiry = true});
  }

  static RespOutcome write(Call& call, const Script& script, const Value& value,
                           const WriteTerms& terms) noexcept {
    const Written written = write_value(call.store, script.lookup, value, terms, nullptr);
    if (written.status == PutStatus::kStored) return call.reply_integer(1);
    if (is_beaten(written.status)) return RespOutcome::kAgain;
    return refuse_write(call, script.lookup, written.status);
  }
};

}  // namespace pelikan
