// The options of a replay.
#pragma once

#include <string>

#include "load/workload/count_option.h"
#include "option/option.h"

namespace pelikan::load {

struct TraceOptions : OptionGroup {
  Option<std::string> trace{this, "trace", "",
                            "file of requests to replay, plain, gz or zstd; - is standard input"};
  Option<std::string> format{this, "trace_format", "twitter",
                             "twitter, csv COLUMNS, klog, redis_monitor, oracle_general, u32"};
  Option<std::string> speed{this, "trace_speed", "1.0",
                            "how many times faster than recorded, or max"};
  Option<double> scale_values{
      this, "trace_scale_values", 1, "how many times larger the values are", {0, 1e6}};
  CountOption start{this, "trace_start", 0, "requests to pass over first"};
  CountOption limit{this, "trace_limit", 0, "requests to replay from there, 0 for all"};
  Option<uint64_t> loop{this, "trace_loop", 1, "how many times that is replayed", {1, 1'000'000}};
};

}  // namespace pelikan::load
