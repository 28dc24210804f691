// KlogFile: the command log's file. It is appended to until it has klog_max bytes, then renamed to
// klog_backup, whose old content goes, and begun anew. The file changes only between two lines, so
// every line stands whole in one file.
//
// Thread safety: none; it belongs to the control plane.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "log/log.h"
#include "log/log_file.h"
#include "metric/metric.h"

namespace pelikan {

struct KlogFileMetrics : MetricGroup {
  using MetricGroup::MetricGroup;
  Counter rotate{this, "klog_rotate", "times the command log was renamed and begun anew"};
  Counter error{this, "klog_error",
                "failed writes, renames and openings of the command log; its lines wait"};
};

class KlogFile {
 public:
  // max_bytes 0: it is never renamed. Throws SetupError when the file cannot be opened.
  KlogFile(const std::string& path, std::string backup, uint64_t max_bytes,
           KlogFileMetrics& metrics, Log& log);

  // As LogFile::write; `bytes` go on where those written before ended.
  [[nodiscard]] LogFile::Written write(std::string_view bytes) noexcept;
  // Opens the path anew, as soon as the line that is being written is whole.
  void reopen() noexcept;

 private:
  void change_file() noexcept;
  void rename() noexcept;
  void open_anew() noexcept;
  void tell(std::string_view what) noexcept;

  LogFile file_;
  const std::string backup_;
  const uint64_t max_bytes_;
  KlogFileMetrics& metrics_;
  Log& log_;
  bool is_between_lines_ = true;
  bool wants_reopen_ = false;
  bool has_told_ = false;  // of the failure that lasts
};

}  // namespace pelikan
