// Commands on sorted sets that choose the members themselves: the lowest, the highest, any, or one
// after the other.
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "protocol/resp/numbers.h"
#include "service/resp/call.h"
#include "service/resp/collection.h"
#include "service/resp/element_reply.h"
#include "service/resp/element_scan.h"
#include "service/resp/handler_table.h"
#include "service/resp/key_group.h"
#include "service/resp/member_draw.h"
#include "service/resp/member_look.h"
#include "service/resp/member_range.h"
#include "service/resp/readable.h"
#include "service/resp/words.h"

namespace pelikan {

template <class Store>
class RespSortedSetPops {
 public:
  using Call = RespStoreCall<Store>;
  using Kind = RespSortedSetKind;

  static constexpr void enter(RespStoreHandlers<Store>& handlers) {
    using resp::Command;
    handlers[Command::kZpopmin] = [](Call& call) noexcept { return zpop(call, kLowest); };
    handlers[Command::kZpopmax] = [](Call& call) noexcept { return zpop(call, kHighest); };
    handlers[Command::kZmpop] = zmpop;
    handlers[Command::kZrandmember] = zrandmember;
    handlers[Command::kZscan] = zscan;
  }

 private:
  using Direction = structure::Direction;
  static constexpr Direction kLowest = Direction::kForward;
  static constexpr Direction kHighest = Direction::kBackward;

  static RespOutcome zpop(Call& call, Direction from) noexcept {
    if (call.args.size() > 3) return call.reply_error(resp::Error::kSyntax);
    const bool is_one = call.args.size() == 2;
    const auto most = is_one ? 1 : resp::parse_count(call.args[2]);
    if (!most) return call.reply_error(resp::Error::kNotPositive);
    const auto look = is_one ? RespMemberLook(RespMemberLook::Form::kFlat)
                             : RespMemberLook::with_scores(call, true);
    RespElementReply reply(call);
    const auto refused = change_collection<Kind>(call, *call.lookup, {}, [&](auto& set) {
      reply.clear();
      return pop(set, *most, from, reply, look);
    });
    return refused ? *refused : reply.send();
  }

  // Composes what is popped.
  template <class SortedSet>
  static Changed pop(SortedSet& set, size_t most, Direction from, RespElementReply& reply,
                     RespMemberLook look) {
    const size_t count = std::min(most, set.size());
    look.put_head(reply, count);
    if (count == 0) return Changed::kNo;
    const RespRanks ranks{.first = from == kLowest ? 0 : set.size() - count, .count = count};
    readable(set).visit_range(ranks.begin(from), count, from,
                              [&](const structure::Scored& each) { look(reply, each); });
    set.erase_range(ranks.first, count);
    return Changed::kYes;
  }

  // ZMPOP's words.
  struct Wanted {
    std::span<const std::string_view> keys;
    Direction from;
    size_t most;
  };

  static RespOutcome zmpop(Call& call) noexcept {
    Wanted wanted{};
    if (const auto refusal = read_wanted(call, wanted)) return *refusal;
    const RespKeyLocks::Hold locks = hold_keys(call, wanted.keys);
    if (!locks) return RespOutcome::kNextRound;
    const RespMemberLook look(RespMemberLook::Form::kPairs);
    RespElementReply reply(call);
    for (const std::string_view name : wanted.keys) {
      const Lookup key = call.prepared(name);
      bool has_popped = false;
      const auto refused = change_locked_collection<Kind>(call, key, {}, [&](auto& set) {
        reply.clear();
        reply.array(2).bulk(key.key);
        const Changed changed = pop(set, wanted.most, wanted.from, reply, look);
        has_popped = changed == Changed::kYes;
        return changed;
      });
      if (refused) return *refused;
      if (has_popped) return reply.send();
    }
    return call.reply_null_array();
  }

  static std::optional<RespOutcome> read_wanted(Call& call, Wanted& wanted) noexcept {
    const auto count = resp::parse_count(call.args[1], 1);
    if (!count) return call.reply_error(resp::Error::kNumkeys);
    const auto args = call.args.subspan(2);
    if (*count >= args.size()) return call.reply_error(resp::Error::kSyntax);
    if (*count > RespKeyLocks::kMostKeys) return call.reply_error(resp::Error::kTooManyKeys);
    const auto words = args.subspan(*count);
    const bool is_min = is_word(words[0], "MIN");
    if (!is_min && !is_word(words[0], "MAX")) return call.reply_error(resp::Error::kSyntax);
    wanted = {.keys = args.first(*count), .from = is_min ? kLowest : kHighest, .most = 1};
    if (words.size() == 1) return std::nullopt;
    if (words.size() == 2 || !is_word(words[1], "COUNT")) {
      return call.reply_error(resp::Error::kSyntax);
    }
    const auto most = resp::parse_count(words[2], 1);
    if (!most) return call.reply_error(resp::Error::kCountNotPositive);
    if (words.size() > 3) return call.reply_error(resp::Error::kSyntax);
    wanted.most = *most;
    return std::nullopt;
  }

  static RespOutcome zrandmember(Call& call) noexcept {
    RespRandomCount wanted;
    if (const auto refusal = wanted.read(call, "WITHSCORES")) return *refusal;
    return read_collection<Kind>(call, *call.lookup,
                                 [&](const auto& set) { return reply_drawn(call, set, wanted); });
  }

  static RespOutcome zscan(Call& call) noexcept {
    return scan_collection<Kind>(
        call, RespScanned::kMembers,
        [](RespElementReply& reply, const RespScanOptions& options,
           const structure::Scored& each) -> size_t {
          const structure::Text member = each.member.text();
          if (!options.fits(member.view())) return 0;
          char digits[structure::kMaxScore];
          const char* const end = structure::write_score(digits, each.score);
          reply.bulk(member.view()).bulk({digits, static_cast<size_t>(end - digits)});
          return 2;
        });
  }
};

}  // namespace pelikan
