// Commands on a list: at its ends, at a place, and over parts of it. Those on several lists:
// list_moves.h.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "protocol/resp/numbers.h"
#include "service/resp/collection.h"
#include "service/resp/collection_rows.h"
#include "service/resp/element_reply.h"
#include "service/resp/handler_table.h"
#include "service/resp/list_walk.h"
#include "service/resp/list_words.h"
#include "service/resp/named_elements.h"
#include "service/resp/words.h"

namespace pelikan {

template <class Store>
class RespLists {
 public:
  using Call = RespStoreCall<Store>;

  static constexpr void enter(RespStoreHandlers<Store>& handlers) {
    using resp::Command;
    handlers[Command::kLpush] = [](Call& call) noexcept { return push(call, End::kLeft); };
    handlers[Command::kRpush] = [](Call& call) noexcept { return push(call, End::kRight); };
    handlers[Command::kLpushx] = [](Call& call) noexcept { return pushx(call, End::kLeft); };
    handlers[Command::kRpushx] = [](Call& call) noexcept { return pushx(call, End::kRight); };
    handlers[Command::kLpop] = [](Call& call) noexcept { return pop(call, End::kLeft); };
    handlers[Command::kRpop] = [](Call& call) noexcept { return pop(call, End::kRight); };
    handlers[Command::kLlen] = reply_size<RespListKind>;
    handlers[Command::kLrange] = lrange;
    handlers[Command::kLindex] = lindex;
    handlers[Command::kLset] = lset;
    handlers[Command::kLinsert] = linsert;
    handlers[Command::kLrem] = lrem;
    handlers[Command::kLtrim] = ltrim;
    handlers[Command::kLpos] = lpos;
  }

 private:
  using End = RespListEnd;
  using Element = structure::Element;
  using Cell = structure::Cell;
  using Direction = structure::Direction;

  // change(list) -> Changed. Not empty: the outcome of a refusal.
  template <class Change>
  static std::optional<RespOutcome> change_list(Call& call, RespGrowth growth,
                                                Change&& change) noexcept {
    return change_collection<RespListKind>(call, *call.lookup, growth, change);
  }
  template <class Read>
  static RespOutcome read_list(Call& call, Read&& read) noexcept {
    return read_collection<RespListKind>(call, *call.lookup, read);
  }

  // ---- at the ends ----

  template <class List>
  static size_t push_all(Call& call, List& list, End end) {
    for (const std::string_view element : call.args.subspan(2)) {
      push_element(list, end, Element(element));
    }
    return list.size();
  }

  static RespOutcome push(Call& call, End end) noexcept {
    size_t size = 0;
    const auto refused = change_list(call, growth_of(call.args.subspan(2)), [&](auto& list) {
      size = push_all(call, list, end);
      return Changed::kYes;
    });
    return refused ? *refused : call.reply_count(size);
  }

  // Only if there is a list.
  static RespOutcome pushx(Call& call, End end) noexcept {
    size_t size = 0;
    const auto refused = change_list(call, growth_of(call.args.subspan(2)), [&](auto& list) {
      size = list.size();
      if (size == 0) return Changed::kNo;
      size = push_all(call, list, end);
      return Changed::kYes;
    });
    return refused ? *refused : call.reply_count(size);
  }

  static RespOutcome pop(Call& call, End end) noexcept {
    std::optional<size_t> count;
    if (const auto refusal = read_pop_count(call, count)) return *refusal;
    bool found = false;
    RespElementReply reply(call);
    const auto refused = change_list(call, {}, [&](auto& list) {
      found = list.size() != 0;
      const size_t popped = std::min(count.value_or(1), list.size());
      reply.clear();
      if (count) reply.array(popped);
      if (popped == 0) return Changed::kNo;
      pop_elements(list, end, popped, reply);
      return Changed::kYes;
    });
    if (refused) return *refused;
    if (!found) return count ? call.reply_null_array() : call.reply_null();
    return reply.send();
  }

  // ---- at a place ----

  static RespOutcome lindex(Call& call) noexcept {
    return read_list(call, [&](const auto& list) {
      if (list.size() == 0) return call.reply_null();  // whatever the index
      const auto index = resp::parse_integer(call.args[2]);
      if (!index) return call.reply_error(resp::Error::kNotInteger);
      const auto place = list_place(*index, list.size());
      if (!place) return call.reply_null();
      const structure::Text text = list.at(*place).text();
      return call.reply_bulk(text.view());
    });
  }

