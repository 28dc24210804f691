#include "load/report/json.h"

#include <nlohmann/json.hpp>
#include <string>

#include "base/setup_error.h"
#include "load/report/sample_run.h"

#include "check.h"

using namespace pelikan;
using namespace pelikan::load;

namespace {

std::string complaint(std::string_view text) {
  try {
    (void)parse_json("run.json", text);
  } catch (const SetupError& error) {
    ck_assert(error.code() == ExitCode::kBadData);
    return error.what();
  }
  return {};
}

std::string with(std::string_view pointer, const nlohmann::json& value) {
  auto json = nlohmann::json::parse(json_text(load::test::sample_run()));
  json[nlohmann::json::json_pointer(std::string(pointer))] = value;
  return json.dump();
}

}  // namespace

START_TEST(what_is_read_back_is_written_again_as_it_was) {
  const std::string text = json_text(load::test::sample_run());
  ck_assert_text_eq(json_text(parse_json("run.json", text)), text);
}
END_TEST

START_TEST(histograms_come_back_with_the_same_percentiles) {
  const RunResult run = load::test::sample_run();
  const RunResult read = parse_json("run.json", json_text(run));
  const HistogramSnapshot& before = run.verbs[0].latencies.response;
  const HistogramSnapshot& after = read.verbs[0].latencies.response;
  ck_assert_uint_eq(after.count(), 1800);
  ck_assert_uint_eq(after.sum(), before.sum());
  ck_assert_uint_eq(after.max(), 1'000'000);
  for (int mille = 0; mille <= 1000; ++mille) {
    const double share = mille / 1000.0;
    ck_assert_uint_eq(after.percentile(share), before.percentile(share));
  }
}
END_TEST

START_TEST(a_report_from_before_tls_is_read) {
  auto json = nlohmann::json::parse(json_text(load::test::sample_run()));
  ck_assert_uint_eq(json.erase("handshakes"), 1);
  const RunResult read = parse_json("run.json", json.dump());
  ck_assert_uint_eq(read.handshakes.times.count(), 0);
  ck_assert_uint_eq(read.passed_over, 3);
}
END_TEST

START_TEST(fields_have_their_documented_names) {
  const auto json = nlohmann::json::parse(json_text(load::test::sample_run()));
  ck_assert_int_eq(json["schema"], 1);
  ck_assert_text_eq(json["tool"].get<std::string>(), "pelikan_load");
  ck_assert_int_eq(json["verbs"]["get"]["count"], 1800);
  ck_assert_double_eq_tol(json["verbs"]["get"]["hit"], 0.75, 1e-9);
  ck_assert_int_eq(json["passed_over"], 3);
  ck_assert_text_eq(json["server"][0]["stats"]["after"]["cmd_get"].get<std::string>(), "1805");
  ck_assert_text_eq(json["config"]["rate"].get<std::string>(), "2k");
  ck_assert_text_eq(json["phases"][0]["plan"].get<std::string>(), "const 2k 1s");
  ck_assert_double_eq_tol(json["phases"][0]["achieved"], 1800, 1e-9);
  ck_assert_text_eq(json["verdicts"][0]["kind"].get<std::string>(), "server_stalled");
  ck_assert_double_eq_tol(json["series"][1]["achieved"], 1600, 1e-9);
  ck_assert_int_eq(json["series"][1]["errors"], 2);
  const double p99 = json["hist"]["response"]["p99"];
  ck_assert_double_eq_tol(p99, 982e3, 9e3);
  ck_assert_int_eq(json["hist"]["response"]["buckets"][0][0], 1000);  // 1 us: 1000..1007
  ck_assert_int_eq(json["hist"]["response"]["buckets"][0][1], 2);
}
END_TEST

START_TEST(bytes_that_are_not_utf8_are_replaced) {
  RunResult run = load::test::sample_run();
  run.config = {{"key_prefix", "a\xff"}};
  const RunResult read = parse_json("run.json", json_text(run));
  ck_assert_text_eq(read.config[0].second, "a\xef\xbf\xbd");
}
END_TEST

START_TEST(what_is_no_report_is_refused) {
  ck_assert_text_eq(complaint("").substr(0, 43), "run.json: no JSON report of pelikan_load: [");
  ck_assert(complaint("[]").starts_with("run.json: no JSON report of pelikan_load: "));
  ck_assert(complaint("{}").starts_with("run.json: no JSON report of pelikan_load: "));
  ck_assert(complaint(with("/tool", "k6")).ends_with(": it is of another tool"));
  ck_assert(complaint(with("/schema", 2)).ends_with(": its schema is 2, known is 1"));
  ck_assert(!complaint(with("/seconds", "ten")).empty());
  ck_assert(
      complaint(with("/verdicts/0/kind", "fine")).ends_with(R"(no verdict is called "fine")"));
  ck_assert(complaint(with("/hist/response/buckets/0/0", 1001)).ends_with("bucket begins at 1001"));
  ck_assert(!complaint(with("/hist/response/buckets/0", 7)).empty());
}
END_TEST

PELIKAN_TESTS("load/report/json", what_is_read_back_is_written_again_as_it_was,
              histograms_come_back_with_the_same_percentiles, a_report_from_before_tls_is_read,
              fields_have_their_documented_names, bytes_that_are_not_utf8_are_replaced,
              what_is_no_report_is_refused)
