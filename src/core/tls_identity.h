// TlsIdentity: what the server shows its TLS clients, from files that may be replaced while it
// runs: new handshakes use the new ones, connections that are open keep what they began with. Files
// that do not do leave everything as it is.
//
// Thread safety: stream() on the listener's thread; the rest on the control plane's.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

#include "base/clock.h"
#include "core/tls_options.h"
#include "log/log.h"
#include "metric/metric.h"
#include "transport/tls_context.h"
#include "transport/tls_stream.h"
#include "transport/tls_ticket_keys.h"

namespace pelikan {

// Counted by the control plane.
struct TlsCertificateMetrics : MetricGroup {
  using MetricGroup::MetricGroup;
  Gauge expires{this, "tls_certificate_expires",
                "when the certificate or one of its chain ends, in seconds since 1970"};
  Gauge loaded{this, "tls_certificate_loaded",
               "when the certificate was read, in seconds since 1970"};
  Counter reloads{this, "tls_reloads", "times certificate and key were read anew"};
  Counter failed_reloads{this, "tls_reloads_failed",
                         "times new files did not do, and the old ones stayed"};
};

class TlsIdentity {
 public:
  // Reads the files. `protocol` is what clients may ask for by ALPN, null: nothing. Throws
  // SetupError. REQUIRES: everything outlives it, and it outlives its streams
  TlsIdentity(const TlsOptions& options, const char* protocol, const TimeSource& time,
              MetricRegistry& registry, Log& log);

  [[nodiscard]] const TlsOptions& options() const noexcept { return options_; }
  [[nodiscard]] const TimeSource& time() const noexcept { return time_; }

  // A server's end of a new connection, with the newest files. Throws std::bad_alloc.
  [[nodiscard]] std::unique_ptr<TlsStream> stream();

  // Reads the files again. Empty: done; else why the old ones stay, which the log has too.
  [[nodiscard]] std::string reload() noexcept;
  // Once a day it warns of a certificate that ends soon; to be called now and then.
  void tick() noexcept;

 private:
  [[nodiscard]] std::unique_ptr<TlsContext> make_context();
  void show(const TlsContext& context);
  void warn_of_end() noexcept;
  void warn_of_open_key();

  const TlsOptions& options_;
  const char* const protocol_;
  const TimeSource& time_;
  Log& log_;
  TlsCertificateMetrics metrics_;
  TlsTicketKeys tickets_;  // the listener's: its handshakes seal and open
  int64_t warned_ms_ = 0;
  std::mutex mutex_;  // of the context: the control plane replaces it while the listener makes
                      // streams of it, for some microseconds each
  std::unique_ptr<TlsContext> context_;
};

}  // namespace pelikan
