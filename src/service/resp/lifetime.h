// Times of the Redis protocol: seconds or milliseconds, from now or since 1970, as a store's Expiry
// and back.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

#include "service/resp/call.h"
#include "service/resp/words.h"
#include "storage/store.h"

namespace pelikan {

// In what a time is told.
struct RespTimeUnit {
  int64_t ms = 1;
  bool is_absolute = false;
};

// The option of SET and GETEX that says how the time behind it is told.
[[nodiscard]] inline std::optional<RespTimeUnit> time_unit(std::string_view word) noexcept {
  if (is_word(word, "EX")) return RespTimeUnit{1000, false};
  if (is_word(word, "PX")) return RespTimeUnit{1, false};
  if (is_word(word, "EXAT")) return RespTimeUnit{1000, true};
  if (is_word(word, "PXAT")) return RespTimeUnit{1, true};
  return std::nullopt;
}

// Empty: it cannot be counted. What has passed already is an Expiry that has.
[[nodiscard]] inline std::optional<Expiry> expiry_at(const RespCall& call, int64_t number,
                                                     RespTimeUnit unit) noexcept {
  constexpr int64_t kMin = std::numeric_limits<int64_t>::min();
  constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
  const int64_t unix_ms = call.unix_ms();
  if (number > kMax / unit.ms || number < kMin / unit.ms) return std::nullopt;
  int64_t at_ms = number * unit.ms;
  if (!unit.is_absolute) {
    if (at_ms > kMax - unix_ms) return std::nullopt;
    at_ms += unix_ms;
  }
  const int64_t now_ms = call.clock().now_ms();
  return at_ms <= unix_ms ? Expiry{now_ms} : Expiry{now_ms + (at_ms - unix_ms)};
}

// Milliseconds that an item has left. REQUIRES: it expires
[[nodiscard]] inline int64_t left_ms(const RespCall& call, Expiry expiry) noexcept {
  return expiry.at_ms - call.clock().now_ms();
}

// The error of a time that is no good: "ERR invalid expire time in 'set' command".
inline RespOutcome refuse_time(RespCall& call) noexcept {
  constexpr std::string_view kHead = "ERR invalid expire time in '";
  constexpr std::string_view kTail = "' command";
  char text[128];
  char* end = copy_exact(text, kHead);
  end = copy_exact(end, call.spec->fullname);
  end = copy_exact(end, kTail);
  return call.reply_error(std::string_view(text, static_cast<size_t>(end - text)));
}

}  // namespace pelikan
