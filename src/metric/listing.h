// A snapshot as a flat list of numbers, for `stats` and JSON; and the table of what there is to
// measure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "metric/registry.h"

namespace pelikan {

struct MetricNumber {
  std::string name;
  int64_t value;
};

// A counter or gauge under its name; a histogram `get_latency` as get_latency_count, and in
// nanoseconds get_latency_sum_ns, ..._p50_ns, ..._p90_ns, ..._p99_ns, ..._p999_ns, ..._p9999_ns,
// ..._max_ns.
[[nodiscard]] std::vector<MetricNumber> flat_numbers(const MetricSnapshot& snapshot);

// The same as one JSON object, {"seg_evict":3,...}.
[[nodiscard]] std::string json_text(const MetricSnapshot& snapshot);

// Name, kind and meaning of each metric, as a table for a terminal (`-s`).
[[nodiscard]] std::string metric_listing(const MetricSnapshot& snapshot);

}  // namespace pelikan
