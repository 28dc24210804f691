// INCR, DECR and their kin: strings that are numbers.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

#include "protocol/resp/numbers.h"
#include "service/resp/call.h"
#include "service/resp/handler_table.h"
#include "service/resp/write.h"

namespace pelikan {

template <class Store>
class RespArithmetic {
 public:
  using Call = RespStoreCall<Store>;

  static constexpr void enter(RespStoreHandlers<Store>& handlers) {
    using resp::Command;
    handlers[Command::kIncr] = [](Call& call) noexcept { return add(call, 1); };
    handlers[Command::kDecr] = [](Call& call) noexcept { return add(call, -1); };
    handlers[Command::kIncrby] = incrby;
    handlers[Command::kDecrby] = decrby;
    handlers[Command::kIncrbyfloat] = incrbyfloat;
  }

 private:
  static RespOutcome incrby(Call& call) noexcept {
    const auto delta = resp::parse_integer(call.args[2]);
    return delta ? add(call, *delta) : call.reply_error(resp::Error::kNotInteger);
  }

  static RespOutcome decrby(Call& call) noexcept {
    const auto delta = resp::parse_integer(call.args[2]);
    if (!delta) return call.reply_error(resp::Error::kNotInteger);
    if (*delta == std::numeric_limits<int64_t>::min()) {
      return call.reply_error(resp::Error::kDecrementOverflow);
    }
    return add(call, -*delta);
  }

  static RespOutcome add(Call& call, int64_t delta) noexcept {
    for (;;) {
      const auto old = call.get(*call.lookup);
      if (is_collection(old)) return call.reply_error(resp::Error::kWrongType);
      int64_t number = 0;
      if (old) {
        char buffer[resp::kMaxInteger];
        const auto text = short_value(*old, buffer);
        const auto parsed = text ? resp::parse_integer(*text) : std::nullopt;
        if (!parsed) return call.reply_error(resp::Error::kNotInteger);
        number = *parsed;
      }
      if (__builtin_add_overflow(number, delta, &number)) {
        return call.reply_error(resp::Error::kOverflow);
      }
      char digits[resp::kMaxInteger];
      const char* end = resp::write_integer(digits, number);
      const PutStatus status = replace(call, old, digits, end);
      if (is_beaten(status)) continue;
      if (status != PutStatus::kStored) return refuse_write(call, *call.lookup, status);
      return call.reply_integer(number);
    }
  }

  static RespOutcome incrbyfloat(Call& call) noexcept {
    for (;;) {
      const auto old = call.get(*call.lookup);
      if (is_collection(old)) return call.reply_error(resp::Error::kWrongType);
      char buffer[resp::kMaxLongDouble];
      const auto text = old ? short_value(*old, buffer) : std::string_view("0");
      const auto number = text ? resp::parse_long_double(*text) : std::nullopt;
      const auto delta = resp::parse_long_double(call.args[2]);
      if (!number || !delta) return call.reply_error(resp::Error::kNotFloat);
      const long double sum = *number + *delta;
      if (!std::isfinite(sum)) return call.reply_error(resp::Error::kNanOrInfinity);
      const char* end = resp::write_long_double(buffer, sum);
      const std::string_view digits(buffer, static_cast<size_t>(end - buffer));
      if (const RespOutcome room = call.room_for_bulk(digits); room != RespOutcome::kDone) {
        return room;
      }
      const PutStatus status = replace(call, old, buffer, end);
      if (is_beaten(status)) continue;
      if (status != PutStatus::kStored) return refuse_write(call, *call.lookup, status);
      return call.reply_bulk(digits);
    }
  }

  template <class Old>
  static PutStatus replace(Call& call, const Old& old, const char* begin,
                           const char* end) noexcept {
    const std::string_view bytes(begin, static_cast<size_t>(end - begin));
    return write_bytes(call, bytes, {}, in_place_keeping_expiry(old)).status;
  }
};

}  // namespace pelikan
