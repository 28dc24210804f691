#include "service/resp/set_options.h"

#include "protocol/resp/numbers.h"

namespace pelikan {
namespace {

using Condition = RespSetOptions::Condition;
using Words = std::span<const std::string_view>;

// Reads a lifetime's option at words[at]; false: it is none, or not the only one.
bool read_time(Words words, size_t& at, RespSetOptions& options) noexcept {
  const auto unit = time_unit(words[at]);
  if (!unit || options.has_lifetime() || at + 1 == words.size()) return false;
  options.unit = unit;
  options.time = words[++at];
  return true;
}

bool read_condition(Words words, size_t& at, RespSetOptions& options) noexcept {
  Condition condition = Condition::kNone;
  if (is_word(words[at], "NX")) condition = Condition::kMissing;
  if (is_word(words[at], "XX")) condition = Condition::kExisting;
  if (is_word(words[at], "IFEQ") && at + 1 < words.size()) condition = Condition::kEqual;
  if (condition == Condition::kNone) return false;
  if (options.condition != Condition::kNone && options.condition != condition) return false;
  options.condition = condition;
  if (condition == Condition::kEqual) options.equal = words[++at];
  return true;
}

}  // namespace

std::optional<RespSetOptions> read_set_options(Words words) noexcept {
  RespSetOptions options;
  for (size_t at = 0; at < words.size(); ++at) {
    if (read_condition(words, at, options) || read_time(words, at, options)) continue;
    if (is_word(words[at], "GET")) {
      options.returns_old = true;
    } else if (is_word(words[at], "KEEPTTL") && !options.unit) {
      options.keeps_expiry = true;
    } else {
      return std::nullopt;
    }
  }
  return options;
}

std::optional<RespSetOptions> read_getex_options(Words words) noexcept {
  RespSetOptions options;
  for (size_t at = 0; at < words.size(); ++at) {
    if (read_time(words, at, options)) continue;
    if (!is_word(words[at], "PERSIST") || options.unit) return std::nullopt;
    options.persists = true;
  }
  return options;
}

std::optional<RespOutcome> read_lifetime(RespCall& call, std::string_view time, RespTimeUnit unit,
                                         Expiry& expiry) noexcept {
  const auto number = resp::parse_integer(time);
  if (!number) return call.reply_error(resp::Error::kNotInteger);
  const auto at = *number > 0 ? expiry_at(call, *number, unit) : std::nullopt;
  if (!at) return refuse_time(call);
  expiry = *at;
  return std::nullopt;
}

}  // namespace pelikan
