#include "load/engine/gate.h"

#include <string>

#include "base/setup_error.h"

#include "check.h"

using namespace pelikan;
using namespace pelikan::load;

namespace {

// 1000 answers of 1..1000 us, 9 of 10 keys found.
RunResult sample() {
  RunResult result;
  Histogram response, service;
  for (uint64_t us = 1; us <= 1000; ++us) {
    response.record(us * 1000);
    service.record(us * 10);
  }
  response.add_to(result.latencies.response);
  service.add_to(result.latencies.service);
  result.counts[Count::kDone] = 1000;
  result.counts[Count::kHits] = 900;
  result.counts[Count::kMisses] = 100;
  result.counts[Count::kServerErrors] = 2;
  result.counts[Count::kDropped] = 3;
  result.seconds = 0.5;
  return result;
}

bool is_met(std::string_view text) {
  const std::vector<Gate> gates = Gate::parse_list("assert", text);
  ck_assert_uint_eq(gates.size(), 1);
  return gates.front().check(sample()).is_met;
}

std::string complaint(std::string_view text) {
  try {
    (void)Gate::parse_list("assert", text);
  } catch (const SetupError& error) {
    ck_assert(error.code() == ExitCode::kConfig);
    return error.what();
  }
  return {};
}

}  // namespace

START_TEST(times_are_compared_with_units) {
  ck_assert(is_met("p50<510us"));
  ck_assert(!is_met("p50<490us"));
  ck_assert(is_met("p99.9 >= 0.98ms"));
  ck_assert(is_met("max<=1ms"));
  ck_assert(!is_met("max<1ms"));
  ck_assert(is_met("mean>490us"));
  ck_assert(is_met("p100<0.01s"));
}
END_TEST

START_TEST(service_and_lag_have_their_own_times) {
  ck_assert(is_met("service.p50<5.1us"));
  ck_assert(!is_met("service.max>1ms"));
  ck_assert(!is_met("lag.p99<1s"));  // nothing lagged: no figure, no bound met
}
END_TEST

START_TEST(ratios_rates_and_counts_are_compared) {
  ck_assert(is_met("hit>0.89"));
  ck_assert(!is_met("hit>0.9"));
  ck_assert(is_met("rate=2k"));
  ck_assert(is_met("errors=2"));
  ck_assert(!is_met("errors=0"));
  ck_assert(is_met("dropped<=3"));
  ck_assert(is_met("timeouts=0"));
}
END_TEST

START_TEST(a_list_has_a_result_for_each) {
  const std::vector<Gate> gates = Gate::parse_list("assert", "p99<2ms, hit>0.9,errors=2");
  ck_assert_uint_eq(gates.size(), 3);
  const AssertionResult hit = gates[1].check(sample());
  ck_assert_text_eq(hit.text, "hit>0.9");
  ck_assert_text_eq(hit.actual, "0.9");
  ck_assert(!hit.is_met);
  ck_assert(Gate::parse_list("assert", "").empty());
}
END_TEST

START_TEST(a_run_without_answers_meets_no_time) {
  ck_assert(!Gate::parse_list("assert", "p99<1s").front().check(RunResult()).is_met);
  ck_assert_text_eq(Gate::parse_list("assert", "p99<1s").front().check(RunResult()).actual,
                    "no answer");
}
END_TEST

START_TEST(what_is_no_condition_is_refused) {
  for (const std::string_view text : {"p99", "q99<1ms", "p101<1ms", "p<1ms", "p99<", "p99<fast",
                                      "hit>much", "service.hit>1", "p99<1ms,,", "<1ms", "p99!1"}) {
    ck_assert_msg(complaint(text).starts_with("assert: '"), "%s", std::string(text).c_str());
  }
}
END_TEST

PELIKAN_TESTS("load/engine/gate", times_are_compared_with_units,
              service_and_lag_have_their_own_times, ratios_rates_and_counts_are_compared,
              a_list_has_a_result_for_each, a_run_without_answers_meets_no_time,
              what_is_no_condition_is_refused)
