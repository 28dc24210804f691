#include "load/report/memtier.h"

#include <nlohmann/json.hpp>
#include <string>

#include "load/report/sample_run.h"

#include "check.h"

using namespace pelikan;
using namespace pelikan::load;

namespace {

using Json = nlohmann::json;

VerbResult verb(const std::string& name, uint64_t done, uint64_t hits) {
  VerbResult result;
  result.name = name;
  result.counts[Count::kDone] = done;
  result.counts[Count::kHits] = hits;
  result.counts[Count::kMisses] = done - hits;
  result.latencies.response = load::test::times(1, done);
  return result;
}

// Two seconds of 100 gets, 50 gats, 40 sets and 10 deletes.
RunResult mixed_run() {
  RunResult run = load::test::sample_run();
  run.seconds = 2;
  run.verbs = {verb("get", 100, 75), verb("gat", 50, 50), verb("set", 40, 0),
               verb("delete", 10, 4)};
  return run;
}

Json written(const RunResult& run) { return Json::parse(memtier_text(run)); }

}  // namespace

START_TEST(totals_are_per_second_and_in_milliseconds) {
  const Json totals = written(load::test::sample_run())["ALL STATS"]["Totals"];
  ck_assert_int_eq(totals["Count"], 1800);
  ck_assert_double_eq_tol(totals["Ops/sec"], 1800, 1e-9);
  ck_assert_double_eq_tol(totals["Hits/sec"], 1350, 1e-9);
  ck_assert_double_eq_tol(totals["Misses/sec"], 450, 1e-9);
  ck_assert_double_eq_tol(totals["KB/sec RX"], 9.77, 1e-9);  // 10000 bytes in a second
  ck_assert_double_eq_tol(totals["KB/sec TX"], 1.37, 1e-9);
  ck_assert_double_eq_tol(totals["KB/sec"], 11.13, 1e-9);
  // 1..1000 and 1..800 us: 820,900 us of 1800 answers.
  ck_assert_double_eq_tol(totals["Average Latency"], 0.456, 1e-9);
  ck_assert(totals["Latency"] == totals["Average Latency"]);
  ck_assert_int_eq(totals["Accumulated Latency"], 820);
  ck_assert_double_eq_tol(totals["Min Latency"], 0.001, 1e-9);
  ck_assert_double_eq_tol(totals["Max Latency"], 1, 1e-9);
  ck_assert_double_eq_tol(totals["Percentile Latencies"]["p50.00"], 0.450, 0.005);
  ck_assert_double_eq_tol(totals["Percentile Latencies"]["p99.00"], 0.982, 0.009);
  ck_assert_double_eq_tol(totals["Percentile Latencies"]["p99.90"], 0.998, 0.009);
}
END_TEST

START_TEST(verbs_stand_under_memtiers_names) {
  const Json stats = written(mixed_run())["ALL STATS"];
  ck_assert_int_eq(stats["Gets"]["Count"], 150);
  ck_assert_double_eq_tol(stats["Gets"]["Ops/sec"], 75, 1e-9);
  ck_assert_double_eq_tol(stats["Gets"]["Hits/sec"], 62.5, 1e-9);
  ck_assert_double_eq_tol(stats["Gets"]["Misses/sec"], 12.5, 1e-9);
  ck_assert_int_eq(stats["Sets"]["Count"], 40);
  ck_assert_int_eq(stats["Deletes"]["Count"], 10);
  ck_assert_int_eq(stats["Waits"]["Count"], 0);
  ck_assert_double_eq_tol(stats["Waits"]["Average Latency"], 0, 1e-9);
  ck_assert(!stats["Gets"].contains("KB/sec"));
}
END_TEST

START_TEST(a_run_without_sets_has_their_section_with_zeros) {
  RunResult run = load::test::sample_run();
  run.verbs = {verb("ping", 5, 0)};
  const Json stats = written(run)["ALL STATS"];
  ck_assert_int_eq(stats["Sets"]["Count"], 0);
  ck_assert_int_eq(stats["Pings"]["Count"], 5);
  ck_assert(stats["SET"].empty() && stats["GET"].empty());
}
END_TEST

START_TEST(the_time_series_has_whole_seconds) {
  RunResult run = load::test::sample_run();
  run.series.push_back(load::test::sample_interval(0.9999, 100));  // the clock is never that exact
  run.series.push_back(load::test::sample_interval(3, 0));
  const Json series = written(run)["ALL STATS"]["Totals"]["Time-Serie"];
  ck_assert_uint_eq(series.size(), 3);
  ck_assert_int_eq(series["0"]["Count"], 1800);
  ck_assert_int_eq(series["0"]["Bytes RX"], 10000);
  ck_assert_int_eq(series["0"]["Bytes TX"], 1400);
  ck_assert_double_eq_tol(series["0"]["Max Latency"], 1, 1e-9);
  ck_assert_int_eq(series["1"]["Count"], 100);
  ck_assert_double_eq_tol(series["1"]["p50.00"], 0.05, 1e-9);
  ck_assert_int_eq(series["3"]["Count"], 0);
  ck_assert(!series["3"].contains("Average Latency"));
}
END_TEST

START_TEST(distributions_grow_to_all_answers) {
  const Json rows = written(mixed_run())["ALL STATS"]["SET"];  // 1..40 us, each in its own bucket
  ck_assert_uint_eq(rows.size(), 40);
  ck_assert_double_eq_tol(rows[0]["percent"], 2.5, 1e-9);
  ck_assert_double_eq_tol(rows[19]["<=msec"], 0.020, 0.0005);
  ck_assert_double_eq_tol(rows[19]["percent"], 50, 1e-9);
  ck_assert_double_eq_tol(rows[39]["<=msec"], 0.040, 1e-9);
  ck_assert_double_eq_tol(rows[39]["percent"], 100, 1e-9);
}
END_TEST

START_TEST(the_run_is_described_in_memtiers_words) {
  RunResult run = load::test::sample_run();
  run.config = {{"servers", "10.0.0.1:11211"}, {"connections", "1k"},       {"threads", "4"},
                {"protocol", "memcache"},      {"ks.default.mix", "get:1"}, {"pipeline", "0"}};
  run.threads.resize(4);
  const Json json = written(run);
  ck_assert_text_eq(json["configuration"]["server"].get<std::string>(), "10.0.0.1:11211");
  ck_assert_int_eq(json["configuration"]["clients"], 1000);
  ck_assert_text_eq(json["configuration"]["ratio"].get<std::string>(), "get:1");
  ck_assert(!json["configuration"].contains("key_prefix"));
  ck_assert_int_eq(json["run information"]["Threads"], 4);
  ck_assert_int_eq(json["run information"]["Connections per thread"], 1000);
  ck_assert_int_eq(json["run information"]["Seconds"], 1);
  ck_assert_int_eq(json["run information"]["Format version"], 2);
  const Json& runtime = json["ALL STATS"]["Runtime"];
  ck_assert_int_eq(runtime["Start time"], 1'700'000'000'000);
  ck_assert_int_eq(runtime["Finish time"], 1'700'000'001'000);
  ck_assert_int_eq(runtime["Total duration"], 1000);
  ck_assert_text_eq(runtime["Time unit"].get<std::string>(), "MILLISECONDS");
}
END_TEST

PELIKAN_TESTS("load/report/memtier", totals_are_per_second_and_in_milliseconds,
              verbs_stand_under_memtiers_names, a_run_without_sets_has_their_section_with_zeros,
              the_time_series_has_whole_seconds, distributions_grow_to_all_answers,
              the_run_is_described_in_memtiers_words)
