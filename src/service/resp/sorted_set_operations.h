// Commands that put several sorted sets together, of which some may be sets, and ZRANGESTORE. As
// set_operations.h says of sets, they are done in one go under the locks of all keys.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "service/resp/call.h"
#include "service/resp/collection.h"
#include "service/resp/element_reply.h"
#include "service/resp/handler_table.h"
#include "service/resp/key_group.h"
#include "service/resp/member_list.h"
#include "service/resp/set_algebra.h"
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

  // Reads what is under the keys, whose number is args[at], then runs run(sources, words behind).
  template <class Run>
  static RespOutcome with_sets(Call& call, size_t at, std::optional<std::string_view> destination,
                               Run&& run) noexcept {
    Keys keys;
    if (const auto refusal = read_source_keys(call, at, keys)) return *refusal;
    const Keys words = call.args.subspan(at + 1 + keys.size());
    return with_sources(call, keys, destination, RespSourceKinds::kSetsAndSortedSets,
                        [&](RespSources& sources) { return run(sources, words); });
  }

  template <Operation kOperation>
  static RespOutcome show(Call& call) noexcept {
    return with_sets(call, 1, {}, [&](RespSources& sources, Keys words) {
      RespCombineOptions options{.may_weigh = kOperation != Operation::kDifference};
      if (const auto refusal = options.read(call, words, sources)) return *refusal;
      structure::BigSortedSet result(call.worker.key_hash);
      put_together(kOperation, options.aggregate, sources, result);
      RespElementReply reply(call);
      const RespMemberList list(reply, result.size(),
                                RespMemberList::form_for(call, options.shows_scores));
      visit_members(result, list);
      return reply.send();
    });
  }

  template <Operation kOperation>
  static RespOutcome store(Call& call) noexcept {
    return with_sets(call, 2, call.args[1], [&](RespSources& sources, Keys words) {
      RespCombineOptions options{.may_weigh = kOperation != Operation::kDifference,
                                 .may_show_scores = false};
      if (const auto refusal = options.read(call, words, sources)) return *refusal;
      auto result = make_result<Kind>(call);
      put_together(kOperation, options.aggregate, sources, result->data());
      return reply_stored(call, std::move(result));
    });
  }

  static RespOutcome zintercard(Call& call) noexcept {
    return with_sets(call, 1, {}, [&](RespSources& sources, Keys words) {
      size_t limit = 0;
      if (const auto refusal = read_limit(call, words, limit)) return *refusal;
      return call.reply_count(count_common(sources, limit));
    });
  }

  static RespOutcome zrangestore(Call& call) noexcept {
    RespRangeOptions options{.may_show_scores = false};
    if (const auto refusal = options.read(call, 3)) return *refusal;
    const RespKeyLocks::Hold locks = hold_keys(call, call.args.subspan(1, 2));
    if (!locks) return RespOutcome::kNextRound;
    return read_locked_collection<Kind>(
        call, call.prepared(call.args[2]),
        [&](const auto& set) noexcept { return store_range(call, set, options); });
  }
  template <class SortedSet>
  static RespOutcome store_range(Call& call, const SortedSet& set,
                                 const RespRangeOptions& options) noexcept try {
    const RespRanks ranks = options.in(set);
    auto result = make_result<Kind>(call);
    if (ranks.count > 0) {
      set.visit_range(ranks.first, ranks.count, structure::Direction::kForward,
                      [&](const structure::Scored& each) { put_member(result->data(), each); });
    }
    return reply_stored(call, std::move(result));
  } catch (const std::bad_alloc&) {
    return refuse_for_memory(call);
  }

  static RespOutcome reply_stored(Call& call, std::unique_ptr<RespLarge<Kind>> result) {
    const size_t size = result->data().size();
    const auto refused = store_result(call, *call.lookup, std::move(result));
    return refused ? *refused : call.reply_count(size);
  }
};

}  // namespace pelikan
