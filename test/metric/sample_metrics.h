// The metrics that the tests of this folder count, list and write out.
#pragma once

#include "metric/metric.h"

namespace pelikan::test {

struct SampleMetrics : MetricGroup {
  using MetricGroup::MetricGroup;
  Counter hit{this, "cache_hit", "gets that found their item"};
  Gauge item{this, "cache_item", "items now"};
  Distribution latency{this, "cache_latency", "time of a get"};
};

}  // namespace pelikan::test
