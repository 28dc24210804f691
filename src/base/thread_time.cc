#include "base/thread_time.h"

#include <ctime>

namespace pelikan {

int64_t thread_cpu_ns() noexcept {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);  // cannot fail for this clock
  return int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

}  // namespace pelikan
