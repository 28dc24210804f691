// ReportFiles: the files that the report options ask for.
//
// Thread safety: one thread.
#pragma once

#include <span>

#include "load/engine/result.h"
#include "load/report/html.h"
#include "load/report/output_file.h"
#include "load/report/report_options.h"

namespace pelikan::load {

class ReportFiles {
 public:
  // Opens all of them. Throws SetupError naming the option whose path cannot be written.
  explicit ReportFiles(const ReportOptions& options);

  // The page compares all runs, the other files are of the first. Throws SetupError.
  // REQUIRES: runs is not empty
  void write(std::span<const NamedRun> runs);

 private:
  OutputFile json_;
  OutputFile csv_;
  OutputFile hgrm_;
  OutputFile memtier_json_;
  OutputFile html_;
};

}  // namespace pelikan::load
