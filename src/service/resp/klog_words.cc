#include "service/resp/klog_words.h"

#include <algorithm>

#include "base/bytes.h"
#include "log/klog_code.h"
#include "protocol/resp/numbers.h"
#include "service/resp/lifetime.h"
#include "service/resp/set_options.h"

namespace pelikan {
namespace {

using Args = std::span<const std::string_view>;
using resp::Command;

// Seconds from now up to 30 days, else a point in time; below 0: it has passed.
int64_t expiry_in_words(const RespCall& call, std::string_view time, RespTimeUnit unit) noexcept {
  constexpr int64_t kMostRelative = 30 * 24 * 3600;
  const auto number = resp::parse_integer(time);
  const auto expiry = number ? expiry_at(call, *number, unit) : std::nullopt;
  if (!expiry) return 0;
  const int64_t ms = left_ms(call, *expiry);
  if (ms <= 0) return -1;
  const int64_t seconds = (ms + 999) / 1000;
  return seconds <= kMostRelative ? seconds : call.unix_ms() / 1000 + seconds;
}

// SET and GETEX with options.
void read_options(const RespCall& call, const std::optional<RespSetOptions>& options,
                  RespKlogWords& words) noexcept {
  if (!options) return;
  if (options->unit) words.expiry = expiry_in_words(call, options->time, *options->unit);
  if (options->condition == RespSetOptions::Condition::kMissing) words.name = "add";
  if (options->condition == RespSetOptions::Condition::kExisting) words.name = "replace";
  if (options->condition == RespSetOptions::Condition::kEqual) words.name = {};
}

RespKlogWords number_words(std::string_view text, bool is_minus) noexcept {
  const int64_t number = resp::parse_integer(text).value_or(0);
  const bool is_down = (number < 0) != is_minus;
  const auto magnitude = static_cast<uint64_t>(number);
  return {.name = is_down ? "decr" : "incr", .delta = number < 0 ? 0 - magnitude : magnitude};
}

RespKlogWords set_words(const RespCall& call, Args args) noexcept {
  RespKlogWords words{.name = "set", .value = 1};
  if (args.size() > 3) read_options(call, read_set_options(args.subspan(3)), words);
  return words;
}

RespKlogWords getex_words(const RespCall& call, Args args) noexcept {
  const auto options = read_getex_options(args.subspan(2));
  const bool changes = options && options->has_lifetime();
  RespKlogWords words{.name = changes ? "gat" : "get"};
  read_options(call, options, words);
  return words;
}

RespKlogWords timed_words(const RespCall& call, std::string_view name, std::string_view time,
                          RespTimeUnit unit, size_t value = 0) noexcept {
  return {.name = name, .value = value, .expiry = expiry_in_words(call, time, unit)};
}

KlogCode code_of(std::string_view name, const RespKlogResult& result) noexcept {
  const bool was_found = result.size_before.has_value();
  if (result.has_failed) return KlogCode::kServerError;
  if (result.is_refused) return KlogCode::kClientError;
  if (name == "get" || name == "gat") return was_found ? KlogCode::kValue : KlogCode::kMiss;
  if (name == "delete") return was_found ? KlogCode::kDeleted : KlogCode::kNotFound;
  if (name == "touch") return was_found ? KlogCode::kTouched : KlogCode::kNotFound;
  if (name == "incr" || name == "decr") return KlogCode::kNumber;
  if (name == "add" && was_found) return KlogCode::kNotStored;
  if (name == "replace" && !was_found) return KlogCode::kNotStored;
  return KlogCode::kStored;
}

// Of a value that was found: as memcached's reply with it, from VALUE to the line end behind it.
size_t value_reply_bytes(size_t key, size_t value) noexcept {
  constexpr size_t kAround = std::string_view("VALUE  0 \r\n\r\n").size();
  return kAround + key + Decimal(value).text().size() + value;
}

template <class Number>
void put_argument(KlogLine& line, Number number) noexcept {
  line.put(' ');
  line.put_number(number);
}

}  // namespace

RespKlogWords klog_words(const RespCall& call, const resp::CommandSpec* spec, Args args) noexcept {
  if (spec == nullptr || !spec->takes(args.size())) return {};
  if (std::any_of(args.begin(), args.end(), resp::is_too_long)) return {};
  switch (spec->id) {
    case Command::kGet:
      return {.name = "get"};
    case Command::kMget:
      return {.name = "get", .step = 1};
    case Command::kGetex:
      return getex_words(call, args);
    case Command::kSet:
      return set_words(call, args);
    case Command::kGetset:
      return {.name = "set", .value = 1};
    case Command::kMset:
      return {.name = "set", .step = 2, .value = 1};
    case Command::kSetex:
      return timed_words(call, "set", args[2], {1000, false}, 2);
    case Command::kPsetex:
      return timed_words(call, "set", args[2], {1, false}, 2);
    case Command::kSetnx:
      return {.name = "add", .value = 1};
    case Command::kAppend:
      return {.name = "append", .value = 1};
    case Command::kDel:
    case Command::kUnlink:
      return {.name = "delete", .step = 1};
    case Command::kGetdel:
      return {.name = "delete"};
    case Command::kIncr:
      return number_words("1", false);
    case Command::kDecr:
      return number_words("1", true);
    case Command::kIncrby:
      return number_words(args[2], false);
    case Command::kDecrby:
      return number_words(args[2], true);
    case Command::kExpire:
      return timed_words(call, "touch", args[2], {1000, false});
    case Command::kPexpire:
      return timed_words(call, "touch", args[2], {1, false});
    case Command::kExpireat:
      return timed_words(call, "touch", args[2], {1000, true});
    case Command::kPexpireat:
      return timed_words(call, "touch", args[2], {1, true});
    case Command::kPersist:
      return {.name = "touch"};
    default:
      return {};
  }
}

void log_line(RespCall& call, const RespKlogWords& words, Args args, size_t at,
              const RespKlogResult& result) noexcept {
  KlogLine line = call.worker.klog.begin(call.client.peer);
  line.put(words.name);
  line.put(' ');
  line.put_escaped(args[at]);
  if (words.value != 0) {
    put_argument(line, 0);
    put_argument(line, words.expiry);
    put_argument(line, at + words.value < args.size() ? args[at + words.value].size() : 0);
  } else if (words.name == "incr" || words.name == "decr") {
    put_argument(line, words.delta);
  } else if (words.name == "touch" || words.name == "gat") {
    put_argument(line, words.expiry);
  }
  const KlogCode code = code_of(words.name, result);
  size_t bytes = result.written;
  if (code == KlogCode::kValue) bytes = value_reply_bytes(args[at].size(), *result.size_before);
  if (code == KlogCode::kMiss) bytes = 0;
  call.worker.klog.end(line, static_cast<unsigned>(code), bytes);
}

}  // namespace pelikan
