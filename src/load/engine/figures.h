// Figures as people read them: "212us", "100.0k", "94.7%".
#pragma once

#include <cstdint>
#include <string>

#include "metric/histogram.h"

namespace pelikan::load {

[[nodiscard]] std::string duration_text(double nanoseconds);  // "850ns", "78.2us", "3.1ms", "1.02s"
[[nodiscard]] std::string count_text(double count);           // "512", "90.1k", "2.4M"
[[nodiscard]] std::string percent_text(double share);         // 0.947 is "94.7%"
[[nodiscard]] double mean_of(const HistogramSnapshot& values);  // 0 when there are none

}  // namespace pelikan::load
