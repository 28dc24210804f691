// turns: preloaded into a server, it measures the CPU time of every turn of its workers' loops:
// from one epoll_wait's return to the next one's call. At the end of the process it writes them to
// the file $PELIKAN_TURNS as a line: count, then the 50th, 99.99th and 100th percentile in ns.
#include <dlfcn.h>
#include <pthread.h>
#include <sys/epoll.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <mutex>
#include <string_view>

namespace {

constexpr int kSteps = 16;  // of a power of two

// Counts by size, sixteen steps to a power of two.
struct Sizes {
  std::array<uint64_t, 64 * kSteps> counts{};
  uint64_t total = 0;
  uint64_t largest = 0;

  void add(uint64_t ns) {
    const auto exponent = static_cast<unsigned>(std::bit_width(ns | kSteps) - 5);
    counts[exponent * kSteps + (ns >> exponent) % kSteps] += 1;
    total += 1;
    largest = std::max(largest, ns);
  }
  // The lower end of the step in which so many of all are reached.
  [[nodiscard]] uint64_t percentile(double share) const {
    auto left = static_cast<int64_t>(static_cast<double>(total) * share);
    for (size_t i = 0; i < counts.size(); ++i) {
      left -= static_cast<int64_t>(counts[i]);
      if (left < 0) return i < kSteps ? i : (kSteps + i % kSteps) << (i / kSteps);
    }
    return largest;
  }
};

std::mutex mutex;  // of the workers, each of which adds its turns when it ends
Sizes all;

uint64_t thread_cpu_ns() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<uint64_t>(time.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(time.tv_nsec);
}

bool is_worker() {
  std::array<char, 16> name{};
  ::pthread_getname_np(::pthread_self(), name.data(), name.size());
  return std::string_view(name.data()).starts_with("worker_");
}

struct Turns {
  const bool counts = is_worker();
  uint64_t begin_ns = 0;
  Sizes sizes;

  ~Turns() {
    const std::lock_guard lock(mutex);
    for (size_t i = 0; i < all.counts.size(); ++i) all.counts[i] += sizes.counts[i];
    all.total += sizes.total;
    all.largest = std::max(all.largest, sizes.largest);
  }
};

struct Report {
  ~Report() {
    const char* path = std::getenv("PELIKAN_TURNS");
    std::FILE* file = path == nullptr ? nullptr : std::fopen(path, "w");
    if (file == nullptr) return;
    std::fprintf(file, "%lu %lu %lu %lu\n", all.total, all.percentile(0.5), all.percentile(0.9999),
                 all.largest);
    std::fclose(file);
  }
} report;

}  // namespace

extern "C" int epoll_wait(int epoll, epoll_event* events, int most, int timeout) {
  using Function = int (*)(int, epoll_event*, int, int);
  static const auto real = reinterpret_cast<Function>(::dlsym(RTLD_NEXT, "epoll_wait"));
  thread_local Turns turns;
  if (!turns.counts) return real(epoll, events, most, timeout);
  if (turns.begin_ns != 0) turns.sizes.add(thread_cpu_ns() - turns.begin_ns);
  const int ready = real(epoll, events, most, timeout);
  turns.begin_ns = thread_cpu_ns();
  return ready;
}
