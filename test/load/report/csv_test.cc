#include "load/report/csv.h"

#include <fmt/format.h>

#include <map>
#include <string>
#include <vector>

#include "load/report/sample_run.h"
#include "load/workload/words.h"

#include "check.h"

using namespace pelikan;
using namespace pelikan::load;

namespace {

// The lines of the series, each by the names of the header.
std::vector<std::map<std::string, std::string>> rows_of(const RunResult& run) {
  const std::string text = csv_text(run);
  const std::vector<std::string_view> lines = split(text, '\n');
  ck_assert(lines.back().empty());
  const std::vector<std::string_view> names = split(lines.front(), ',');
  std::vector<std::map<std::string, std::string>> rows;
  for (size_t i = 1; i + 1 < lines.size(); ++i) {
    const std::vector<std::string_view> cells = split(lines[i], ',');
    ck_assert_uint_eq(cells.size(), names.size());
    auto& row = rows.emplace_back();
    for (size_t k = 0; k < names.size(); ++k) row[std::string(names[k])] = cells[k];
  }
  return rows;
}

}  // namespace

START_TEST(every_interval_has_a_line) {
  auto rows = rows_of(load::test::sample_run());
  ck_assert_uint_eq(rows.size(), 2);
  ck_assert_text_eq(rows[0]["start_s"], "0.000");
  ck_assert_text_eq(rows[1]["start_s"], "0.500");
  ck_assert_text_eq(rows[1]["planned_rate"], "2000.0");
  ck_assert_text_eq(rows[1]["rate"], "1600.0");
  ck_assert_text_eq(rows[1]["sent"], "801");
  ck_assert_text_eq(rows[1]["timeouts"], "2");
  ck_assert_text_eq(rows[1]["hit_ratio"], "0.750000");
  ck_assert_text_eq(rows[1]["max_us"], "800.000");
  ck_assert_text_eq(rows[1]["bytes_in"], "5000");
  ck_assert_text_eq(rows[1]["connections"], "16");
  ck_assert_double_eq_tol(std::stod(rows[1]["p50_us"]), 400, 4);
}
END_TEST

START_TEST(without_keys_there_is_no_hit_ratio) {
  RunResult run = load::test::sample_run();
  run.series[0].counts[Count::kHits] = run.series[0].counts[Count::kMisses] = 0;
  auto rows = rows_of(run);
  ck_assert_text_eq(rows[0]["hit_ratio"], "");
}
END_TEST

PELIKAN_TESTS("load/report/csv", every_interval_has_a_line, without_keys_there_is_no_hit_ratio)
