// Commands on the members of a sorted set that stand in a range.
#pragma once

#include <cstddef>

#include "service/resp/call.h"
#include "service/resp/collection.h"
#include "service/resp/collection_rows.h"
#include "service/resp/element_reply.h"
#include "service/resp/handler_table.h"
#include "service/resp/member_look.h"
#include "service/resp/readable.h"
#include "service/resp/sorted_set_options.h"

namespace pelikan {

template <class Store>
class RespSortedSetRanges {
 public:
  using Call = RespStoreCall<Store>;
  using Kind = RespSortedSetKind;

  static constexpr void enter(RespStoreHandlers<Store>& handlers) {
    using resp::Command;
    handlers[Command::kZcount] = count<By::kScore>;
    handlers[Command::kZlexcount] = count<By::kBytes>;
    handlers[Command::kZrange] = [](Call& call) noexcept { return show(call, {}); };
    handlers[Command::kZrevrange] = show_by<By::kRank, Direction::kBackward>;
    handlers[Command::kZrangebyscore] = show_by<By::kScore, Direction::kForward>;
    handlers[Command::kZrevrangebyscore] = show_by<By::kScore, Direction::kBackward>;
    handlers[Command::kZrangebylex] = show_by<By::kBytes, Direction::kForward>;
    handlers[Command::kZrevrangebylex] = show_by<By::kBytes, Direction::kBackward>;
    handlers[Command::kZremrangebyrank] = erase<By::kRank>;
    handlers[Command::kZremrangebyscore] = erase<By::kScore>;
    handlers[Command::kZremrangebylex] = erase<By::kBytes>;
  }

 private:
  using By = RespMemberRange::By;
  using Direction = structure::Direction;

  template <By kBy>
  static RespOutcome count(Call& call) noexcept {
    RespMemberRange range;
    if (const auto refusal = range.read(call, kBy, call.args[2], call.args[3])) return *refusal;
    return read_collection<Kind>(call, *call.lookup, [&](const auto& set) {
      return call.reply_count(range.in(set, Direction::kForward).count);
    });
  }

  template <By kBy, Direction kDirection>
  static RespOutcome show_by(Call& call) noexcept {
    return show(call, {.by = kBy, .direction = kDirection});
  }
  static RespOutcome show(Call& call, RespRangeOptions options) noexcept {
    if (const auto refusal = options.read(call, 2)) return *refusal;
    const auto look = RespMemberLook::with_scores(call, options.shows_scores);
    return reply_rows<Kind>(
        call,
        [&](RespElementReply& reply, const auto& set) {
          const RespRanks ranks = options.in(set);
          look.put_head(reply, ranks.count);
          return ranks.walk(*options.direction);
        },
        look);
  }

  template <By kBy>
  static RespOutcome erase(Call& call) noexcept {
    RespMemberRange range;
    if (const auto refusal = range.read(call, kBy, call.args[2], call.args[3])) return *refusal;
    size_t erased = 0;
    const auto refused = change_collection<Kind>(call, *call.lookup, {}, [&](auto& set) {
      const RespRanks ranks = range.in(readable(set), Direction::kForward);
      erased = ranks.count;
      if (erased == 0) return Changed::kNo;
      set.erase_range(ranks.first, ranks.count);
      return Changed::kYes;
    });
    return refused ? *refused : call.reply_count(erased);
  }
};

}  // namespace pelikan