  static RespOutcome lset(Call& call) noexcept {
    std::string_view error;
    const auto index = resp::parse_integer(call.args[2]);
    const RespGrowth growth = growth_of(call.args.subspan(3));
    const auto refused = change_list(call, growth, [&](auto& list) {
      error = {};
      const auto place = index ? list_place(*index, list.size()) : std::nullopt;
      if (list.size() == 0) {
        error = resp::error_text(resp::Error::kNoSuchKey);
      } else if (!index) {
        error = resp::error_text(resp::Error::kNotInteger);
      } else if (!place) {
        error = "ERR index out of range";
      } else {
        list.set(*place, Element(call.args[3]));
      }
      return error.empty() ? Changed::kYes : Changed::kNo;
    });
    if (refused) return *refused;
    return error.empty() ? call.reply_ok() : call.reply_error(error);
  }

  static RespOutcome linsert(Call& call) noexcept {
    const bool is_behind = is_word(call.args[2], "AFTER");
    if (!is_behind && !is_word(call.args[2], "BEFORE")) {
      return call.reply_error(resp::Error::kSyntax);
    }
    int64_t size = 0;
    const RespGrowth growth = growth_of(call.args.subspan(4));
    const auto refused = change_list(call, growth, [&](auto& list) {
      const auto pivot = find_element(readable(list), Element(call.args[3]));
      size = list.size() == 0 ? 0 : -1;
      if (!pivot) return Changed::kNo;
      list.insert(*pivot + (is_behind ? 1 : 0), Element(call.args[4]));
      size = static_cast<int64_t>(list.size());
      return Changed::kYes;
    });
    return refused ? *refused : call.reply_integer(size);
  }

  // ---- over parts ----

  static RespOutcome lrange(Call& call) noexcept {
    RespListRange range;
    if (const auto refusal = range.read(call)) return *refusal;
    return reply_rows<RespListKind>(
        call,
        [&](RespElementReply& reply, const auto& list) {
          const auto [begin, count] = range.of(list.size());
          reply.array(count);
          return RespRowWalk(begin, count, Direction::kForward);
        },
        [](RespElementReply& reply, const Cell& cell) { reply.element(cell); });
  }

  static RespOutcome ltrim(Call& call) noexcept {
    RespListRange range;
    if (const auto refusal = range.read(call)) return *refusal;
    const auto refused = change_list(call, {}, [&](auto& list) {
      const auto [begin, count] = range.of(list.size());
      if (count == list.size()) return Changed::kNo;
      drop_elements(list, End::kRight, list.size() - begin - count);
      drop_elements(list, End::kLeft, begin);
      return Changed::kYes;
    });
    return refused ? *refused : call.reply_ok();
  }

  // As many as are asked for, from the end if negative; zero: all of them.
  static RespOutcome lrem(Call& call) noexcept {
    const auto count = resp::parse_integer(call.args[2]);
    if (!count) return call.reply_error(resp::Error::kNotInteger);
    const auto direction = *count < 0 ? Direction::kBackward : Direction::kForward;
    const auto magnitude = static_cast<uint64_t>(*count);
    const uint64_t wanted = *count < 0 ? 0 - magnitude : magnitude;
    size_t removed = 0;
    const auto refused = change_list(call, {}, [&](auto& list) {
      removed = list.remove(Element(call.args[3]), wanted == 0 ? SIZE_MAX : wanted, direction);
      return removed == 0 ? Changed::kNo : Changed::kYes;
    });
    return refused ? *refused : call.reply_count(removed);
  }

  static RespOutcome lpos(Call& call) noexcept {
    RespPositionOptions options;
    if (const auto refusal = options.read(call)) return *refusal;
    return read_list(call, [&](const auto& list) {
      return options.count ? reply_places(call, list, options) : reply_place(call, list, options);
    });
  }

  template <class List>
  static RespOutcome reply_place(Call& call, const List& list,
                                 const RespPositionOptions& options) noexcept {
    std::optional<size_t> place;
    find_places(list, Element(call.args[2]), options, [&](size_t index) {
      place = index;
      return false;
    });
    return place ? call.reply_count(*place) : call.reply_null();
  }
  template <class List>
  static RespOutcome reply_places(Call& call, const List& list,
                                  const RespPositionOptions& options) noexcept {
    return reply_elements(call, [&](RespElementReply& reply) {
      size_t count = 0;
      find_places(list, Element(call.args[2]), options, [&](size_t index) {
        reply.integer(static_cast<int64_t>(index));
        return ++count < *options.count;
      });
      reply.put_behind_array(count);
    });
  }
};

}  // namespace pelikan
