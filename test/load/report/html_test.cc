#include "load/report/html.h"

#include <nlohmann/json.hpp>
#include <string>

#include "load/report/sample_run.h"

#include "check.h"

using namespace pelikan;
using namespace pelikan::load;

namespace {

// The JSON inside the page, as a browser would cut it out.
nlohmann::json runs_of(const std::string& page) {
  const std::string mark = "id=\"runs\">";
  const size_t from = page.find(mark) + mark.size();
  return nlohmann::json::parse(page.substr(from, page.find("</script>", from) - from));
}

}  // namespace

START_TEST(the_page_holds_its_scripts_and_data) {
  const std::vector<NamedRun> runs = {{"a", load::test::sample_run()},
                                      {"b", load::test::sample_run()}};
  const std::string page = html_text(runs);
  ck_assert(page.starts_with("<!doctype html>"));
  ck_assert(page.find("Chart.js v") != page.npos);
  ck_assert(page.find("{{") == page.npos || page.find(".css}}") == page.npos);
  for (const char* reference : {" src=", "<link", "@import", "url("}) {
    ck_assert_msg(page.find(reference) == page.npos, "the page has %s", reference);
  }
  const nlohmann::json json = runs_of(page);
  ck_assert_uint_eq(json.size(), 2);
  ck_assert_text_eq(json[1]["name"].get<std::string>(), "b");
  ck_assert_int_eq(json[0]["run"]["counts"]["done"], 1800);
}
END_TEST

START_TEST(texts_cannot_end_the_script) {
  RunResult run = load::test::sample_run();
  run.config = {{"key_prefix", "</script><!--<script>"}};
  const std::vector<NamedRun> runs = {{"</script>", run}};
  const nlohmann::json json = runs_of(html_text(runs));
  ck_assert_text_eq(json[0]["name"].get<std::string>(), "</script>");
  ck_assert_text_eq(json[0]["run"]["config"]["key_prefix"].get<std::string>(),
                    "</script><!--<script>");
}
END_TEST

START_TEST(a_long_series_is_thinned_and_keeps_its_sums) {
  std::vector<Interval> series;
  for (int i = 0; i < 25; ++i) series.push_back(load::test::sample_interval(0.5 * i, 100));
  series.back().planned_rate = 500;
  const std::vector<Interval> thin = thinned(series, 10);
  ck_assert_uint_eq(thin.size(), 9);  // of three each, and a last one
  ck_assert_double_eq_tol(thin[1].start_s, 1.5, 1e-9);
  ck_assert_double_eq_tol(thin[1].seconds, 1.5, 1e-9);
  ck_assert_double_eq_tol(thin[1].planned_rate, 2000, 1e-9);
  ck_assert_double_eq_tol(thin[8].planned_rate, 500, 1e-9);
  ck_assert_uint_eq(thin[0].counts[Count::kDone], 300);
  ck_assert_uint_eq(thin[0].response.count(), 300);
  ck_assert_uint_eq(thinned(series, 25).size(), 25);
  ck_assert_uint_eq(thinned({}, 25).size(), 0);
}
END_TEST

PELIKAN_TESTS("load/report/html", the_page_holds_its_scripts_and_data, texts_cannot_end_the_script,
              a_long_series_is_thinned_and_keeps_its_sums)
