// The time series of a run as CSV: a line of names, then one line for each interval.
#pragma once

#include <string>

#include "load/engine/result.h"

namespace pelikan::load {

// start_s, seconds, planned and achieved rate, every count, hit ratio (empty when no key was asked
// for), percentiles of the response time in microseconds, p99 of the lag, bytes, connections.
[[nodiscard]] std::string csv_text(const RunResult& result);

}  // namespace pelikan::load
