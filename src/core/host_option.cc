#include "core/host_option.h"

#include <fmt/format.h>

#include "base/setup_error.h"

namespace pelikan {

std::vector<Address> resolve(const Option<std::string>& host, uint16_t port) {
  try {
    return Address::resolve_with_ports(host.get(), port);
  } catch (const SetupError& error) {
    throw SetupError(error.code(), fmt::format("{}: {}", host.name(), error.what()));
  }
}

}  // namespace pelikan
