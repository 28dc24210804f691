#include "load/report/report_files.h"

#include "load/report/csv.h"
#include "load/report/hgrm.h"
#include "load/report/json.h"
#include "load/report/memtier.h"

namespace pelikan::load {

ReportFiles::ReportFiles(const ReportOptions& options)
    : json_(options.json.name(), options.json.get()),
      csv_(options.csv.name(), options.csv.get()),
      hgrm_(options.hgrm.name(), options.hgrm.get()),
      memtier_json_(options.memtier_json.name(), options.memtier_json.get()),
      html_(options.html.name(), options.html.get()) {}

void ReportFiles::write(std::span<const NamedRun> runs) {
  const RunResult& first = runs.front().result;
  if (json_.is_wanted()) json_.write(json_text(first));
  if (csv_.is_wanted()) csv_.write(csv_text(first));
  if (hgrm_.is_wanted()) hgrm_.write(hgrm_text(first.latencies.response));
  if (memtier_json_.is_wanted()) memtier_json_.write(memtier_text(first));
  if (html_.is_wanted()) html_.write(html_text(runs));
}

}  // namespace pelikan::load
