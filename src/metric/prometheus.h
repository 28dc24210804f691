// A snapshot in Prometheus' text format, version 0.0.4
// (https://prometheus.io/docs/instrumenting/exposition_formats/).
//
//   seg_evict       counter    pelikan_seg_evict_total
//   seg_item        gauge      pelikan_seg_item
//   get_latency     histogram  pelikan_get_latency_seconds_bucket{le="0.001"}, ..._sum, ..._count
//
// The bounds are 1, 2 and 5 times each power of ten from a microsecond to 100 seconds. A value
// within 1.6 % of a bound may count beyond it.
#pragma once

#include <string>
#include <string_view>

#include "metric/registry.h"

namespace pelikan {

inline constexpr std::string_view kPrometheusContentType =
    "text/plain; version=0.0.4; charset=utf-8";

// REQUIRES: the snapshot is MetricRegistry::read()'s: counters must not go back by a reset
[[nodiscard]] std::string prometheus_text(const MetricSnapshot& snapshot);

}  // namespace pelikan
