// A run's result as JSON, written and read back: nothing is lost but the C++ types.
//
//   {schema, tool, version, seconds, rate, counts{}, hist{response, service, lag}, host{},
//    server[{address, version, stats{before, after}}], config{}, phases[{plan, planned, achieved}],
//    verbs{get{count, hit, counts{}, hist{}}}, series[...], threads[...], verdicts[...],
//    assertions[...]}
//
// Times are seconds or, in histograms, nanoseconds. A histogram has its usual percentiles, and
// under `buckets` pairs [least value, count] of the buckets of HistogramScale that are not empty.
#pragma once

#include <string>
#include <string_view>

#include "load/engine/result.h"

namespace pelikan::load {

// On one line. Bytes that are not UTF-8 (in a server's statistics, say) are replaced.
[[nodiscard]] std::string json_text(const RunResult& result);

// Throws SetupError, naming `path`, when the text is no such JSON.
[[nodiscard]] RunResult parse_json(std::string_view path, std::string_view text);

}  // namespace pelikan::load
