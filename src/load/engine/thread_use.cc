#include "load/engine/thread_use.h"

#include <fcntl.h>
#include <unistd.h>

#include <charconv>
#include <ctime>
#include <string_view>

#include "base/unique_fd.h"

namespace pelikan::load {
namespace {

double read_seconds(clockid_t clock) noexcept {
  timespec time{};
  ::clock_gettime(clock, &time);  // cannot fail for the clocks named here
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

// The second number of schedstat: nanoseconds in the run queue (Documentation/scheduler/
// sched-stats.rst). 0 where the kernel keeps none.
double run_queue_wait() noexcept {
  const UniqueFd file(::open("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC));
  char text[128];
  const ssize_t size = file ? ::read(file.get(), text, sizeof text) : 0;
  if (size <= 0) return 0;
  const char* end = text + size;
  uint64_t ran_ns = 0, waited_ns = 0;
  const auto first = std::from_chars(text, end, ran_ns);
  if (first.ptr == end) return 0;
  std::from_chars(first.ptr + 1, end, waited_ns);
  return static_cast<double>(waited_ns) * 1e-9;
}

}  // namespace

ThreadUse current_use() noexcept {
  return {.cpu_s = read_seconds(CLOCK_THREAD_CPUTIME_ID),
          .wait_s = run_queue_wait(),
          .seconds = read_seconds(CLOCK_MONOTONIC)};
}

ThreadUse use_since(const ThreadUse& earlier) noexcept {
  const ThreadUse now = current_use();
  return {.cpu_s = now.cpu_s - earlier.cpu_s,
          .wait_s = now.wait_s - earlier.wait_s,
          .seconds = now.seconds - earlier.seconds};
}

}  // namespace pelikan::load
