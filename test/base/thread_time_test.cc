#include "base/thread_time.h"

#include "check.h"

using namespace pelikan;

namespace {

START_TEST(a_threads_cpu_time_goes_on_while_it_works) {
  const int64_t begin_ns = thread_cpu_ns();
  while (thread_cpu_ns() == begin_ns) {
  }
  ck_assert_int_gt(thread_cpu_ns(), begin_ns);
}
END_TEST

}  // namespace

PELIKAN_TESTS("base/thread_time", a_threads_cpu_time_goes_on_while_it_works)
