// AdminCommands: what the lines of the admin port mean.
//
// Thread safety: the control plane's thread.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "core/service.h"
#include "protocol/admin/parse.h"

namespace pelikan {

class AdminCommands {
 public:
  // What SIGHUP does; returns an empty text, or what did not do.
  using Reload = std::function<std::string()>;

  // REQUIRES: all outlive it
  AdminCommands(const ServerContext& context, Service& service, Reload reload)
      : context_(context), service_(service), reload_(std::move(reload)) {}

  // The whole answer, line ends and all. REQUIRES: not quit, which is the connection's affair
  [[nodiscard]] std::string answer(const admin::Request& request);

 private:
  [[nodiscard]] std::string stats(std::string_view sub);
  [[nodiscard]] std::string metrics();
  [[nodiscard]] std::string settings() const;
  [[nodiscard]] std::string connections() const;
  [[nodiscard]] std::string reload();
  [[nodiscard]] std::string verbosity(std::string_view level) const;

  const ServerContext& context_;
  Service& service_;
  const Reload reload_;
};

}  // namespace pelikan
