#include "core/process_metrics.h"

#include <dirent.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdio>
#include <memory>

namespace pelikan {
namespace {

uint64_t to_us(const timeval& time) noexcept {
  return static_cast<uint64_t>(time.tv_sec) * 1'000'000 + static_cast<uint64_t>(time.tv_usec);
}

// A counter of ours follows one of the kernel's.
void raise_to(Counter& counter, uint64_t value) noexcept {
  if (value > counter.value()) counter.add(value - counter.value());
}

int64_t resident_bytes() noexcept {
  struct Close {
    void operator()(FILE* file) const noexcept { std::fclose(file); }
  };
  const std::unique_ptr<FILE, Close> file(std::fopen("/proc/self/statm", "re"));
  long pages = 0;
  if (!file || std::fscanf(file.get(), "%*s %ld", &pages) != 1) return 0;
  return int64_t{pages} * sysconf(_SC_PAGESIZE);
}

int64_t open_files() noexcept {
  struct Close {
    void operator()(DIR* folder) const noexcept { ::closedir(folder); }
  };
  const std::unique_ptr<DIR, Close> folder(::opendir("/proc/self/fd"));
  if (!folder) return 0;
  int64_t entries = 0;
  while (::readdir(folder.get()) != nullptr) ++entries;
  return entries - 3;  // ".", ".." and the folder itself
}

}  // namespace

ProcessMetrics::ProcessMetrics(MetricRegistry& registry, const TimeSource& time,
                               int64_t start_boot_ms)
    : MetricGroup(registry),
      time_(time),
      start_boot_ms_(start_boot_ms),
      files_counted_ms_(start_boot_ms - 1000) {
  pid.set(::getpid());
}

void ProcessMetrics::refresh() {
  const int64_t now_ms = time_.boot_ms();
  uptime_ms.set(now_ms - start_boot_ms_);
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  raise_to(user_us, to_us(usage.ru_utime));
  raise_to(system_us, to_us(usage.ru_stime));
  raise_to(major_faults, static_cast<uint64_t>(usage.ru_majflt));
  raise_to(switches, static_cast<uint64_t>(usage.ru_nvcsw + usage.ru_nivcsw));
  resident_bytes.set(pelikan::resident_bytes());
  // Ten thousand connections take milliseconds to count.
  if (now_ms - files_counted_ms_ < 1000) return;
  files_counted_ms_ = now_ms;
  open_files.set(pelikan::open_files());
}

}  // namespace pelikan
