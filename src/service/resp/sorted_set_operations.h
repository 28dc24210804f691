// Commands that put several sorted sets together, of which some may be sets, and ZRANGESTORE. As
// set_operations.h says of sets, they hold the locks of all keys, and go through large ones in
// rounds.
#pragma once

#include <cstddef>
#include <new>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>

#include "service/resp/call.h"
#include "service/resp/collection.h"
#include "service/resp/copy_collection.h"
#include "service/resp/element_reply.h"
#include "service/resp/handler_table.h"
#include "service/resp/key_group.h"
#include "service/resp/member_look.h"
#include "service/resp/set_algebra.h"
#include "service/resp/set_rounds.h"
#include "service/resp/set_source.h"
#include "service/resp/sorted_set_options.h"
#include "service/resp/store_result.h"

namespace pelikan {

template <class Store>
class RespSortedSetOperations {
 public:
  using Call = RespStoreCall<Store>;
  using Kind = RespSortedSetKind;
  using Operation = RespSetOperation;

  static constexpr void enter(RespStoreHandlers<Store>& handlers) {
    using resp::Command;
    handlers[Command::kZunion] = show<Operation::kUnion>;
    handlers[Command::kZinter] = show<Operation::kIntersection>;
    handlers[Command::kZdiff] = show<Operation::kDifference>;
    handlers[Command::kZunionstore] = store<Operation::kUnion>;
    handlers[Command::kZinterstore] = store<Operation::kIntersection>;
    handlers[Command::kZdiffstore] = store<Operation::kDifference>;
    handlers[Command::kZintercard] = zintercard;
    handlers[Command::kZrangestore] = zrangestore;
  }

 private:
  using Keys = std::span<const std::string_view>;
  using Direction = structure::Direction;

  using Held = RespHeldSources<Store>;

  // Reads what is under the keys, whose number is args[at], then runs run(Held, words behind).
  template <class Run>
  static RespOutcome with_sets(Call& call, size_t at, std::optional<std::string_view> destination,
                               Run&& run) noexcept {
    Keys keys;
    if (const auto refusal = read_source_keys(call, at, keys)) return *refusal;
    const Keys words = call.args.subspan(at + 1 + keys.size());
    return with_sources(call, keys, destination, RespSourceKinds::kSetsAndSortedSets,
                        [&](Held held) { return run(std::move(held), words); });
  }

  // Reads the options, then puts the sets together to make(join, shows_scores).
  template <Operation kOperation, class Make>
  static RespOutcome join(Call& call, Held held, Keys words, bool may_show_scores, Make&& make) {
    RespCombineOptions options{.may_weigh = kOperation != Operation::kDifference,
                               .may_show_scores = may_show_scores};
    if (const auto refusal = options.read(call, words, held.sources)) return *refusal;
    if (kOperation != Operation::kDifference) sort_by_size(held.sources);
    return begin_errand(call, put_together(&call, std::move(held), kOperation,
                                           make(RespScoreJoin{kOperation, options.aggregate},
                                                options.shows_scores)));
  }

  template <Operation kOperation>
  static RespOutcome show(Call& call) noexcept {
    return with_sets(call, 1, {}, [&](Held held, Keys words) {
      return join<kOperation>(call, std::move(held), words, true,
                              [&](RespScoreJoin scores, bool shows_scores) {
                                return RespShown<Kind, Store, RespScoreJoin>(
                                    call, scores, RespMemberLook::with_scores(call, shows_scores));
                              });
    });
  }

  template <Operation kOperation>
  static RespOutcome store(Call& call) noexcept {
    return with_sets(call, 2, call.args[1], [&](Held held, Keys words) {
      return join<kOperation>(call, std::move(held), words, false, [&](RespScoreJoin scores, bool) {
        return RespStored<Kind, Store, RespScoreJoin>(call, scores);
      });
    });
  }

  static RespOutcome zintercard(Call& call) noexcept {
    return with_sets(call, 1, {}, [&](Held held, Keys words) {
      size_t limit = 0;
      if (const auto refusal = read_limit(call, words, limit)) return *refusal;
      return count_common(call, std::move(held), limit);
    });
  }

  static RespOutcome zrangestore(Call& call) noexcept {
    RespRangeOptions options{.may_show_scores = false};
    if (const auto refusal = options.read(call, 3)) return *refusal;
    RespKeyLocks::Hold locks = hold_keys(call, call.args.subspan(1, 2));
    if (!locks) return RespOutcome::kNextRound;
    const auto item = call.get(call.prepared(call.args[2]));
    const auto read = [&](const auto& set) noexcept {
      return store_range(call, set, item, std::move(locks), options);
    };
    return read_item<Kind>(call, item, read);
  }
  template <class SortedSet, class Item>
  static RespOutcome store_range(Call& call, const SortedSet& set, const std::optional<Item>& item,
                                 RespKeyLocks::Hold locks, const RespRangeOptions& options) noexcept
      try {
    RespMade<Kind, Store> made(call);
    RespRowWalk walk = options.in(set).walk(Direction::kForward);
    if constexpr (std::is_same_v<SortedSet, structure::BigSortedSet>) {
      RespPin<Store> pin(call.store, *item->handled());
      if (!pin) return RespOutcome::kAgain;
      RespKept<Store> kept{std::move(pin), std::move(locks)};
      const RespOutcome outcome = begin_errand(
          call, copy_rows<Kind>(&call, std::move(kept), &set, walk, std::move(made), RangeEnd{}));
      if (outcome == RespOutcome::kNextRound) call.count_key(true);
      return outcome;
    } else {
      walk.step(set, walk.left(), [&](const auto& row) { put_member(made.data(), row); });
      RangeEnd end;
      return end.reply(call, end.store(call, made));
    }
  } catch (const std::bad_alloc&) {
    return refuse_for_memory(call);
  }
  struct RangeEnd {
    size_t size = 0;

    PutStatus store(Call& call, RespMade<Kind, Store>& made) {
      size = made.data().size();
      return store_result(call, *call.lookup, made);
    }
    RespOutcome reply(Call& call, PutStatus status) const noexcept {
      if (status != PutStatus::kStored) return refuse_write(call, *call.lookup, status);
      return call.reply_count(size);
    }
  };
};

}  // namespace pelikan
