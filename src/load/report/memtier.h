// A run's result in the layout of memtier_benchmark's --json-out-file (format version 2), for
// scripts that read those files:
//
//   {configuration{}, "run information"{},
//    "ALL STATS"{Runtime{}, Sets{}, Gets{}, Waits{}, Totals{}, SET[], GET[]}}
//
// All retrievals count as Gets, all storage commands as Sets; others stand under their own names
// as memtier's arbitrary commands do ("Deletes"). Latencies are response times in milliseconds. Of
// KB/sec only the totals are known, and the time series is the totals'.
#pragma once

#include <string>

#include "load/engine/result.h"

namespace pelikan::load {

[[nodiscard]] std::string memtier_text(const RunResult& result);

}  // namespace pelikan::load
