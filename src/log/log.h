// Log: the server's diary. Threads copy a line into a ring of their own and go on; the control
// plane writes the rings out. A full ring drops the line and counts it; nobody waits for a disk or
// a pipe.
//
//   LOG_WARN(log, "port {} is busy: {}", port, reason);     // fmt's format strings, checked when
//   compiled
//
// gives, with everything but printable ASCII escaped \xNN, in at most kLineMax bytes:
//
//   2026-01-31T09:30:00.125Z warn worker_0: port 11211 is busy: Address already in use
//
// One statement writes at most debug_log_rate lines a second; its next line says how many were left
// out. Lines of one thread keep their order; those of different threads may be off by the time
// between two flushes.
//
// Thread safety: write() and set_level() from any thread, without locks; flush() and reopen() from
// the control plane only. A thread's first line allocates its ring (or join() before); it is freed
// when the thread has ended and the ring is written out. The log outlives its last write(); the
// destructor flushes.
#pragma once

#include <fmt/format.h>

#include <atomic>
#include <cstdint>
#include <string_view>

#include "base/clock.h"
#include "base/intrusive_list.h"
#include "log/log_file.h"
#include "log/log_site.h"
#include "metric/metric.h"
#include "option/option.h"

namespace pelikan {

enum class LogLevel : uint8_t { kCritical, kError, kWarn, kInfo, kDebug, kVerbose };

struct LogOptions : OptionGroup {
  Option<Choice> level{this,
                       "debug_log_level",
                       "info",
                       "least important lines that are logged",
                       {"critical", "error", "warn", "info", "debug", "verbose"}};
  Option<std::string> file{this, "debug_log_file", "",
                           "file the log is appended to; empty: stderr"};
  Option<Bytes> buffer{this,
                       "debug_log_buffer",
                       {64 * kKiB},
                       "lines of one thread that wait to be written; more are dropped and counted",
                       {4 * kKiB, 64 * kMiB}};
  Option<uint64_t> rate{
      this, "debug_log_rate", 10, "lines per second from one place in the code", {1, 1'000'000}};
};

// Counted by the control plane, in flush().
struct LogMetrics : MetricGroup {
  using MetricGroup::MetricGroup;
  Counter write{this, "log_write", "log lines written"};
  Counter skip{this, "log_skip", "log lines dropped because their thread's buffer was full"};
  Counter limit{this, "log_limit",
                "log lines left out because their place in the code wrote too many"};
  Counter error{this, "log_error", "failed writes of the log file; the lines wait for the next"};
};

class Log {
 public:
  static constexpr size_t kLineMax = 1024;

  // Throws SetupError when the file cannot be opened.
  Log(const LogOptions& options, LogMetrics& metrics, const TimeSource& time);
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  [[nodiscard]] bool enabled(LogLevel level) const noexcept {
    // relaxed: a level set by another thread may come a few lines late
    return level <= level_.load(std::memory_order_relaxed);
  }
  [[nodiscard]] LogLevel level() const noexcept { return level_.load(std::memory_order_relaxed); }
  void set_level(LogLevel level) noexcept { level_.store(level, std::memory_order_relaxed); }

  // Gives the calling thread its ring now, so that no write() allocates. Named threads do this
  // after their naming: the name stands in their lines.
  void join() noexcept;
  // One line, whatever the level.
  void write(LogLevel level, std::string_view text) noexcept;
  // What the LOG_ macros call: one line, if the site may.
  void write(LogSite& site, LogLevel level, fmt::string_view format,
             fmt::format_args arguments) noexcept;

  // Writes every ring out; returns the number of lines. After a failed write the rest waits for the
  // next flush.
  size_t flush() noexcept;
  // Opens the file anew under its name, for logrotate (SIGHUP). Appends, never truncates; when that
  // fails, the old file stays and gets a line about it.
  void reopen() noexcept;

 private:
  struct ThreadRing;
  struct ThreadRings;

  [[nodiscard]] ThreadRing* own_ring() noexcept;
  void put(ThreadRing& ring, LogLevel level, std::string_view text, uint64_t left_out) noexcept;
  [[nodiscard]] ThreadRing* first_ring() noexcept;
  void adopt_newcomers() noexcept;
  [[nodiscard]] bool drain(ThreadRing& ring, size_t& lines) noexcept;
  void collect_counts(ThreadRing& ring) noexcept;

  const uint64_t id_;  // unlike an address, never that of an earlier log
  const size_t ring_bytes_;
  const uint64_t lines_per_second_;
  LogMetrics& metrics_;
  const TimeSource& time_;
  LogFile file_;
  std::atomic<LogLevel> level_;
  std::atomic<uint64_t> without_ring_{0};  // lines of threads that no ring could be allocated for
  std::atomic<ThreadRing*> newcomers_{nullptr};  // rings not yet in rings_, a stack
  IntrusiveList<ThreadRing, ThreadRing> rings_;  // the control plane's
};

template <class... Arguments>
void log_format(Log& log, LogSite& site, LogLevel level, fmt::format_string<Arguments...> format,
                Arguments&&... arguments) noexcept {
  log.write(site, level, format, fmt::make_format_args(arguments...));
}

}  // namespace pelikan

#define PELIKAN_LOG(log, level, ...)                                        \
  do {                                                                      \
    if ((log).enabled(level)) {                                             \
      static constinit ::pelikan::LogSite pelikan_log_site;                 \
      ::pelikan::log_format((log), pelikan_log_site, (level), __VA_ARGS__); \
    }                                                                       \
  } while (false)
#define LOG_CRITICAL(log, ...) PELIKAN_LOG(log, ::pelikan::LogLevel::kCritical, __VA_ARGS__)
#define LOG_ERROR(log, ...) PELIKAN_LOG(log, ::pelikan::LogLevel::kError, __VA_ARGS__)
#define LOG_WARN(log, ...) PELIKAN_LOG(log, ::pelikan::LogLevel::kWarn, __VA_ARGS__)
#define LOG_INFO(log, ...) PELIKAN_LOG(log, ::pelikan::LogLevel::kInfo, __VA_ARGS__)
#define LOG_DEBUG(log, ...) PELIKAN_LOG(log, ::pelikan::LogLevel::kDebug, __VA_ARGS__)
#define LOG_VERBOSE(log, ...) PELIKAN_LOG(log, ::pelikan::LogLevel::kVerbose, __VA_ARGS__)
