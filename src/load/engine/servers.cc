#include "load/engine/servers.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <limits>

#include "base/bytes.h"
#include "base/setup_error.h"
#include "load/workload/words.h"

namespace pelikan::load {
namespace {

// To nutcracker a server of this port is its host alone, as it was to libmemcached before.
constexpr uint16_t kUnnamedPort = 11211;

[[noreturn]] void refuse(std::string_view server, std::string_view wrong) {
  throw SetupError(ExitCode::kConfig, fmt::format("servers: '{}' {}", server, wrong));
}

// Takes the weight from the end of "host:port:weight", "[::1]:port:weight" or "unix:path:weight".
// What has more colons outside of brackets, or nothing between two, is an IPv6 address.
uint32_t take_weight(std::string_view& address) {
  constexpr uint64_t kMost = 1'000'000;  // a sum of them fits
  const size_t bracket = address.find(']');
  const size_t first = address.find(':', bracket == address.npos ? 0 : bracket);
  if (first == address.npos) return 1;
  const size_t second = address.find(':', first + 1);
  if (second == address.npos || second == first + 1 || second != address.rfind(':')) return 1;
  const auto weight = parse_u64(address.substr(second + 1));
  if (!weight) return 1;
  if (*weight == 0 || *weight > kMost) refuse(address, "has no weight of 1..1000000");
  address = address.substr(0, second);
  return static_cast<uint32_t>(*weight);
}

// A host with the port behind the last colon, unless that colon belongs to an IPv6 address.
ServerTarget parse_address(std::string_view text, uint16_t port) {
  std::string_view host = text;
  std::string name(text);
  const size_t colon = text.rfind(':');
  const bool in_brackets = text.find(']', colon == text.npos ? 0 : colon) != text.npos;
  const bool bare_ipv6 = !text.starts_with('[') && text.find(':') != colon;
  if (colon != text.npos && !in_brackets && !bare_ipv6) {
    const auto number = parse_u64(text.substr(colon + 1));
    if (!number || *number == 0 || *number > std::numeric_limits<uint16_t>::max()) {
      refuse(text, "has no port behind its colon; allowed: 1..65535");
    }
    port = static_cast<uint16_t>(*number);
    host = text.substr(0, colon);
  } else {
    name = fmt::format(fmt::runtime(bare_ipv6 ? "[{}]:{}" : "{}:{}"), text, port);
  }
  const std::string member = port == kUnnamedPort ? std::string(host) : name;
  const bool in_both = host.starts_with('[') && host.ends_with(']');
  return {.name = std::move(name),
          .host = std::string(in_both ? host.substr(1, host.size() - 2) : host),
          .address = Address::resolve(host, port).front(),
          .member = {.name = member}};
}

ServerTarget parse_server(std::string_view text, uint16_t port) {
  if (text.empty()) refuse(text, "is empty");
  std::string_view address = text.substr(0, text.find(' '));
  const std::string_view name = trimmed(text.substr(address.size()));
  if (name.find(' ') != name.npos) refuse(text, "has more than an address and a name");
  const uint32_t weight = take_weight(address);
  constexpr std::string_view kUnix = "unix:";
  const std::string_view path =
      address.starts_with(kUnix) ? address.substr(kUnix.size()) : std::string_view();
  ServerTarget target = path.empty() ? parse_address(address, port)
                                     : ServerTarget{.name = std::string(address),
                                                    .host = {},
                                                    .address = Address::unix_path(path),
                                                    .member = {.name = std::string(path)}};
  if (!name.empty()) target.member.name = name;
  target.member.weight = weight;
  return target;
}

// The port is left to connect(), which needs it to be free for one server only.
bool is_bound(int socket, const Address& address) noexcept {
  const int on = 1;
  ::setsockopt(socket, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
  return ::bind(socket, address.data(), address.size()) == 0;
}

[[noreturn]] void throw_unreachable(const ServerTarget& target, std::string_view why) {
  throw ServerUnreachable(fmt::format("cannot connect to {}: {}", target.name, why));
}

}  // namespace

std::vector<ServerTarget> parse_servers(std::string_view list, uint16_t default_port) {
  std::vector<ServerTarget> targets;
  for (const std::string_view server : split(list, ',')) {
    targets.push_back(parse_server(trimmed(server), default_port));
  }
  if (targets.empty()) refuse(list, "names no server");
  return targets;
}

std::vector<Address> parse_source_ips(std::string_view list) {
  std::vector<Address> addresses;
  if (!list.empty()) addresses = Address::resolve(list, 0);
  for (const Address& address : addresses) {
    const UniqueFd socket(::socket(address.data()->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (socket && is_bound(socket.get(), address)) continue;
    throw SetupError(ExitCode::kConfig,
                     fmt::format("source_ips: '{}' is refused: {}", list, std::strerror(errno)));
  }
  return addresses;
}

UniqueFd begin_connect(const Address& address, const OwnEnd& own, size_t turn) noexcept {
  UniqueFd socket(
      ::socket(address.data()->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket) return socket;
  if (own.nodelay) send_at_once(socket.get());
  const bool is_ready = own.addresses.empty() || address.is_unix() ||
                        is_bound(socket.get(), own.addresses[turn % own.addresses.size()]);
  if (!is_ready ||
      (::connect(socket.get(), address.data(), address.size()) != 0 && errno != EINPROGRESS)) {
    const int error = errno;
    socket.reset();
    errno = error;
  }
  return socket;
}

UniqueFd connect_within(const ServerTarget& target, std::chrono::milliseconds timeout) {
  UniqueFd socket = begin_connect(target.address);
  if (!socket) throw_unreachable(target, std::strerror(errno));
  pollfd ready{.fd = socket.get(), .events = POLLOUT, .revents = 0};
  if (::poll(&ready, 1, static_cast<int>(timeout.count())) <= 0) {
    throw_unreachable(target, fmt::format("no answer within {} ms", timeout.count()));
  }
  int error = 0;
  socklen_t size = sizeof error;
  ::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0) throw_unreachable(target, std::strerror(error));
  ::fcntl(socket.get(), F_SETFL, ::fcntl(socket.get(), F_GETFL) & ~O_NONBLOCK);
  return socket;
}

}  // namespace pelikan::load
