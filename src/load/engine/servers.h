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
#include "load/ring/ketama_ring.h"
#include "transport/address.h"

namespace pelikan::load {

struct ServerTarget {
  std::string name;  // as configured, with the port
  std::string host;  // without it, and without brackets; empty for a unix socket
  Address address;
  RingMember member;
};

// "127.0.0.1:11211, [::1]:11211, cache-1, unix:/run/cache.sock"; those without a port get
// `default_port`. A weight and a name may follow, "127.0.0.1:11211:1 one, unix:/run/cache.sock:2";
// without a name a server is in a ring what it is to nutcracker: its host and port, or the host
// alone with port 11211. Throws SetupError naming what cannot be read or resolved.
[[nodiscard]] std::vector<ServerTarget> parse_servers(std::string_view list, uint16_t default_port);

// The generator's end of its connections.
struct OwnEnd {
  bool nodelay = true;             // a request is sent at once, and not held for others (RFC 896)
  std::vector<Address> addresses;  // connections take them in turn; none: the system chooses
};

// "127.0.0.2,127.0.0.3". Throws SetupError naming one that this machine does not have.
[[nodiscard]] std::vector<Address> parse_source_ips(std::string_view list);

// A non-blocking socket that is connected or being connected; none, with errno, when the system or
// the server refuses at once. `turn` chooses among the own addresses.
[[nodiscard]] UniqueFd begin_connect(const Address& address, const OwnEnd& own = {},
                                     size_t turn = 0) noexcept;

// A connected, blocking socket. Throws ServerUnreachable when there is none in time.
[[nodiscard]] UniqueFd connect_within(const ServerTarget& target,
                                      std::chrono::milliseconds timeout);

class ServerUnreachable : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace pelikan::load
