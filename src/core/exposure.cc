#include "core/exposure.h"

#include <fmt/format.h>
#include <netinet/in.h>

#include "base/setup_error.h"
#include "core/host_option.h"

namespace pelikan {
namespace {

bool is_loopback(in_addr_t address) noexcept { return ntohl(address) >> 24 == IN_LOOPBACKNET; }

bool is_loopback(const in6_addr& address) noexcept {
  if (IN6_IS_ADDR_V4MAPPED(&address)) return address.s6_addr[12] == IN_LOOPBACKNET;
  return IN6_IS_ADDR_LOOPBACK(&address);
}

}  // namespace

bool is_local(const Address& address) noexcept {
  switch (address.data()->sa_family) {
    case AF_UNIX:
      return true;
    case AF_INET:
      return is_loopback(reinterpret_cast<const sockaddr_in*>(address.data())->sin_addr.s_addr);
    case AF_INET6:
      return is_loopback(reinterpret_cast<const sockaddr_in6*>(address.data())->sin6_addr);
  }
  return false;
}

std::vector<std::string> allowed_exposure(const FrameworkOptions& options, bool authenticates) {
  std::vector<std::string> exposed;
  const bool has_admin =
      options.admin.port.get() != kPortOff || options.admin.http_port.get() != kPortOff;
  const struct {
    bool is_open;
    const Option<std::string>& host;
    bool asks;  // its clients who they are
  } places[] = {
      {true, options.server.host, authenticates},
      {options.tls.is_on(), options.tls.host,
       authenticates || options.tls.verify.get() == "required"},
      {has_admin, options.admin.host, false},
  };
  for (const auto& [is_open, host, asks] : places) {
    if (!is_open || host.get().empty()) continue;
    for (const Address& address : resolve(host, 0)) {
      if (is_local(address)) continue;
      if (!asks && !options.process.allow_unauthenticated.get()) {
        throw SetupError(
            ExitCode::kConfig,
            fmt::format(
                "{}: '{}' lets other machines in, and nobody has to say who they are; if that is "
                "meant, set allow_unauthenticated: yes",
                host.name(), host.get()));
      }
      exposed.push_back(fmt::format("{} {}", host.name(), host.get()));
      break;
    }
  }
  return exposed;
}

void refuse_root(const FrameworkOptions& options, const std::vector<std::string>& exposed) {
  if (exposed.empty() || !options.process.user.get().empty()) return;
  throw SetupError(
      ExitCode::kConfig,
      fmt::format("{} lets other machines in: root has to name the user to become (user: NAME)",
                  exposed.front()));
}

}  // namespace pelikan
