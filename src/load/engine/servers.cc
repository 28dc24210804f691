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

[[noreturn]] void refuse(std::string_view server, std::string_view wrong) {
  throw SetupError(ExitCode::kConfig, fmt::format("servers: '{}' {}", server, wrong));
}

// What stands behind the last colon, unless that colon belongs to an IPv6 address.
ServerTarget parse_server(std::string_view text, uint16_t port) {
  if (text.empty()) refuse(text, "is empty");
  constexpr std::string_view kUnix = "unix:";
  if (text.starts_with(kUnix)) {
    return {std::string(text), Address::unix_path(text.substr(kUnix.size()))};
  }
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
  return {std::move(name), Address::resolve(host, port).front()};
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
