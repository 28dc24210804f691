#include "load/workload/arrivals.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "load/statistics.h"

#include "check.h"

namespace pelikan::load {
namespace {

using test::kKolmogorovSmirnovLimit;
using test::kolmogorov_smirnov;

// The schedules that every kind of arrival is held to.
constexpr const char* kSchedules[] = {
    "const 2k 10s",          "ramp 0 4k 10s",
    "ramp 4k 100 10s",       "sine 2k 2k 3s 10s",
    "burst 0 10k 1s 5s 10s", "step 500 5k 1500 2s mirror; const 0 3s; sine 1k 300 1s 3s",
};

Schedule schedule(std::string_view text) { return {Setting("schedule", text), 1}; }

std::vector<double> times_of(Arrivals arrivals) {
  std::vector<double> times;
  for (int64_t time = arrivals.next(); time != Arrivals::kNever; time = arrivals.next()) {
    times.push_back(static_cast<double>(time) * 1e-9);
  }
  ck_assert_int_eq(arrivals.next(), Arrivals::kNever);
  return times;
}

std::vector<double> times_of(const Schedule& plan, ArrivalKind kind, Share share = {}) {
  return times_of(Arrivals(plan, kind, share, Random::for_place(1, share.index, 0)));
}

// Of all threads together.
std::vector<double> times_of_threads(const Schedule& plan, ArrivalKind kind, uint32_t threads) {
  std::vector<double> all;
  for (uint32_t i = 0; i < threads; ++i) {
    const std::vector<double> own = times_of(plan, kind, {.index = i, .count = threads});
    all.insert(all.end(), own.begin(), own.end());
  }
  std::ranges::sort(all);
  return all;
}

START_TEST(times_never_go_back_nor_behind_the_end) {
  for (const char* text : kSchedules) {
    const Schedule plan = schedule(text);
    for (const ArrivalKind kind : {ArrivalKind::kPoisson, ArrivalKind::kEven}) {
      const std::vector<double> times = times_of(plan, kind);
      ck_assert(std::ranges::is_sorted(times));
      ck_assert_double_ge(times.front(), 0);
      ck_assert_double_le(times.back(), plan.seconds());
    }
  }
}
END_TEST

// Given their number, the times of a Poisson process are drawn from the rate, normed.
START_TEST(poisson_arrivals_follow_every_rate) {
  for (const char* text : kSchedules) {
    const Schedule plan = schedule(text);
    for (const uint32_t threads : {1U, 4U}) {
      const std::vector<double> times = times_of_threads(plan, ArrivalKind::kPoisson, threads);
      const double missing = std::abs(static_cast<double>(times.size()) - plan.count());
      ck_assert_double_lt(missing, 3.3 * std::sqrt(plan.count()));
      const double distance = kolmogorov_smirnov(
          times, [&plan](double time) { return plan.count_at(time) / plan.count(); });
      ck_assert_msg(distance < kKolmogorovSmirnovLimit, "%s: %f", text, distance);
    }
  }
}
END_TEST

// Counted in requests of the plan, the distances are exponential: no memory, no clumps.
START_TEST(poisson_distances_are_exponential) {
  for (const char* text : kSchedules) {
    const Schedule plan = schedule(text);
    const std::vector<double> times = times_of(plan, ArrivalKind::kPoisson);
    std::vector<double> distances;
    for (size_t i = 1; i < times.size(); ++i) {
      distances.push_back(plan.count_at(times[i]) - plan.count_at(times[i - 1]));
    }
    const double distance = kolmogorov_smirnov(distances, [](double x) { return -std::expm1(-x); });
    ck_assert_msg(distance < kKolmogorovSmirnovLimit, "%s: %f", text, distance);
  }
}
END_TEST

START_TEST(even_arrivals_lie_one_request_apart) {
  for (const char* text : kSchedules) {
    const Schedule plan = schedule(text);
    for (const uint32_t threads : {1U, 4U}) {
      const std::vector<double> times = times_of_threads(plan, ArrivalKind::kEven, threads);
      ck_assert_uint_eq(times.size(), static_cast<size_t>(std::lround(plan.count())));
      for (size_t i = 0; i < times.size(); ++i) {
        const double count = static_cast<double>(i) + 0.5;
        ck_assert_double_eq_tol(plan.count_at(times[i]), count, 1e-4);  // times are whole ns
      }
    }
  }
}
END_TEST

START_TEST(even_arrivals_at_one_rate_are_the_period_apart) {
  const Schedule plan(1000, 3600);
  Arrivals arrivals(plan, ArrivalKind::kEven, {}, Random(1));
  int64_t last = arrivals.next();
  ck_assert_int_eq(last, 500'000);
  for (int i = 0; i < 1'000'000; ++i) {
    const int64_t time = arrivals.next();
    ck_assert_int_le(std::abs(time - last - 1'000'000), 1);
    last = time;
  }
  ck_assert_int_le(std::abs(last - 1'000'000'500'000), 1);
}
END_TEST

START_TEST(the_same_seed_plans_the_same_times) {
  const Schedule plan = schedule("ramp 0 4k 10s");
  const auto times = [&plan](uint64_t seed) {
    return times_of(Arrivals(plan, ArrivalKind::kPoisson, {}, Random(seed)));
  };
  ck_assert(times(1) == times(1));
  ck_assert(times(1) != times(2));
}
END_TEST

}  // namespace
}  // namespace pelikan::load

PELIKAN_TESTS("load/workload/arrivals", pelikan::load::times_never_go_back_nor_behind_the_end,
              pelikan::load::poisson_arrivals_follow_every_rate,
              pelikan::load::poisson_distances_are_exponential,
              pelikan::load::even_arrivals_lie_one_request_apart,
              pelikan::load::even_arrivals_at_one_rate_are_the_period_apart,
              pelikan::load::the_same_seed_plans_the_same_times)
