// Commands that put several sets together, and SMOVE. The keys are locked for all of a command, so
// it sees them as they were at one moment. All of it runs in one go: as long as it takes to look at
// every member of the sources.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "protocol/resp/numbers.h"
#include "service/resp/call.h"
#include "service/resp/collection.h"
#include "service/resp/element_reply.h"
#include "service/resp/handler_table.h"
#include "service/resp/key_group.h"
#include "service/resp/set_algebra.h"
#include "service/resp/set_source.h"
#include "service/resp/store_result.h"
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

  // Reads the sets under the keys, then runs run(sources), which replies.
  template <class Run>
  static RespOutcome with_sets(Call& call, std::span<const std::string_view> keys,
                               std::optional<std::string_view> destination, Run&& run) noexcept {
    return with_sources(call, keys, destination, RespSourceKinds::kSets, run);
  }

  static RespOutcome sinter(Call& call) noexcept {
    return with_sets(call, call.args.subspan(1), {}, [&](RespSources& sources) {
      sort_by_size(sources);
      RespElementReply reply(call);
      size_t count = 0;
      visit_common(sources, [&](std::string_view member, double /*score*/) {
        ++count;
        reply.bulk(member);
        return true;
      });
      reply.put_behind_set(count);
      return reply.send();
    });
  }
  static RespOutcome sdiff(Call& call) noexcept {
    return with_sets(call, call.args.subspan(1), {}, [&](RespSources& sources) {
      RespElementReply reply(call);
      size_t count = 0;
      visit_difference(sources, [&](std::string_view member, double /*score*/) {
        ++count;
        reply.bulk(member);
      });
      reply.put_behind_set(count);
      return reply.send();
    });
  }
  static RespOutcome sunion(Call& call) noexcept {
    return with_sets(call, call.args.subspan(1), {}, [&](RespSources& sources) {
      structure::BigSet all(call.worker.key_hash);
      put_together(Operation::kUnion, sources, all);
      RespElementReply reply(call);
      reply.set(all.size());
      const auto show = [&](const structure::Text& member) { reply.bulk(member.view()); };
      auto& draft = call.worker.drafts.template of<Kind>();
      if (pack<Kind>(all, draft)) {  // numbers come in order, as of any small set
        draft.view().visit_all(show);
      } else {
        all.visit_all(show);
      }
      return reply.send();
    });
  }

  template <Operation kOperation>
  static RespOutcome store(Call& call) noexcept {
    return with_sets(call, call.args.subspan(2), call.args[1], [&](RespSources& sources) {
      auto result = make_result<Kind>(call);
      put_together(kOperation, sources, result->data());
      const size_t size = result->data().size();
      const auto refused = store_result(call, *call.lookup, std::move(result));
      return refused ? *refused : call.reply_count(size);
    });
  }

  static RespOutcome sintercard(Call& call) noexcept {
    const auto count = resp::parse_count(call.args[1], 1);
    if (!count) return call.reply_error(resp::Error::kNumkeys);
    const auto args = call.args.subspan(2);
    if (*count > args.size()) return call.reply_error(resp::Error::kKeysTooMany);
    size_t limit = 0;
    if (const auto refusal = read_limit(call, args.subspan(*count), limit)) return *refusal;
    return with_sets(call, args.first(*count), {}, [&](RespSources& sources) {
      return call.reply_count(count_common(sources, limit));
    });
  }

  // The member comes to its new set before it leaves the old one; so for a moment both have it.
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
    return not_taken ? *not_taken : call.reply_integer(1);
  }
};

}  // namespace pelikan
