// A histogram as the percentile distribution that HdrHistogram prints and its plotter reads.
#pragma once

#include <string>

#include "metric/histogram.h"

namespace pelikan::load {

// Nanoseconds come out as milliseconds. The percentiles lie closer the nearer they are to 1: five
// for each halving of what is left.
[[nodiscard]] std::string hgrm_text(const HistogramSnapshot& values);

}  // namespace pelikan::load
