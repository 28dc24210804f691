// Commands on the members of a sorted set that they name.
#pragma once

#include <cmath>
#include <cstddef>
#include <optional>
#include <string_view>

#include "service/resp/call.h"
#include "service/resp/collection.h"
#include "service/resp/element_reply.h"
#include "service/resp/handler_table.h"
#include "service/resp/named_elements.h"
#include "service/resp/refusal.h"
#include "service/resp/sorted_set_options.h"
#include "service/resp/words.h"
#include "structure/score.h"

namespace pelikan {

template <class Store>
class RespSortedSets {
 public:
  using Call = RespStoreCall<Store>;
  using Kind = RespSortedSetKind;

  static constexpr void enter(RespStoreHandlers<Store>& handlers) {
    using resp::Command;
    using Direction = structure::Direction;
    handlers[Command::kZadd] = zadd;
    handlers[Command::kZincrby] = zincrby;
    handlers[Command::kZrem] = erase_named<Kind>;
    handlers[Command::kZcard] = reply_size<Kind>;
    handlers[Command::kZscore] = zscore;
    handlers[Command::kZmscore] = zmscore;
    handlers[Command::kZrank] = [](Call& call) noexcept { return rank(call, Direction::kForward); };
    handlers[Command::kZrevrank] = [](Call& call) noexcept {
      return rank(call, Direction::kBackward);
    };
  }

 private:
  using Element = structure::Element;

  // What has become of the pairs so far.
  struct Tally {
    size_t added = 0;
    size_t moved = 0;
    std::optional<double> score{};  // of the last pair, if the options let it in
    bool is_nan = false;

    void count(structure::Added what) noexcept {
      added += what == structure::Added::kNew ? 1 : 0;
      moved += what == structure::Added::kMoved ? 1 : 0;
    }
  };

  static RespOutcome zadd(Call& call) noexcept {
    RespAddOptions options;
    if (const auto refusal = options.read(call, call.args.subspan(2))) return *refusal;
    return add(call, options);
  }
  static RespOutcome zincrby(Call& call) noexcept {
    RespAddOptions options{.adds = true, .pairs = call.args.subspan(2)};
    if (!read_score(call.args[2])) return call.reply_error(resp::Error::kNotFloat);
    return add(call, options);
  }

  static RespOutcome add(Call& call, const RespAddOptions& options) noexcept {
    Tally tally;
    const auto refused =
        change_collection<Kind>(call, *call.lookup, options.growth(), [&](auto& set) {
          tally = {};
          for (size_t at = 0; at < options.pairs.size(); at += 2) {
            add_one(options, set, Element(options.pairs[at + 1]), *read_score(options.pairs[at]),
                    tally);
          }
          return tally.added + tally.moved > 0 ? Changed::kYes : Changed::kNo;
        });
    if (refused) return *refused;
    if (tally.is_nan) return call.reply_error(resp::Error::kNanScore);
    if (options.adds) return reply_score(call, tally.score);
    return call.reply_count(options.counts_changed ? tally.added + tally.moved : tally.added);
  }

  template <class SortedSet>
  static void add_one(const RespAddOptions& options, SortedSet& set, const Element& member,
                      double score, Tally& tally) {
    if (options.asks_old()) {
      const std::optional<double> old = set.score(member);
      if (old ? options.only_new : options.only_existing) return;
      if (old && options.adds) score += *old;
      tally.is_nan = std::isnan(score);
      if (tally.is_nan) return;
      if (old && options.only_greater && score <= *old) return;
      if (old && options.only_less && score >= *old) return;
    }
    tally.score = score;
    tally.count(set.put(member, score));
  }

  static RespOutcome zscore(Call& call) noexcept {
    return read_collection<Kind>(call, *call.lookup, [&](const auto& set) {
      return reply_score(call, set.score(Element(call.args[2])));
    });
  }
  static RespOutcome zmscore(Call& call) noexcept {
    return read_collection<Kind>(call, *call.lookup, [&](const auto& set) {
      return reply_elements(call, [&](RespElementReply& reply) {
        reply.array(call.args.size() - 2);
        for (const std::string_view member : call.args.subspan(2)) {
          const auto score = set.score(Element(member));
          score ? reply.score(*score) : reply.null();
        }
      });
    });
  }

  static RespOutcome rank(Call& call, structure::Direction direction) noexcept {
    if (call.args.size() > 4) return refuse_count(call);
    const bool shows_score = call.args.size() == 4;
    if (shows_score && !is_word(call.args[3], "WITHSCORE")) {
      return call.reply_error(resp::Error::kSyntax);
    }
    return read_collection<Kind>(call, *call.lookup, [&](const auto& set) {
      const Element member(call.args[2]);
      auto rank = set.rank(member);
      if (!rank) return shows_score ? call.reply_null_array() : call.reply_null();
      if (direction == structure::Direction::kBackward) rank = set.size() - 1 - *rank;
      if (!shows_score) return call.reply_count(*rank);
      (void)call.reply_array_head(2);
      (void)call.reply_count(*rank);
      return reply_score(call, set.score(member));
    });
  }

  static RespOutcome reply_score(Call& call, std::optional<double> score) noexcept {
    if (!score) return call.reply_null();
    return call.reply([&](char* to) { return compose_score(to, call.client.version, *score); });
  }
};

}  // namespace pelikan
