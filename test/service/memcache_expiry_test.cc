#include "service/memcache_expiry.h"

#include <cstdint>
#include <limits>

#include "check.h"

namespace pelikan {
namespace {

constexpr int64_t kBootMs = 5'000'000;
constexpr int64_t kUnixMs = 1'700'000'000'000;
constexpr int64_t kUnixS = kUnixMs / 1000;

int64_t expiry_at(int64_t exptime) {
  const FakeTime time(kBootMs, kUnixMs);
  const Clock clock(time);
  return expiry_of(exptime, clock).at_ms;
}

START_TEST(every_kind_of_exptime_becomes_its_point_in_time) {
  struct Row {
    int64_t exptime;
    int64_t at_ms;
  };
  constexpr int64_t kMonth = 2'592'000;
  constexpr Row kRows[] = {
      {0, Expiry::kNever},
      {-1, kBootMs},
      {std::numeric_limits<int64_t>::min(), kBootMs},
      {1, kBootMs + 1'000},
      {kMonth, kBootMs + kMonth * 1000},
      {kMonth + 1, kBootMs},  // January 1970
      {kUnixS, kBootMs},
      {kUnixS - 1, kBootMs},
      {kUnixS + 1, kBootMs + 1'000},
      {4'102'444'800, kBootMs + (4'102'444'800 - kUnixS) * 1000},  // the year 2100
      {(int64_t{1} << 31) - 1, kBootMs + ((int64_t{1} << 31) - 1 - kUnixS) * 1000},
      {(int64_t{1} << 32) - 1, kBootMs + ((int64_t{1} << 32) - 1 - kUnixS) * 1000},
      {(int64_t{1} << 32) + 100, kBootMs + ((int64_t{1} << 32) + 100 - kUnixS) * 1000},
      {std::numeric_limits<int64_t>::max(), Expiry::kNever},
  };
  for (const Row& row : kRows) ck_assert_int_eq(expiry_at(row.exptime), row.at_ms);
}
END_TEST

START_TEST(no_exptime_overflows) {
  for (int64_t exptime = 1; exptime > 0 && exptime < INT64_MAX / 2; exptime *= 2) {
    ck_assert_int_ge(expiry_at(exptime), kBootMs);
    ck_assert_int_ge(expiry_at(exptime - 1), kBootMs);
  }
}
END_TEST

START_TEST(a_relative_time_does_not_follow_a_jump_of_the_wall_clock) {
  FakeTime time(kBootMs, kUnixMs);
  time.jump_wall_clock_ms(3'600'000);
  const Clock clock(time);
  ck_assert_int_eq(expiry_of(100, clock).at_ms, kBootMs + 100'000);
  ck_assert_int_eq(expiry_of(kUnixS + 7200, clock).at_ms, kBootMs + 3'600'000);
}
END_TEST

START_TEST(a_flush_is_at_once_when_no_time_is_given) {
  const FakeTime time(kBootMs, kUnixMs);
  const Clock clock(time);
  ck_assert_int_eq(flush_time_of(0, clock).at_ms, kBootMs);
  ck_assert_int_eq(flush_time_of(-5, clock).at_ms, kBootMs);
  ck_assert_int_eq(flush_time_of(10, clock).at_ms, kBootMs + 10'000);
  ck_assert_int_eq(flush_time_of(kUnixS + 10, clock).at_ms, kBootMs + 10'000);
}
END_TEST

}  // namespace
}  // namespace pelikan

using namespace pelikan;
PELIKAN_TESTS("service/memcache_expiry", every_kind_of_exptime_becomes_its_point_in_time,
              no_exptime_overflows, a_relative_time_does_not_follow_a_jump_of_the_wall_clock,
              a_flush_is_at_once_when_no_time_is_given)
