#include "load/workload/keyspace_options.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/escape.h"
#include "base/setup_error.h"

namespace pelikan::load {

KeyspaceOptions& KeyspaceGroups::group(std::string_view name) {
  const auto found = std::ranges::find(groups_, name, &KeyspaceOptions::keyspace_name);
  if (found != groups_.end()) return **found;
  constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz0123456789_";
  if (name.empty() || name.find_first_not_of(kLetters) != name.npos) {
    throw SetupError(
        ExitCode::kConfig,
        fmt::format("'{}' is no name of a keyspace; allowed: [a-z0-9_]+", escaped(name)));
  }
  return *groups_.emplace_back(std::make_unique<KeyspaceOptions>(name));
}

}  // namespace pelikan::load
