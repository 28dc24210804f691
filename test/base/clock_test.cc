#include "base/clock.h"

#include "check.h"

using namespace pelikan;

namespace {

START_TEST(a_clock_stands_between_two_refreshes) {
  FakeTime time(5'000, 1'700'000'000'000);
  Clock clock(time);
  time.advance_ms(250);
  ck_assert_int_eq(clock.now_ms(), 5'000);
  clock.refresh();
  ck_assert_int_eq(clock.now_ms(), 5'250);
}
END_TEST

START_TEST(the_wall_clock_is_read_anew_and_jumps_alone) {
  FakeTime time(5'000, 1'700'000'000'000);
  Clock clock(time);
  time.jump_wall_clock_ms(-3'600'000);
  ck_assert_int_eq(clock.unix_ms(), 1'699'996'400'000);
  clock.refresh();
  ck_assert_int_eq(clock.now_ms(), 5'000);
  ck_assert_int_eq(clock.precise_ns(), 5'000'000'000);
}
END_TEST

START_TEST(system_time_goes_on_and_is_later_than_this_test) {
  const SystemTime time;
  const int64_t boot_ms = time.boot_ms();
  const int64_t precise_ns = time.precise_ns();
  ck_assert_int_gt(time.unix_ms(), 1'700'000'000'000);
  ck_assert_int_ge(time.boot_ms(), boot_ms);
  ck_assert_int_ge(time.precise_ns(), precise_ns);
  // Boot time counts from the same moment, and suspended time besides.
  ck_assert_int_ge(time.boot_ms() + 1, precise_ns / 1'000'000);
}
END_TEST

}  // namespace

PELIKAN_TESTS("base/clock", a_clock_stands_between_two_refreshes,
              the_wall_clock_is_read_anew_and_jumps_alone,
              system_time_goes_on_and_is_later_than_this_test)
