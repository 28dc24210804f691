// Options whose value is a list of addresses.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "option/option.h"
#include "transport/address.h"

namespace pelikan {

// As Address::resolve_with_ports(); the SetupError names the option.
[[nodiscard]] std::vector<Address> resolve(const Option<std::string>& host, uint16_t port);

}  // namespace pelikan
