// Where a run's results are written, beside the summary on the terminal.
#pragma once

#include <string>

#include "option/option.h"

namespace pelikan::load {

struct ReportOptions : OptionGroup {
  Option<std::string> json{this, "json", "", "file for all results as JSON"};
  Option<std::string> csv{this, "csv", "", "file for the time series as CSV"};
  Option<std::string> hgrm{this, "hgrm", "",
                           "file for the response times' percentiles, for HdrHistogram's plotter"};
  Option<std::string> memtier_json{
      this, "memtier_json", "",
      "file for the results in the layout of memtier_benchmark's --json-out-file"};
  Option<std::string> html{this, "html", "", "file for a page of charts, one that works offline"};
};

}  // namespace pelikan::load
