// Addresses: where a server listens and who its peers are.
//
// Thread safety: values.
#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/unique_fd.h"

namespace pelikan {

class Address {
 public:
  // A comma-separated list of IPv4 and IPv6 addresses (brackets allowed) and names; a name may
  // stand for several addresses. Throws SetupError naming what cannot be resolved.
  [[nodiscard]] static std::vector<Address> resolve(std::string_view hosts, uint16_t port);
  // As resolve(), but each may have a port of its own behind a colon: "127.0.0.1:11212",
  // "[::1]:11212"; what has not gets `port`.
  [[nodiscard]] static std::vector<Address> resolve_with_ports(std::string_view hosts,
                                                               uint16_t port);
  // A unix-domain socket. Throws SetupError when the path is too long for one.
  [[nodiscard]] static Address unix_path(std::string_view path);
  // Of a socket's own end and of its peer; the text of an unbound unix peer is empty behind
  // "unix:".
  [[nodiscard]] static Address local(int socket) noexcept;
  [[nodiscard]] static Address peer(int socket) noexcept;

  // "127.0.0.1:11211", "[::1]:11211", "/run/cache.sock".
  [[nodiscard]] std::string text() const;
  // With its kind in front, as memcached's `stats conns` has it: "tcp:127.0.0.1:11211",
  // "tcp6:[::1]:11211", "unix:/run/cache.sock".
  [[nodiscard]] std::string text_with_kind() const;

  [[nodiscard]] bool is_unix() const noexcept { return storage_.ss_family == AF_UNIX; }
  [[nodiscard]] uint16_t port() const noexcept;  // 0 for unix
  [[nodiscard]] const sockaddr* data() const noexcept {
    return reinterpret_cast<const sockaddr*>(&storage_);
  }
  [[nodiscard]] socklen_t size() const noexcept { return size_; }

 private:
  Address() noexcept = default;

  static void append_resolved(std::vector<Address>& addresses, std::string_view host,
                              uint16_t port);

  sockaddr_storage storage_{};
  socklen_t size_ = 0;
};

struct ListenSettings {
  int backlog = 1024;
  unsigned unix_mode = 0700;  // permissions of a unix socket's file
};

// A bound, non-blocking socket: the address is taken, and nobody is let in before listen_with(). A
// unix socket's file that nobody listens on is replaced, any other file is not. Throws SetupError:
// "cannot listen on 127.0.0.1:11211: Address already in use".
[[nodiscard]] UniqueFd bind_to(const Address& address, const ListenSettings& settings);
// Lets connections in. Throws SetupError.
void listen_with(int socket, const ListenSettings& settings);
// Both.
[[nodiscard]] UniqueFd listen_on(const Address& address, const ListenSettings& settings);

// Replies leave at once instead of waiting for more (TCP_NODELAY); without effect on other sockets.
void send_at_once(int socket) noexcept;

}  // namespace pelikan
