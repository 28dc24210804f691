// Where the load goes: the list of servers, and sockets to them.
//
// Thread safety: values and free functions.
#pragma once

#include <chrono>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "base/unique_fd.h"
#include "transport/address.h"

namespace pelikan::load {

struct ServerTarget {
  std::string name;  // as configured, with the port
  Address address;
};

// "127.0.0.1:11211, [::1]:11211, cache-1, unix:/run/cache.sock"; names without a port get
// `default_port`. Throws SetupError naming what cannot be read or resolved.
[[nodiscard]] std::vector<ServerTarget> parse_servers(std::string_view list, uint16_t default_port);

// A non-blocking socket that is connected or being connected; none, with errno, when the system or
// the server refuses at once.
[[nodiscard]] UniqueFd begin_connect(const Address& address) noexcept;

// A connected, blocking socket. Throws ServerUnreachable when there is none in time.
[[nodiscard]] UniqueFd connect_within(const ServerTarget& target,
                                      std::chrono::milliseconds timeout);

class ServerUnreachable : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace pelikan::load
