// What INFO tells of the commands that were run.
#pragma once

#include <cstdint>
#include <string>

#include "metric/registry.h"

namespace pelikan {

[[nodiscard]] int64_t total_calls(const MetricSnapshot& metrics);
[[nodiscard]] int64_t total_errors(const MetricSnapshot& metrics);

// "errorstat_ERR:count=3" of each first word that an error had.
void append_error_stats(const MetricSnapshot& metrics, std::string& text);

// "cmdstat_get:calls=3,usec=4,usec_per_call=1.33,rejected_calls=0,failed_calls=1" of each that was
// called. Time is measured for batches of requests: a call counts with the mean of those of its
// kind, reading, writing or about no key.
void append_command_stats(const MetricSnapshot& metrics, std::string& text);

}  // namespace pelikan
