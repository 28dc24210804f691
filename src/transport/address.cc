#include "transport/address.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <cerrno>
#include <charconv>
#include <cstddef>
#include <cstring>
#include <memory>
#include <new>

#include "base/setup_error.h"

namespace pelikan {
namespace {

struct FreeList {
  void operator()(addrinfo* list) const noexcept { ::freeaddrinfo(list); }
};
using AddressList = std::unique_ptr<addrinfo, FreeList>;

// Numeric first: AI_ADDRCONFIG would leave out ::1 on a machine with no other IPv6 address, which
// is right for names only. A server does not wait for name servers later: names are looked up here,
// once.
AddressList look_up(const std::string& host, uint16_t port) {
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  wanted.ai_flags = AI_PASSIVE | AI_NUMERICHOST | AI_NUMERICSERV;
  const std::string service = std::to_string(port);
  addrinfo* found = nullptr;
  if (::getaddrinfo(host.c_str(), service.c_str(), &wanted, &found) == 0) return AddressList(found);
  wanted.ai_flags = AI_PASSIVE | AI_ADDRCONFIG | AI_NUMERICSERV;
  const int error = ::getaddrinfo(host.c_str(), service.c_str(), &wanted, &found);
  if (error == 0) return AddressList(found);
  // RFC 6761 section 6.3: this name is loopback also where nothing lists it, as in a bare
  // container.
  if (host == "localhost") return look_up("127.0.0.1", port);
  if (error == EAI_MEMORY) throw std::bad_alloc();
  throw SetupError(ExitCode::kConfig, fmt::format("'{}' is not an address and no known name: {}",
                                                  host, ::gai_strerror(error)));
}

std::string_view without_brackets(std::string_view host) noexcept {
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  return bracketed ? host.substr(1, host.size() - 2) : host;
}

std::string_view trimmed(std::string_view text) noexcept {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

// Takes the next of a list parted by commas.
std::string_view next_of(std::string_view& list) {
  const size_t comma = list.find(',');
  const std::string_view text = trimmed(list.substr(0, comma));
  list = comma == std::string_view::npos ? std::string_view() : list.substr(comma + 1);
  if (text.empty()) throw SetupError(ExitCode::kConfig, "an address in the list is empty");
  return text;
}

// The colon in front of a port; npos without one. Several colons outside of brackets are an IPv6
// address.
size_t port_colon(std::string_view text) noexcept {
  const size_t colon = text.rfind(':');
  const bool is_ipv6 = text.front() == '[' ? text.back() == ']' : text.find(':') != colon;
  return is_ipv6 ? std::string_view::npos : colon;
}

uint16_t port_of(std::string_view text, size_t begin) {
  uint16_t port = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data() + begin, end, port);
  if (error == std::errc() && stop == end) return port;
  throw SetupError(ExitCode::kConfig, fmt::format("'{}' does not end in a port of 0..65535", text));
}

[[noreturn]] void throw_cannot_listen(const Address& address, int error) {
  throw SetupError(ExitCode::kSystem,
                   fmt::format("cannot listen on {}: {}", address.text(), std::strerror(error)));
}

UniqueFd open_socket(const Address& address) {
  UniqueFd socket(
      ::socket(address.data()->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket) throw_cannot_listen(address, errno);
  return socket;
}

// Removes the file a dead server left behind; what is alive or no socket stays, and bind() will say
// so.
void remove_stale_file(const Address& address, const std::string& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0 || !S_ISSOCK(status.st_mode)) return;
  const UniqueFd probe = open_socket(address);
  if (::connect(probe.get(), address.data(), address.size()) != 0 && errno == ECONNREFUSED)
    ::unlink(path.c_str());
}

void bind_unix(int socket, const Address& address, unsigned mode) {
  const std::string path = address.text();
  remove_stale_file(address, path);
  // The file is born without permissions and gets them when it is bound: nobody connects in
  // between.
  ::fchmod(socket, 0);
  if (::bind(socket, address.data(), address.size()) != 0) throw_cannot_listen(address, errno);
  if (::chmod(path.c_str(), mode) == 0) return;
  const int error = errno;
  ::unlink(path.c_str());
  throw_cannot_listen(address, error);
}

// SO_REUSEADDR: a restarted server gets its port although old connections linger. Not SO_REUSEPORT,
// which would let two servers share a port without either knowing. V6ONLY: 0.0.0.0 and :: can stand
// side by side.
void bind_tcp(int socket, const Address& address) {
  const int on = 1;
  ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  // Accepted sockets inherit it: a peer that vanished without a word is found out in the end.
  ::setsockopt(socket, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
  if (address.data()->sa_family == AF_INET6)
    ::setsockopt(socket, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  if (::bind(socket, address.data(), address.size()) != 0) throw_cannot_listen(address, errno);
}

}  // namespace

void Address::append_resolved(std::vector<Address>& addresses, std::string_view host,
                              uint16_t port) {
  const AddressList found = look_up(std::string(without_brackets(host)), port);
  for (const addrinfo* one = found.get(); one != nullptr; one = one->ai_next) {
    Address address;
    std::memcpy(&address.storage_, one->ai_addr, one->ai_addrlen);
    address.size_ = one->ai_addrlen;
    addresses.push_back(address);
  }
}

std::vector<Address> Address::resolve(std::string_view hosts, uint16_t port) {
  std::vector<Address> addresses;
  while (!hosts.empty()) append_resolved(addresses, next_of(hosts), port);
  return addresses;
}

std::vector<Address> Address::resolve_with_ports(std::string_view hosts, uint16_t port) {
  std::vector<Address> addresses;
  while (!hosts.empty()) {
    const std::string_view text = next_of(hosts);
    const size_t colon = port_colon(text);
    if (colon == text.npos) {
      append_resolved(addresses, text, port);
    } else {
      append_resolved(addresses, text.substr(0, colon), port_of(text, colon + 1));
    }
  }
  return addresses;
}

Address Address::unix_path(std::string_view path) {
  Address address;
  auto* target = reinterpret_cast<sockaddr_un*>(&address.storage_);
  if (path.size() >= sizeof target->sun_path) {
    throw SetupError(ExitCode::kConfig,
                     fmt::format("'{}' is too long for a unix socket (at most {} bytes)", path,
                                 sizeof target->sun_path - 1));
  }
  target->sun_family = AF_UNIX;
  std::memcpy(target->sun_path, path.data(), path.size());
  address.size_ = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size() + 1);
  return address;
}

Address Address::local(int socket) noexcept {
  Address address;
  address.size_ = sizeof address.storage_;
  ::getsockname(socket, reinterpret_cast<sockaddr*>(&address.storage_), &address.size_);
  return address;
}

Address Address::peer(int socket) noexcept {
  Address address;
  address.size_ = sizeof address.storage_;
  ::getpeername(socket, reinterpret_cast<sockaddr*>(&address.storage_), &address.size_);
  return address;
}

uint16_t Address::port() const noexcept {
  if (storage_.ss_family == AF_INET)
    return ntohs(reinterpret_cast<const sockaddr_in&>(storage_).sin_port);
  if (storage_.ss_family == AF_INET6)
    return ntohs(reinterpret_cast<const sockaddr_in6&>(storage_).sin6_port);
  return 0;
}

std::string Address::text() const {
  char host[INET6_ADDRSTRLEN] = "";
  switch (storage_.ss_family) {
    case AF_INET:
      ::inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in&>(storage_).sin_addr, host,
                  sizeof host);
      return fmt::format("{}:{}", host, port());
    case AF_INET6:
      ::inet_ntop(AF_INET6, &reinterpret_cast<const sockaddr_in6&>(storage_).sin6_addr, host,
                  sizeof host);
      return fmt::format("[{}]:{}", host, port());
    case AF_UNIX:
      if (size_ <= offsetof(sockaddr_un, sun_path)) return {};
      return reinterpret_cast<const sockaddr_un&>(storage_).sun_path;
  }
  return {};
}

std::string Address::text_with_kind() const {
  switch (storage_.ss_family) {
    case AF_INET:
      return "tcp:" + text();
    case AF_INET6:
      return "tcp6:" + text();
    case AF_UNIX:
      return "unix:" + text();
  }
  return {};
}

UniqueFd bind_to(const Address& address, const ListenSettings& settings) {
  UniqueFd socket = open_socket(address);
  if (address.is_unix()) {
    bind_unix(socket.get(), address, settings.unix_mode);
  } else {
    bind_tcp(socket.get(), address);
  }
  return socket;
}

void listen_with(int socket, const ListenSettings& settings) {
  if (::listen(socket, settings.backlog) != 0) throw_cannot_listen(Address::local(socket), errno);
}

UniqueFd listen_on(const Address& address, const ListenSettings& settings) {
  UniqueFd socket = bind_to(address, settings);
  listen_with(socket.get(), settings);
  return socket;
}

void send_at_once(int socket) noexcept {
  const int on = 1;
  // Refused by other sockets than TCP, which do not wait anyway.
  ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

}  // namespace pelikan
