// Log: the server's diary. Worker threads copy a line into their own ring and go on; the control plane
// writes the rings out. A full ring drops the line and counts it; nobody waits for a disk.
//
//   LOG_WARN(log, "port {} is busy: {}", port, reason);     // fmt's format strings, checked when compiled
//
// Control bytes and non-ASCII bytes of arguments are escaped \xNN, a line is at most kLineMax bytes.
//
// Thread safety: write() from any thread; flush() and reopen() from the control plane only.
#pragma once

#include <fmt/format.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string_view>

#include "metric/metric.h"
#include "option/option.h"

namespace pelikan {

enum class LogLevel : uint8_t { kCritical, kError, kWarn, kInfo, kDebug, kVerbose };

// Declared by the log module: struct LogOptions : OptionGroup  (debug_log_level, debug_log_file,
// debug_log_buffer, ...) and struct LogMetrics : MetricGroup (log_write, log_skip, ...).

class Log {
 public:
  static constexpr size_t kLineMax = 1024;

  [[nodiscard]] bool enabled(LogLevel level) const noexcept;
  void set_level(LogLevel level) noexcept;  // from any thread: the `verbosity` command
  void write(LogLevel level, std::string_view line) noexcept;

  // Writes every ring out; returns the number of lines.
  size_t flush() noexcept;
  // Opens the file anew under its name, for logrotate (SIGHUP). Appends, never truncates.
  void reopen() noexcept;
};

}  // namespace pelikan

#define PELIKAN_LOG(log, level, ...)                                          \
  do {                                                                        \
    if ((log).enabled(level)) ::pelikan::log_format((log), level, __VA_ARGS__); \
  } while (false)
#define LOG_CRITICAL(log, ...) PELIKAN_LOG(log, ::pelikan::LogLevel::kCritical, __VA_ARGS__)
#define LOG_ERROR(log, ...) PELIKAN_LOG(log, ::pelikan::LogLevel::kError, __VA_ARGS__)
#define LOG_WARN(log, ...) PELIKAN_LOG(log, ::pelikan::LogLevel::kWarn, __VA_ARGS__)
#define LOG_INFO(log, ...) PELIKAN_LOG(log, ::pelikan::LogLevel::kInfo, __VA_ARGS__)
#define LOG_DEBUG(log, ...) PELIKAN_LOG(log, ::pelikan::LogLevel::kDebug, __VA_ARGS__)
#define LOG_VERBOSE(log, ...) PELIKAN_LOG(log, ::pelikan::LogLevel::kVerbose, __VA_ARGS__)
