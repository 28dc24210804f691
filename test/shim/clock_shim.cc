// Preloaded into a server, moves two of its clocks, each by so much: the wall clock, as who sets it
// does, and the boot clock, as a machine that was suspended does. test/integration/clock_test.py is
// the other end: it writes the distances into a file that both have mapped.
//
// PELIKAN_CLOCKS is the path of that file; without it the clocks are the kernel's.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <ctime>

namespace {

// The file's content. The test writes it, all threads of the server read it; each word stands for
// itself, so relaxed.
struct Distances {
  std::atomic<int64_t> wall_ms;
  std::atomic<int64_t> boot_ms;
};

const Distances* distances = nullptr;  // set before main(), then only read

__attribute__((constructor)) void attach() {
  const char* path = std::getenv("PELIKAN_CLOCKS");
  const int fd = path == nullptr ? -1 : ::open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return;
  const void* place = ::mmap(nullptr, sizeof(Distances), PROT_READ, MAP_SHARED, fd, 0);
  ::close(fd);
  if (place != MAP_FAILED) distances = static_cast<const Distances*>(place);
}

int64_t distance_ms(clockid_t clock) {
  if (distances == nullptr) return 0;
  switch (clock) {
    case CLOCK_REALTIME:
    case CLOCK_REALTIME_COARSE:
      return distances->wall_ms.load(std::memory_order_relaxed);
    case CLOCK_BOOTTIME:
      return distances->boot_ms.load(std::memory_order_relaxed);
    default:
      return 0;
  }
}

}  // namespace

extern "C" int clock_gettime(clockid_t clock, timespec* time) noexcept {
  const auto status = static_cast<int>(::syscall(SYS_clock_gettime, clock, time));
  if (status != 0) return status;
  constexpr int64_t kNsPerMs = 1'000'000, kNsPerS = 1'000'000'000;
  const int64_t ms = distance_ms(clock);
  time->tv_sec += ms / 1000;
  time->tv_nsec += ms % 1000 * kNsPerMs;
  if (time->tv_nsec >= kNsPerS) time->tv_nsec -= kNsPerS, ++time->tv_sec;
  if (time->tv_nsec < 0) time->tv_nsec += kNsPerS, --time->tv_sec;
  return 0;
}
