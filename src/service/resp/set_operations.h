// Commands that put several sets together, and SMOVE. The keys are locked for all of a command, so
// it sees them as they were at one moment; large ones are gone through in rounds (set_rounds.h).
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "protocol/resp/numbers.h"
#include "service/resp/call.h"
#include "service/resp/collection.h"
#include "service/resp/element_reply.h"
#include "service/resp/handler_table.h"
#include "service/resp/key_group.h"
#include "service/resp/member_look.h"
#include "service/resp/set_algebra.h"
#include "service/resp/set_rounds.h"
#include "service/resp/set_source.h"
#include "service/resp/words.h"

namespace pelikan {

template <class Store>
class RespSetOperations {
 public:
  using Call = RespStoreCall<Store>;
  using Kind = RespSetKind;
  using Operation = RespSetOperation;

  static constexpr void enter(RespStoreHandlers<Store>& handlers) {
    using resp::Command;
    handlers[Command::kSmove] = smove;
    handlers[Command::kSinter] = sinter;
    handlers[Command::kSunion] = sunion;
    handlers[Command::kSdiff] = sdiff;
    handlers[Command::kSinterstore] = store<Operation::kIntersection>;
    handlers[Command::kSunionstore] = store<Operation::kUnion>;
    handlers[Command::kSdiffstore] = store<Operation::kDifference>;
    handlers[Command::kSintercard] = sintercard;
  }

 private:
  using Element = structure::Element;

  using Held = RespHeldSources<Store>;

  // Reads the sets under the keys, then runs run(Held), which replies.
  template <class Run>
  static RespOutcome with_sets(Call& call, std::span<const std::string_view> keys,
                               std::optional<std::string_view> destination, Run&& run) noexcept {
    return with_sources(call, keys, destination, RespSourceKinds::kSets, run);
  }

  static RespOutcome sinter(Call& call) noexcept {
    return with_sets(call, call.args.subspan(1), {}, [&](Held held) {
      sort_by_size(held.sources);
      return begin_errand(
          call, put_together(&call, std::move(held), Operation::kIntersection, RespMemberText()));
    });
  }
  static RespOutcome sdiff(Call& call) noexcept {
    return with_sets(call, call.args.subspan(1), {}, [&](Held held) {
      return begin_errand(
          call, put_together(&call, std::move(held), Operation::kDifference, RespMemberText()));
    });
  }

  static RespOutcome sunion(Call& call) noexcept {
    return with_sets(call, call.args.subspan(1), {}, [&](Held held) {
      using Result = RespShown<Kind, Store, RespMemberJoin>;
      const RespMemberLook look(RespMemberLook::Form::kSet);
      return begin_errand(
          call, put_together(&call, std::move(held), Operation::kUnion, Result(call, {}, look)));
    });
  }

  template <Operation kOperation>
  static RespOutcome store(Call& call) noexcept {
    return with_sets(call, call.args.subspan(2), call.args[1], [&](Held held) {
      if (kOperation == Operation::kIntersection) sort_by_size(held.sources);
      return begin_errand(call, put_together(&call, std::move(held), kOperation,
                                             RespStored<Kind, Store, RespMemberJoin>(call, {})));
    });
  }

  static RespOutcome sintercard(Call& call) noexcept {
    const auto count = resp::parse_count(call.args[1], 1);
    if (!count) return call.reply_error(resp::Error::kNumkeys);
    const auto args = call.args.subspan(2);
    if (*count > args.size()) return call.reply_error(resp::Error::kKeysTooMany);
    size_t limit = 0;
    if (const auto refusal = read_limit(call, args.subspan(*count), limit)) return *refusal;
    return with_sets(call, args.first(*count), {},
                     [&](Held held) { return count_common(call, std::move(held), limit); });
  }

  // The member comes to its new set before it leaves the old one; so for a moment both have it. An
  // old one that cannot be written without it, for want of memory, is given up whole: if the locks
  // were let go to wait for room, others could take the member from both.
  static RespOutcome smove(Call& call) noexcept {
    const auto keys = call.args.subspan(1, 2);
    const RespKeyLocks::Hold locks = hold_keys(call, keys);
    if (!locks) return RespOutcome::kNextRound;
    const Element member(call.args[3]);
    bool is_read = false;
    bool is_missing = false;
    bool is_there = false;
    const RespOutcome looked =
        read_locked_collection<Kind>(call, *call.lookup, [&](const auto& set) {
          is_read = true;
          is_missing = set.size() == 0;
          is_there = set.contains(member);
          return RespOutcome::kAgain;  // a write counts as no hit
        });
    if (!is_read) return looked;  // it is of another type
    if (is_missing) return call.reply_integer(0);
    if (keys[0] == keys[1]) return call.reply_integer(is_there ? 1 : 0);
    const auto refused = change_locked_collection<Kind>(
        call, call.prepared(keys[1]), growth_of(call.args.subspan(3)),
        [&](auto& set) { return is_there && set.add(member) ? Changed::kYes : Changed::kNo; });
    if (refused) return *refused;
    if (!is_there) return call.reply_integer(0);
    const auto not_taken = change_locked_collection<Kind>(call, *call.lookup, {}, [&](auto& set) {
      return set.erase(member) ? Changed::kYes : Changed::kNo;
    });
    if (not_taken == RespOutcome::kNoMemory) {
      (void)store_nothing(call, *call.lookup, call.store.peek(*call.lookup));
      return call.reply_integer(1);
    }
    return not_taken ? *not_taken : call.reply_integer(1);
  }
};

}  // namespace pelikan
