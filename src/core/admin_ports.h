// AdminPorts: the ports of the control plane, text and HTTP, as the options ask for them.
//
// Thread safety: the control plane's thread.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/unique_fd.h"
#include "core/admin_commands.h"
#include "core/admin_options.h"
#include "core/admin_pages.h"
#include "core/admin_port.h"
#include "core/service.h"
#include "event/http_server.h"
#include "event/libevent_loop.h"
#include "transport/address.h"

namespace pelikan {

// The addresses of the admin ports, taken and not listened on yet. Empty: the port is off.
struct AdminSockets {
  // Throws SetupError.
  explicit AdminSockets(const AdminOptions& options);

  UniqueFd text;
  UniqueFd http;
};

class AdminPorts {
 public:
  // An open port: the option that asked for it, and where it listens.
  struct Open {
    std::string_view option;
    Address address;
  };

  // Takes the sockets and listens; the loop serves from then on. Throws SetupError.
  // REQUIRES: the loop runs no more after the ports are destroyed; everything outlives them
  AdminPorts(const AdminOptions& options, AdminSockets& sockets, LibeventLoop& loop,
             const Clock& clock, const ServerContext& context, Service& service,
             AdminCommands::Reload reload);

  [[nodiscard]] const std::vector<Open>& open() const noexcept { return open_; }
  // For /readyz.
  void set_ready(bool ready) noexcept { pages_.set_ready(ready); }
  // Closes who was silent for too long; to be called now and then.
  void tick() noexcept;

  [[nodiscard]] AdminCommands& commands() noexcept { return commands_; }

 private:
  [[nodiscard]] UniqueFd listen(UniqueFd socket, const Option<int64_t>& port);

  AdminCommands commands_;
  AdminPages pages_;
  AdminMetrics text_metrics_;
  HttpMetrics http_metrics_;
  std::unique_ptr<AdminPort> text_;
  std::unique_ptr<HttpServer> http_;
  std::vector<Open> open_;
};

}  // namespace pelikan
