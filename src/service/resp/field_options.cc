#include "service/resp/field_options.h"

#include <limits>

#include "protocol/resp/numbers.h"
#include "service/resp/refusal.h"
#include "service/resp/words.h"
#include "structure/packed_hash.h"

namespace pelikan {
namespace {

constexpr std::string_view kNoFieldsWord =
    "ERR Mandatory argument FIELDS is missing or not at the right position";

std::optional<RespOutcome> read_time(RespCall& call, std::string_view text, RespTimeUnit unit,
                                     int64_t& at_ms) noexcept {
  constexpr int64_t kMostUnixMs = (int64_t{1} << 46) - 1;  // as Redis
  const auto number = resp::parse_integer(text);
  if (!number) return call.reply_error(resp::Error::kNotInteger);
  if (*number < 0) return call.reply_error("ERR invalid expire time, must be >= 0");
  const int64_t base_ms = unit.is_absolute ? 0 : call.unix_ms();
  if (*number > (kMostUnixMs - base_ms) / unit.ms) return refuse_time(call);
  at_ms = *number * unit.ms + base_ms - call.unix_ms() + call.clock().now_ms();
  return std::nullopt;
}

}  // namespace

std::optional<RespOutcome> RespFieldNames::read(RespCall& call, size_t at,
                                                std::string_view count_error) noexcept {
  if (at + 1 >= call.args.size()) return refuse_count(call);
  if (!is_word(call.args[at], "FIELDS")) return call.reply_error(kNoFieldsWord);
  const auto count = resp::parse_integer(call.args[at + 1]);
  if (!count || *count < 1) return call.reply_error(count_error);
  names = call.args.subspan(at + 2);
  if (static_cast<uint64_t>(*count) != names.size()) {
    return call.reply_error("ERR The `numfields` parameter must match the number of arguments");
  }
  return std::nullopt;
}

std::optional<RespOutcome> RespHexpireOptions::read(RespCall& call, RespTimeUnit unit) noexcept {
  if (const auto refusal = read_time(call, call.args[2], unit, at_ms)) return refusal;
  const std::string_view word = call.args[3];
  terms.need_none = is_word(word, "NX");
  terms.need_some = is_word(word, "XX");
  terms.only_later = is_word(word, "GT");
  terms.only_sooner = is_word(word, "LT");
  const bool has_word = terms.need_none || terms.need_some || terms.only_later || terms.only_sooner;
  return fields.read(call, has_word ? 4 : 3, "ERR Parameter `numFields` should be greater than 0");
}

std::optional<RespOutcome> RespHgetexOptions::read(RespCall& call) noexcept {
  size_t at = 2;
  if (is_word(call.args[at], "PERSIST")) {
    at_ms = structure::kNoExpiry;
    at += 1;
  } else if (const auto unit = time_unit(call.args[at])) {
    if (const auto refusal = read_time(call, call.args[at + 1], *unit, at_ms.emplace())) {
      return refusal;
    }
    at += 2;
  }
  return fields.read(call, at);
}

std::optional<RespOutcome> RespHsetexOptions::read(RespCall& call) noexcept {
  for (size_t at = 2; at < call.args.size(); ++at) {
    if (is_word(call.args[at], "FIELDS")) return read_pairs(call, at);
    if (const auto refusal = read_option(call, at)) return refusal;
  }
  return call.reply_error(kNoFieldsWord);
}

std::optional<RespOutcome> RespHsetexOptions::read_option(RespCall& call, size_t& at) noexcept {
  const std::string_view word = call.args[at];
  if (is_word(word, "FNX")) return read_condition(call, Condition::kNoField);
  if (is_word(word, "FXX")) return read_condition(call, Condition::kAllFields);
  const auto unit = time_unit(word);
  if (!unit && !is_word(word, "KEEPTTL")) {
    return refuse_word(call, "ERR unknown argument: ", word);
  }
  if (at_ms || keeps_expiry) {
    return call.reply_error(
        "ERR Only one of EX, PX, EXAT, PXAT or KEEPTTL arguments can be specified");
  }
  keeps_expiry = !unit;
  if (!unit) return std::nullopt;
  if (++at == call.args.size()) return call.reply_error("ERR missing expire time");
  return read_time(call, call.args[at], *unit, at_ms.emplace());
}

std::optional<RespOutcome> RespHsetexOptions::read_condition(RespCall& call,
                                                             Condition wanted) noexcept {
  if (condition != Condition::kNone) {
    return call.reply_error("ERR Only one of FXX or FNX arguments can be specified");
  }
  condition = wanted;
  return std::nullopt;
}

std::optional<RespOutcome> RespHsetexOptions::read_pairs(RespCall& call, size_t at) noexcept {
  constexpr int64_t kMost = std::numeric_limits<int32_t>::max();
  if (at + 3 >= call.args.size()) return refuse_count(call);
  const auto count = resp::parse_integer(call.args[at + 1]);
  if (!count || *count < 1 || *count > kMost) {
    return call.reply_error("ERR invalid number of fields");
  }
  pairs = call.args.subspan(at + 2);
  if (pairs.size() != 2 * static_cast<size_t>(*count)) return refuse_count(call);
  return std::nullopt;
}

}  // namespace pelikan
