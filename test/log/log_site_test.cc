#include "log/log_site.h"

#include <atomic>
#include <thread>
#include <vector>

#include "check.h"

using namespace pelikan;

namespace {

START_TEST(a_second_has_so_many_lines_and_the_next_as_many_again) {
  LogSite site;
  for (int n = 0; n < 10; ++n) ck_assert_uint_eq(site.admit(7, 10).value_or(99), 0);
  for (int n = 0; n < 25; ++n) ck_assert(!site.admit(7, 10));
  ck_assert_uint_eq(site.admit(8, 10).value_or(99), 25);
  for (int n = 1; n < 10; ++n) ck_assert_uint_eq(site.admit(8, 10).value_or(99), 0);
  ck_assert(!site.admit(8, 10));
  ck_assert_uint_eq(site.admit(1000, 10).value_or(99), 1);
}
END_TEST

START_TEST(the_first_second_of_the_clock_counts_as_well) {
  LogSite site;
  ck_assert(site.admit(0, 1).has_value());
  ck_assert(!site.admit(0, 1));
}
END_TEST

START_TEST(threads_share_the_lines_of_a_second_exactly) {
  constexpr int kThreads = 4, kCalls = 2000, kSeconds = 10;
  LogSite site;
  std::atomic<uint64_t> admitted{0};
  std::atomic<uint64_t> told{0};
  const auto call = [&](int64_t second) {
    for (int n = 0; n < kCalls; ++n) {
      const auto left_out = site.admit(second, 100);
      if (left_out) admitted.fetch_add(1), told.fetch_add(*left_out);
    }
  };
  for (int second = 0; second < kSeconds; ++second) {
    std::vector<std::thread> threads;
    threads.reserve(kThreads);
    for (int i = 0; i < kThreads; ++i) threads.emplace_back(call, second);
    for (std::thread& thread : threads) thread.join();
  }
  const auto last = site.admit(kSeconds, 100);
  ck_assert_uint_eq(admitted.load(), 100 * kSeconds);
  ck_assert_uint_eq(admitted.load() + told.load() + last.value_or(0), kThreads * kCalls * kSeconds);
}
END_TEST

}  // namespace

PELIKAN_TESTS("log/log_site", a_second_has_so_many_lines_and_the_next_as_many_again,
              the_first_second_of_the_clock_counts_as_well,
              threads_share_the_lines_of_a_second_exactly)
