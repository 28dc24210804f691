// How much a prefill stores: `none`, `all`, `N%`, `N keys`, or bytes such as 4GiB.
#pragma once

#include <optional>

#include "load/engine/keyspace_source.h"
#include "load/workload/words.h"

namespace pelikan::load {

// Empty: nothing. Throws SetupError when the text is no amount.
[[nodiscard]] std::optional<PrefillAmount> parse_prefill(const Setting& setting,
                                                         const Workload& workload);

}  // namespace pelikan::load
