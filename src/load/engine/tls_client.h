// TlsClient: how the generator's connections are sealed: what all of them have in common.
//
// Thread safety: begin() by several threads at once.
#pragma once

#include <memory>

#include "load/engine/servers.h"
#include "load/tls_options.h"
#include "transport/tls_context.h"
#include "transport/tls_session.h"
#include "transport/tls_stream.h"

namespace pelikan::load {

class TlsClient {
 public:
  // Throws SetupError. REQUIRES: the options outlive it
  explicit TlsClient(const TlsClientOptions& options);

  // Our end of a connection to the server, which goes on with the session when there is one, and
  // leaves its own there. Throws SetupError for a host that can be nobody's name. REQUIRES: the
  // session outlives it
  [[nodiscard]] std::unique_ptr<TlsStream> begin(const ServerTarget& server,
                                                 TlsSession* session = nullptr) const;

 private:
  const TlsClientOptions& options_;
  const TlsContext context_;
};

}  // namespace pelikan::load
