// The options that every server has; a server adds its own.
#pragma once

#include <vector>

#include "core/admin_options.h"
#include "core/listener.h"
#include "core/process_options.h"
#include "core/tls_options.h"
#include "core/worker.h"
#include "log/log.h"

namespace pelikan {

struct FrameworkOptions {
  ServerOptions server;
  TlsOptions tls;
  WorkerOptions worker;
  AdminOptions admin;
  ProcessOptions process;
  LogOptions log;

  [[nodiscard]] std::vector<OptionGroup*> groups() {
    return {&server, &tls, &worker, &admin, &process, &log};
  }
};

}  // namespace pelikan
