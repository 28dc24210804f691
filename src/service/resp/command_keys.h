// Which arguments of a request are keys.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "protocol/resp/command.h"
#include "protocol/resp/numbers.h"

namespace pelikan {

// Empty: the arguments themselves say how many there are, and not rightly.
// REQUIRES: spec.takes(args.size())
[[nodiscard]] inline std::optional<std::vector<std::string_view>> keys_of(
    const resp::CommandSpec& spec, std::span<const std::string_view> args) {
  std::vector<std::string_view> keys;
  if (spec.has(resp::flag::kMovableKeys)) {  // EVAL script numkeys [key ...]
    const auto count = resp::parse_integer(args[2]);
    if (!count || *count < 0 || static_cast<size_t>(*count) > args.size() - 3) return std::nullopt;
    keys.assign(args.begin() + 3, args.begin() + 3 + *count);
    return keys;
  }
  if (spec.keys.first == 0) return keys;
  const auto first = static_cast<size_t>(spec.keys.first);
  const auto step = static_cast<size_t>(spec.keys.step);
  const size_t last = spec.keys.last < 0 ? args.size() - static_cast<size_t>(-spec.keys.last)
                                         : static_cast<size_t>(spec.keys.last);
  for (size_t at = first; at <= last; at += step) keys.push_back(args[at]);
  return keys;
}

}  // namespace pelikan
