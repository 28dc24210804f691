// Commands that take elements from one of several lists: LMOVE, RPOPLPUSH and LMPOP. They hold the
// locks of all their keys.
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string_view>

#include "service/resp/collection.h"
#include "service/resp/element_reply.h"
#include "service/resp/handler_table.h"
#include "service/resp/key_group.h"
#include "service/resp/list_walk.h"
#include "service/resp/list_words.h"

namespace pelikan {

template <class Store>
class RespListMoves {
 public:
  using Call = RespStoreCall<Store>;

  static constexpr void enter(RespStoreHandlers<Store>& handlers) {
    using resp::Command;
    handlers[Command::kLmove] = lmove;
    handlers[Command::kRpoplpush] = [](Call& call) noexcept {
      return move(call, {.from = RespListEnd::kRight, .to = RespListEnd::kLeft});
    };
    handlers[Command::kLmpop] = lmpop;
  }

 private:
  struct Ends {
    RespListEnd from;
    RespListEnd to;
  };

  static RespOutcome lmove(Call& call) noexcept {
    const auto from = list_end(call.args[3]);
    const auto to = list_end(call.args[4]);
    if (!from || !to) return call.reply_error(resp::Error::kSyntax);
    return move(call, {*from, *to});
  }

  static RespOutcome move(Call& call, Ends ends) noexcept {
    const RespKeyLocks::Hold lock = hold_keys(call, call.args.subspan(1, 2));
    if (!lock) return RespOutcome::kNextRound;
    return call.args[1] == call.args[2] ? rotate(call, ends) : move_between(call, ends);
  }

  // The element at an end of the list, from which it goes to the other list.
  template <class List>
  static structure::Cell cell_at(const List& list, RespListEnd end) noexcept {
    return list.at(end == RespListEnd::kLeft ? 0 : list.size() - 1);
  }

  // Both ends are one list's.
  static RespOutcome rotate(Call& call, Ends ends) noexcept {
    RespElementReply reply(call);
    bool found = false;
    const auto refused =
        change_locked_collection<RespListKind>(call, *call.lookup, {}, [&](auto& list) {
          reply.clear();
          found = list.size() != 0;
          if (!found) return Changed::kNo;
          const std::string_view element = reply.show_element(cell_at(readable(list), ends.from));
          if (ends.from == ends.to) return Changed::kNo;
          push_element(list, ends.to, structure::Element(element));
          drop_elements(list, ends.from, 1);
          return Changed::kYes;
        });
    if (refused) return *refused;
    return found ? reply.send() : call.reply_null();
  }

  // First the element is put where it goes to, then it is dropped where it comes from: nothing is
  // lost when memory runs out between the two. Then the list it comes from is given up whole: if
  // the locks were let go to wait for room, others could take the element from both.
  static RespOutcome move_between(Call& call, Ends ends) noexcept {
    RespElementReply reply(call);
    std::optional<structure::Element> moved;
    const auto missing = look(call, ends.from, reply, moved);
    if (missing) return *missing;
    if (const auto refused = put(call, ends.to, *moved)) return *refused;
    // The list may have been deleted or replaced meanwhile, which takes no lock: after the move.
    const auto refused =
        change_locked_collection<RespListKind>(call, *call.lookup, {}, [&](auto& list) {
          const bool is_there =
              list.size() != 0 && moved->is_in(cell_at(readable(list), ends.from));
          if (is_there) drop_elements(list, ends.from, 1);
          return is_there ? Changed::kYes : Changed::kNo;
        });
    if (refused == RespOutcome::kNoMemory) {
      (void)store_nothing(call, *call.lookup, call.store.peek(*call.lookup));
      return reply.send();
    }
    return refused ? *refused : reply.send();
  }

  // Composes the element that is moved. Not empty: the outcome, for there is none.
  static std::optional<RespOutcome> look(Call& call, RespListEnd end, RespElementReply& reply,
                                         std::optional<structure::Element>& moved) noexcept {
    const auto refused =
        change_locked_collection<RespListKind>(call, *call.lookup, {}, [&](auto& list) {
          reply.clear();
          moved.reset();
          if (list.size() != 0) {
            moved.emplace(reply.show_element(cell_at(readable(list), end)));
          }
          return Changed::kNo;
        });
    if (refused || moved) return refused;
    return call.reply_null();
  }

  static std::optional<RespOutcome> put(Call& call, RespListEnd end,
                                        const structure::Element& element) noexcept {
    const RespGrowth growth{.rows = 1, .bytes = element.size(), .longest = element.size()};
    return change_locked_collection<RespListKind>(call, call.prepared(call.args[2]), growth,
                                                  [&](auto& list) {
                                                    push_element(list, end, element);
                                                    return Changed::kYes;
                                                  });
  }

  static RespOutcome lmpop(Call& call) noexcept {
    RespListPops pops;
    if (const auto refusal = pops.read(call)) return *refusal;
    const auto keys = call.args.subspan(2, pops.keys);
    const RespKeyLocks::Hold lock = hold_keys(call, keys);
    if (!lock) return RespOutcome::kNextRound;
    RespElementReply reply(call);
    for (const std::string_view key : keys) {
      if (const auto refused = pop(call, key, pops, reply)) return *refused;
      if (reply.size() != 0) return reply.send();
    }
    return call.reply_null_array();
  }

  // Composes the reply if there is such a list.
  static std::optional<RespOutcome> pop(Call& call, std::string_view key, const RespListPops& pops,
                                        RespElementReply& reply) noexcept {
    return change_locked_collection<RespListKind>(call, call.prepared(key), {}, [&](auto& list) {
      reply.clear();
      const size_t count = std::min(pops.count, list.size());
      if (count == 0) return Changed::kNo;
      reply.array(2).bulk(key).array(count);
      pop_elements(list, pops.end, count, reply);
      return Changed::kYes;
    });
  }
};

}  // namespace pelikan
