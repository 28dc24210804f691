#include "load/workload/schedule.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "load/refusal.h"
#include "load/temporary_file.h"

#include "check.h"

namespace pelikan::load {
namespace {

using test::refusal_of;
using test::TemporaryFile;

Schedule schedule(std::string_view text, uint64_t seed = 1) {
  return {Setting("schedule", text), seed};
}

std::vector<double> rates(const Schedule& schedule) {
  std::vector<double> rates;
  for (const Segment& segment : schedule.segments()) rates.push_back(segment.rate_at(0));
  return rates;
}

START_TEST(a_constant_rate_is_what_it_says) {
  const Schedule plan = schedule("const 20k 30s");
  ck_assert_double_eq(plan.seconds(), 30);
  ck_assert_double_eq(plan.count(), 600'000);
  ck_assert_double_eq(plan.rate_at(12.5), 20'000);
  ck_assert_double_eq(plan.rate_at(30), 0);
  ck_assert_double_eq(plan.count_at(15), 300'000);
  ck_assert_double_eq(plan.max_rate(), 20'000);
}
END_TEST

START_TEST(phases_follow_each_other) {
  const Schedule plan = schedule("const 100 10s; ramp 100 300 10s ;const 300 500ms;");
  ck_assert_uint_eq(plan.phases().size(), 3);
  ck_assert_text_eq(plan.phases()[1].text, "ramp 100 300 10s");
  ck_assert_double_eq(plan.phases()[1].begin_s, 10);
  ck_assert_double_eq(plan.phases()[1].count, 2000);
  ck_assert_double_eq(plan.phases()[2].begin_s, 20);
  ck_assert_double_eq(plan.seconds(), 20.5);
  ck_assert_double_eq(plan.count(), 1000 + 2000 + 150);
  ck_assert_double_eq(plan.rate_at(15), 200);
  ck_assert_double_eq(plan.count_at(15), 1000 + 750);
  ck_assert_double_eq(plan.count_at(99), plan.count());
}
END_TEST

START_TEST(steps_go_up_down_back_and_at_random) {
  ck_assert((rates(schedule("step 10 50 20 1s")) == std::vector<double>{10, 30, 50}));
  ck_assert((rates(schedule("step 10 59 20 1s")) == std::vector<double>{10, 30, 50}));
  ck_assert((rates(schedule("step 50 10 20 1s")) == std::vector<double>{50, 30, 10}));
  ck_assert(
      (rates(schedule("step 10 50 20 1s mirror")) == std::vector<double>{10, 30, 50, 30, 10}));
  ck_assert((rates(schedule("step 7 7 1 1s")) == std::vector<double>{7}));
  std::vector<double> shuffled = rates(schedule("step 1 100 1 1s shuffle"));
  ck_assert(shuffled == rates(schedule("step 1 100 1 1s shuffle")));
  ck_assert(shuffled != rates(schedule("step 1 100 1 1s shuffle", 2)));
  ck_assert(shuffled != rates(schedule("step 1 100 1 1s")));
  std::ranges::sort(shuffled);
  ck_assert(shuffled == rates(schedule("step 1 100 1 1s")));
}
END_TEST

START_TEST(a_burst_ends_with_the_phase) {
  const Schedule plan = schedule("burst 10 100 2s 5s 11s");
  ck_assert_double_eq(plan.seconds(), 11);
  ck_assert_double_eq(plan.count(), 200 + 30 + 200 + 30 + 100);
  ck_assert_double_eq(plan.rate_at(1), 100);
  ck_assert_double_eq(plan.rate_at(4), 10);
  ck_assert_double_eq(plan.rate_at(10.5), 100);
}
END_TEST

START_TEST(a_sine_swings_around_its_mean) {
  const Schedule plan = schedule("sine 100 60 8s 16s");
  ck_assert_double_eq_tol(plan.count(), 1600, 1e-9);
  ck_assert_double_eq_tol(plan.rate_at(2), 160, 1e-9);
  ck_assert_double_eq_tol(plan.rate_at(6), 40, 1e-9);
  ck_assert_double_eq_tol(plan.count_at(4), 400 + 60 * 8 / M_PI, 1e-9);
}
END_TEST

START_TEST(a_file_gives_points_of_straight_lines) {
  const TemporaryFile file("# seconds,rate\n0,100\n10, 300\n\n12,0 # off\n20,1k\n");
  const Schedule plan = schedule("file " + file.path());
  ck_assert_double_eq(plan.seconds(), 20);
  ck_assert_double_eq(plan.rate_at(5), 200);
  ck_assert_double_eq(plan.rate_at(11), 150);
  ck_assert_double_eq(plan.count(), 2000 + 300 + 4000);
}
END_TEST

START_TEST(the_time_of_a_count_inverts_the_count_at_a_time) {
  const Schedule plan = schedule(
      "const 7 3s; ramp 0 50 9s; ramp 50 0 9s; ramp 9 9.000001 5s; sine 30 30 7s 20s; sine "
      "1000 1 1ms 1s; burst 0 10 1s 3s 7s");
  for (const Segment& segment : plan.segments()) {
    for (int i = 0; i <= 1000; ++i) {
      const double count = segment.count() * i / 1000;
      const double time = segment.time_of(count);
      ck_assert_double_ge(time, 0);
      ck_assert_double_le(time, segment.seconds());
      ck_assert_double_eq_tol(segment.count_at(time), count, 1e-6);
    }
  }
}
END_TEST

START_TEST(what_is_impossible_is_refused_by_phase) {
  const std::string negative =
      refusal_of([] { schedule("const 10 1s; sine 10 20 1s 5s; const 1 1s"); });
  ck_assert_text_eq(negative.substr(0, negative.find(';')),
                    "schedule: 'sine 10 20 1s 5s' is refused: AMP is above MEAN: the rate would be "
                    "negative");
  for (const char* text : {"",
                           ";",
                           "const",
                           "const 10",
                           "const 10 1s 2",
                           "const -1 1s",
                           "const 10 0s",
                           "const x 1s",
                           "const 10 1w",
                           "ramp 1 -2 3s",
                           "ramp 1 2",
                           "step 1 10 0 1s",
                           "step 1 10 -1 1s",
                           "step 1 1m 1 1s",
                           "step 1 2 1 1s sideways",
                           "burst 1 2 3s 3s 9s",
                           "burst 5 2 1s 3s 9s",
                           "burst 1 2 1us 2us 9h",
                           "sine 1 1 0s 1s",
                           "flat 1 2s",
                           "const 0 10s",
                           "const 2000m 1s",
                           "file",
                           "file /nowhere/rates.csv"}) {
    ck_assert_msg(!refusal_of([text] { schedule(text); }).empty(), "'%s' is taken", text);
  }
}
END_TEST

START_TEST(a_wrong_line_of_a_file_is_named) {
  const auto refused = [](std::string_view content, std::string_view line) {
    const TemporaryFile file(content);
    const std::string sentence = refusal_of([&file] { schedule("file " + file.path()); });
    return sentence.starts_with(file.path() + std::string(line));
  };
  ck_assert(refused("0,1\n5,x\n", ":2: '5,x'"));
  ck_assert(refused("0,1\n5\n", ":2: "));
  ck_assert(refused("0,1\n5,2\n5,3\n", ":3: "));
  ck_assert(refused("1,1\n5,2\n", ":1: "));
  ck_assert(refused("0,1\n5,-2\n", ":2: "));
}
END_TEST

}  // namespace
}  // namespace pelikan::load

PELIKAN_TESTS("load/workload/schedule", pelikan::load::a_constant_rate_is_what_it_says,
              pelikan::load::phases_follow_each_other,
              pelikan::load::steps_go_up_down_back_and_at_random,
              pelikan::load::a_burst_ends_with_the_phase,
              pelikan::load::a_sine_swings_around_its_mean,
              pelikan::load::a_file_gives_points_of_straight_lines,
              pelikan::load::the_time_of_a_count_inverts_the_count_at_a_time,
              pelikan::load::what_is_impossible_is_refused_by_phase,
              pelikan::load::a_wrong_line_of_a_file_is_named)
