#include "log/klog_file.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

#include "base/setup_error.h"

namespace pelikan {

KlogFile::KlogFile(const std::string& path, std::string backup, uint64_t max_bytes,
                   KlogFileMetrics& metrics, Log& log)
    : file_(path),
      backup_(std::move(backup)),
      max_bytes_(max_bytes),
      metrics_(metrics),
      log_(log) {}

LogFile::Written KlogFile::write(std::string_view bytes) noexcept {
  change_file();
  const LogFile::Written written = file_.write(bytes);
  if (written.bytes > 0) is_between_lines_ = bytes[written.bytes - 1] == '\n';
  if (written.failed) metrics_.error.add();
  return written;
}

void KlogFile::reopen() noexcept {
  wants_reopen_ = true;
  change_file();
}

void KlogFile::change_file() noexcept {
  if (!is_between_lines_) return;
  if (!wants_reopen_ && max_bytes_ != 0 && file_.size() >= max_bytes_) rename();
  if (wants_reopen_) open_anew();
}

void KlogFile::rename() noexcept {
  // Somebody else may have taken the file away; then a new one is due all the same.
  if (std::rename(file_.path().c_str(), backup_.c_str()) != 0 && errno != ENOENT) {
    return tell("cannot rename the command log, it goes on growing");
  }
  metrics_.rotate.add();
  wants_reopen_ = true;
}

void KlogFile::open_anew() noexcept {
  if (!file_.reopen()) return tell("cannot reopen the command log, the old file stays");
  wants_reopen_ = false;
  has_told_ = false;
}

void KlogFile::tell(std::string_view what) noexcept {
  const int reason = errno;
  metrics_.error.add();
  if (!std::exchange(has_told_, true)) LOG_ERROR(log_, "{}: {}", what, std::strerror(reason));
}

}  // namespace pelikan
