// Klog: the command log, one line for each sampled command, for whoever wants to know or to replay
// what clients do (docs/reference/klog.md). Workers leave lines in rings of their own
// (klog_writer.h); the control plane writes them out. A full ring drops the line and counts it:
// nobody who serves waits for a disk, a pipe or another thread.
//
// Thread safety: the control plane's, but for the writers.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "log/klog_file.h"
#include "log/klog_writer.h"
#include "log/log.h"
#include "metric/metric.h"
#include "option/option.h"

namespace pelikan {

struct KlogOptions : OptionGroup {
  using Milliseconds = std::chrono::milliseconds;

  Option<std::string> file{this, "klog_file", "",
                           "file the command log is appended to; empty: no command log"};
  Option<std::string> backup{this, "klog_backup", "",
                             "what a klog_file of klog_max is renamed to, in place of the one "
                             "before; empty: its name and .1"};
  Option<Bytes> nbuf{this,
                     "klog_nbuf",
                     {2 * kMiB},
                     "lines of one worker that wait to be written; more are dropped and counted",
                     {4 * kKiB, kGiB}};
  Option<uint64_t> sample{
      this, "klog_sample", 100, "of so many commands one is logged", {1, 1'000'000'000}};
  Option<Bytes> max{this,
                    "klog_max",
                    {kGiB},
                    "size from which the file is renamed and begun anew; 0: never",
                    {0, 1024 * kTiB}};
  Option<Milliseconds> intvl{this,
                             "klog_intvl",
                             Milliseconds(100),
                             "how often waiting lines are written",
                             {Milliseconds(50), std::chrono::minutes(1)}};
};

class Klog {
 public:
  // Without a klog_file nothing is ever logged. Throws SetupError when it cannot be opened.
  // REQUIRES: all references outlive the log
  Klog(const KlogOptions& options, MetricRegistry& registry, const TimeSource& time, Log& log);
  Klog(const Klog&) = delete;
  Klog& operator=(const Klog&) = delete;
  ~Klog();  // writes what waits

  // A new writer, for the thread of this clock; it lives as long as the log. Before threads start.
  [[nodiscard]] KlogWriter& writer(const Clock& clock);

  // Flushes when klog_intvl has passed; called a few times in that time.
  void tick() noexcept;
  // Writes every ring out. After a failed write the rest waits for the next flush.
  void flush() noexcept;
  // Opens the file anew under its name, for logrotate (SIGHUP). Appends, never truncates; when that
  // fails, the old file stays and the log gets a line about it.
  void reopen() noexcept;

 private:
  [[nodiscard]] bool drain(LineRing& ring) noexcept;
  void look_at_zone() noexcept;

  const KlogShape shape_;
  const int64_t period_ms_;
  MetricRegistry& registry_;
  const TimeSource& time_;
  KlogFileMetrics metrics_;
  std::optional<KlogFile> file_;
  std::vector<std::unique_ptr<KlogWriter>> writers_;
  size_t next_ = 0;         // the writer whose lines are written next
  int64_t flushed_ms_ = 0;  // when, on the boot clock
  // Local time's distance from UTC. Written by the control plane, which may ask the C library for
  // it and so take its lock; read by writers. relaxed: it orders nothing.
  std::atomic<int32_t> zone_s_{0};
};

}  // namespace pelikan
