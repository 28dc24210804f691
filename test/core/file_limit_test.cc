#include "core/file_limit.h"

#include <sys/resource.h>
#include <unistd.h>

#include "check.h"

namespace pelikan {
namespace {

void set_limit(rlim_t soft, rlim_t hard) {
  const rlimit limit{.rlim_cur = soft, .rlim_max = hard};
  ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
}

rlim_t soft_limit() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  return limit.rlim_cur;
}

START_TEST(a_lower_soft_limit_is_raised) {
  set_limit(100, 500);
  ck_assert_uint_eq(raise_file_limit(300), 300);
  ck_assert_uint_eq(soft_limit(), 300);
}
END_TEST

START_TEST(a_higher_soft_limit_stays) {
  set_limit(400, 500);
  ck_assert_uint_eq(raise_file_limit(300), 400);
  ck_assert_uint_eq(soft_limit(), 400);
}
END_TEST

START_TEST(who_may_not_raise_the_hard_limit_gets_all_of_it) {
  set_limit(100, 500);
  if (getuid() == 0) ck_assert_int_eq(setuid(65534), 0);  // nobody
  ck_assert_uint_eq(raise_file_limit(1'000), 500);
  ck_assert_uint_eq(soft_limit(), 500);
}
END_TEST

}  // namespace
}  // namespace pelikan

PELIKAN_TESTS("core/file_limit", pelikan::a_lower_soft_limit_is_raised,
              pelikan::a_higher_soft_limit_stays,
              pelikan::who_may_not_raise_the_hard_limit_gets_all_of_it)
