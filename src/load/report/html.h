// The page of charts: one file with its scripts and data inside, which loads nothing.
//
// The page itself is src/load/report/page/, put together with Chart.js when the project is built.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "load/engine/result.h"

namespace pelikan::load {

struct NamedRun {
  std::string name;  // in legends: what tells it from the others
  RunResult result;
};

// Several runs are laid over each other.
[[nodiscard]] std::string html_text(std::span<const NamedRun> runs);

// No more than `most` intervals: as many neighbours as needed are made one.
[[nodiscard]] std::vector<Interval> thinned(const std::vector<Interval>& series, size_t most);

}  // namespace pelikan::load
