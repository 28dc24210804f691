// Which arguments of a request are keys.
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "protocol/resp/command.h"
#include "protocol/resp/numbers.h"

namespace pelikan {

// Where the arguments say how many keys follow, of a command whose keys are movable: "script
// numkeys [key ...]".
[[nodiscard]] inline size_t place_of_numkeys(const resp::CommandSpec& spec) noexcept {
  const std::string_view before = spec.syntax.substr(0, spec.syntax.find("numkeys"));
  return 1 + static_cast<size_t>(std::ranges::count(before, ' '));
}

// Empty: the arguments themselves say how many there are, and not rightly.
// REQUIRES: spec.takes(args.size())
[[nodiscard]] inline std::optional<std::vector<std::string_view>> keys_of(
    const resp::CommandSpec& spec, std::span<const std::string_view> args) {
  std::vector<std::string_view> keys;
  if (spec.has(resp::flag::kMovableKeys)) {
    const auto rest = args.subspan(place_of_numkeys(spec));
    const auto count = resp::parse_integer(rest[0]);
    if (!count || *count < 0 || static_cast<size_t>(*count) >= rest.size()) return std::nullopt;
    if (spec.keys.first != 0) keys.push_back(args[1]);  // of a result
    keys.insert(keys.end(), rest.begin() + 1, rest.begin() + 1 + *count);
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
