// Commands that change hashes. A field that has expired is as if it were not there: a change takes
// away what has, before it does anything else.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "protocol/resp/numbers.h"
#include "service/resp/collection.h"
#include "service/resp/element_reply.h"
#include "service/resp/handler_table.h"
#include "service/resp/named_elements.h"

namespace pelikan {

// Runs change(hash) -> Changed as change_collection() does, for a hash whose fields are all live.
template <class Store, class Change>
[[nodiscard]] std::optional<RespOutcome> change_hash(RespStoreCall<Store>& call, RespGrowth growth,
                                                     Change&& change) noexcept {
  constexpr size_t kMostAtOnce = 1000;  // then others have their turn
  const int64_t now_ms = call.clock().now_ms();
  bool is_swept = true;
  const auto refused = change_collection<RespHashKind>(call, *call.lookup, growth, [&](auto& hash) {
    const size_t erased = hash.erase_expired(now_ms, kMostAtOnce);
    // What is left empty goes, and its key's expiry with it, before there is another hash.
    const bool is_gone = erased != 0 && hash.size() == 0;
    is_swept = erased < kMostAtOnce && !is_gone;
    if (!is_swept) return Changed::kYes;
    const Changed changed = change(hash);
    return erased == 0 ? changed : Changed::kYes;
  });
  if (!refused && !is_swept) return RespOutcome::kNextRound;
  return refused;
}

template <class Store>
class RespHashChanges {
 public:
  using Call = RespStoreCall<Store>;

  static constexpr void enter(RespStoreHandlers<Store>& handlers) {
    using resp::Command;
    handlers[Command::kHset] = hset;
    handlers[Command::kHmset] = hset;
    handlers[Command::kHsetnx] = hsetnx;
    handlers[Command::kHdel] = hdel;
    handlers[Command::kHincrby] = hincrby;
    handlers[Command::kHincrbyfloat] = hincrbyfloat;
  }

 private:
  using Element = structure::Element;

  static RespOutcome hset(Call& call) noexcept {
    const auto pairs = call.args.subspan(2);
    if (pairs.size() % 2 != 0) return refuse_count(call);
    size_t added = 0;
    const auto refused = change_hash(call, growth_of_pairs(pairs), [&](auto& hash) {
      added = 0;
      for (size_t at = 0; at < pairs.size(); at += 2) {
        if (hash.set(Element(pairs[at]), Element(pairs[at + 1]))) ++added;
      }
      return Changed::kYes;
    });
    if (refused) return *refused;
    return call.spec->id == resp::Command::kHmset ? call.reply_ok() : call.reply_count(added);
  }

  static RespOutcome hsetnx(Call& call) noexcept {
    bool is_new = false;
    const auto refused = change_hash(call, growth_of_pairs(call.args.subspan(2)), [&](auto& hash) {
      const Element name(call.args[2]);
      is_new = !hash.find(name);
      if (is_new) hash.set(name, Element(call.args[3]));
      return is_new ? Changed::kYes : Changed::kNo;
    });
    return refused ? *refused : call.reply_integer(is_new ? 1 : 0);
  }

  static RespOutcome hdel(Call& call) noexcept {
    size_t erased = 0;
    const auto refused = change_hash(call, {}, [&](auto& hash) {
      erased = erase_each(hash, call.args.subspan(2));
      return erased == 0 ? Changed::kNo : Changed::kYes;
    });
    return refused ? *refused : call.reply_count(erased);
  }

  // Another value for the field that is the command's argument: next(old value, or none) returns
  // the element, or the error that ends the command.
  template <class Next>
  static std::optional<RespOutcome> change_value(Call& call, Next&& next) noexcept {
    const RespGrowth growth{.rows = 1, .longest = call.args[2].size()};  // numbers are short
    std::optional<resp::Error> error;
    const auto refused = change_hash(call, growth, [&](auto& hash) {
      const Element name(call.args[2]);
      const auto field = hash.find(name);
      error.reset();
      const std::optional<Element> value =
          next(field ? std::optional(field->value) : std::nullopt, error);
      if (!value) return Changed::kNo;
      if (field) {
        hash.set_value(name, *value);
      } else {
        hash.set(name, *value);
      }
      return Changed::kYes;
    });
    if (refused) return *refused;
    if (error) return call.reply_error(*error);
    return std::nullopt;
  }

  static RespOutcome hincrby(Call& call) noexcept {
    const auto delta = resp::parse_integer(call.args[3]);
    if (!delta) return call.reply_error(resp::Error::kNotInteger);
    int64_t sum = 0;
    const auto refused = change_value(
        call, [&](const std::optional<structure::Cell>& old, std::optional<resp::Error>& error) {
          std::optional<Element> next;
          if (old && !old->is_number()) {
            error = resp::Error::kHashNotInteger;
          } else if (__builtin_add_overflow(old ? old->number() : 0, *delta, &sum)) {
            error = resp::Error::kOverflow;
          } else {
            next.emplace(sum);
          }
          return next;
        });
    return refused ? *refused : call.reply_integer(sum);
  }

  static RespOutcome hincrbyfloat(Call& call) noexcept {
    const auto delta = resp::parse_long_double(call.args[3]);
    if (!delta) return call.reply_error(resp::Error::kNotFloat);
    if (!std::isfinite(*delta)) return call.reply_error(resp::Error::kValueNotFinite);
    char digits[resp::kMaxLongDouble];
    RespElementReply reply(call);
    const auto refused = change_value(
        call, [&](const std::optional<structure::Cell>& old, std::optional<resp::Error>& error) {
          std::optional<Element> next;
          const auto number = old ? resp::parse_long_double(old->text().view()) : 0.0L;
          if (!number) {
            error = resp::Error::kHashNotFloat;
          } else if (!std::isfinite(*number + *delta)) {
            error = resp::Error::kNanOrInfinity;
          } else {
            const char* const end = resp::write_long_double(digits, *number + *delta);
            const std::string_view text(digits, static_cast<size_t>(end - digits));
            reply.clear();
            reply.bulk(text);
            next.emplace(text);
          }
          return next;
        });
    return refused ? *refused : reply.send();
  }
};

}  // namespace pelikan
