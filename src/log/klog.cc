#include "log/klog.h"

#include <ctime>

#include "base/setup_error.h"

namespace pelikan {
namespace {

std::string backup_path(const KlogOptions& options) {
  const std::string& backup = options.backup.get();
  if (backup.empty()) return options.file.get() + ".1";
  if (backup != options.file.get()) return backup;
  throw SetupError(ExitCode::kConfig, "klog_backup: is the klog_file itself");
}

}  // namespace

Klog::Klog(const KlogOptions& options, MetricRegistry& registry, const TimeSource& time, Log& log)
    : shape_{.is_on = !options.file.get().empty(),
             .ring_bytes = options.nbuf.get().value,
             .one_in = options.sample.get()},
      period_ms_(options.intvl.get().count()),
      registry_(registry),
      time_(time),
      metrics_(registry),
      flushed_ms_(time.boot_ms()) {
  if (!shape_.is_on) return;
  file_.emplace(options.file.get(), backup_path(options), options.max.get().value, metrics_, log);
  look_at_zone();
}

Klog::~Klog() { flush(); }

KlogWriter& Klog::writer(const Clock& clock) {
  writers_.push_back(
      std::make_unique<KlogWriter>(shape_, writers_.size(), clock, zone_s_, registry_));
  return *writers_.back();
}

void Klog::tick() noexcept {
  if (file_ && time_.boot_ms() - flushed_ms_ >= period_ms_) flush();
}

void Klog::flush() noexcept {
  if (!file_) return;
  flushed_ms_ = time_.boot_ms();
  look_at_zone();
  for (size_t i = 0; i < writers_.size(); ++i) {
    // The file may have taken half a line: the next flush goes on there.
    if (!drain(writers_[next_]->lines())) return;
    next_ = (next_ + 1) % writers_.size();
  }
}

void Klog::reopen() noexcept {
  if (!file_) return;
  flush();
  file_->reopen();
}

// Writes out the lines that are there now. False when the file takes no more.
bool Klog::drain(LineRing& ring) noexcept {
  for (const std::string_view bytes : ring.pending()) {
    if (bytes.empty()) continue;
    const LogFile::Written written = file_->write(bytes);
    ring.drop(written.bytes);
    if (written.bytes < bytes.size()) return false;
  }
  return true;
}

void Klog::look_at_zone() noexcept {
  const std::time_t now = time_.unix_ms() / 1000;
  std::tm local{};
  if (::localtime_r(&now, &local) == nullptr) return;
  zone_s_.store(static_cast<int32_t>(local.tm_gmtoff), std::memory_order_relaxed);
}

}  // namespace pelikan
