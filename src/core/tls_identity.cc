#include "core/tls_identity.h"

#include <sys/stat.h>

#include <exception>
#include <utility>

namespace pelikan {
namespace {

constexpr int64_t kDay = 86'400;
constexpr int64_t kWarnBefore = 30 * kDay;

}  // namespace

TlsIdentity::TlsIdentity(const TlsOptions& options, const char* protocol, const TimeSource& time,
                         MetricRegistry& registry, Log& log)
    : options_(options),
      protocol_(protocol),
      time_(time),
      log_(log),
      metrics_(registry),
      tickets_(time, options.ticket_rotation.get()),
      context_(make_context()) {
  show(*context_);
  if (!options_.ca.get().empty() && options_.verify.get() == "off")
    LOG_WARN(log_, "tls_ca is set and tls_verify is off: nobody is asked for a certificate");
}

std::unique_ptr<TlsContext> TlsIdentity::make_context() {
  return std::make_unique<TlsContext>(
      options_.settings(), options_.session_tickets.get() ? &tickets_ : nullptr, protocol_);
}

std::unique_ptr<TlsStream> TlsIdentity::stream() {
  const std::lock_guard lock(mutex_);
  return std::make_unique<TlsStream>(*context_);
}

std::string TlsIdentity::reload() noexcept {
  try {
    std::unique_ptr<TlsContext> fresh = make_context();
    show(*fresh);
    {
      const std::lock_guard lock(mutex_);
      context_.swap(fresh);
    }
    metrics_.reloads.add();
    LOG_INFO(log_, "TLS certificate and key were read anew");
    return {};
  } catch (const std::exception& error) {
    metrics_.failed_reloads.add();
    LOG_ERROR(log_, "TLS goes on with the old certificate: {}", error.what());
    return error.what();
  }
}

void TlsIdentity::show(const TlsContext& context) {
  metrics_.expires.set(context.expires());
  metrics_.loaded.set(time_.unix_ms() / 1000);
  warn_of_open_key();
  warn_of_end();
}

void TlsIdentity::tick() noexcept {
  if (time_.boot_ms() - warned_ms_ >= kDay * 1000) warn_of_end();
}

void TlsIdentity::warn_of_end() noexcept {
  warned_ms_ = time_.boot_ms();
  const int64_t left = metrics_.expires.value() - time_.unix_ms() / 1000;
  if (left < 0) {
    LOG_WARN(log_, "tls_cert {}: the certificate has expired, {} days ago", options_.cert.get(),
             -left / kDay);
  } else if (left < kWarnBefore) {
    LOG_WARN(log_, "tls_cert {}: the certificate expires in {} days", options_.cert.get(),
             left / kDay);
  }
}

void TlsIdentity::warn_of_open_key() {
  const std::string& path = options_.key.get().empty() ? options_.cert.get() : options_.key.get();
  struct stat status {};
  if (::stat(path.c_str(), &status) == 0 && (status.st_mode & S_IROTH) != 0)
    LOG_WARN(log_, "tls_key {}: everybody on this machine may read the key", path);
}

}  // namespace pelikan
