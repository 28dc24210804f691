#include "transport/address.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <cstdio>
#include <filesystem>
#include <string>

#include "base/setup_error.h"
#include "check.h"

using namespace pelikan;

namespace {

// A path nobody uses, removed at the end.
class SocketFile {
 public:
  SocketFile() : path_("/tmp/pelikan_address_test." + std::to_string(::getpid())) {}
  ~SocketFile() { std::filesystem::remove(path_); }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

std::string complaint_about(const Address& address) {
  try {
    (void)listen_on(address, {});
  } catch (const SetupError& error) {
    ck_assert(error.code() == ExitCode::kSystem);
    return error.what();
  }
  return "";
}

std::string resolve_complaint(std::string_view hosts,
                              std::vector<Address> (*resolve)(std::string_view,
                                                              uint16_t) = Address::resolve) {
  try {
    (void)resolve(hosts, 1);
  } catch (const SetupError& error) {
    ck_assert(error.code() == ExitCode::kConfig);
    return error.what();
  }
  return "";
}

}  // namespace

START_TEST(addresses_are_told_as_clients_write_them) {
  ck_assert_text_eq(Address::resolve("127.0.0.1", 11211).at(0).text(), "127.0.0.1:11211");
  ck_assert_text_eq(Address::resolve("::1", 80).at(0).text(), "[::1]:80");
  ck_assert_text_eq(Address::resolve("[::1]", 80).at(0).text_with_kind(), "tcp6:[::1]:80");
  ck_assert_text_eq(Address::unix_path("/run/cache.sock").text(), "/run/cache.sock");
  ck_assert_text_eq(Address::unix_path("/run/cache.sock").text_with_kind(), "unix:/run/cache.sock");
}
END_TEST

START_TEST(a_list_names_several_addresses) {
  const auto list = Address::resolve("127.0.0.1, ::1,127.0.0.2", 7);
  ck_assert_uint_eq(list.size(), 3);
  ck_assert_text_eq(list[0].text(), "127.0.0.1:7");
  ck_assert_text_eq(list[1].text(), "[::1]:7");
  ck_assert_text_eq(list[2].text_with_kind(), "tcp:127.0.0.2:7");
  ck_assert(Address::resolve("", 7).empty());
}
END_TEST

START_TEST(each_of_a_list_may_have_a_port_of_its_own) {
  const auto list = Address::resolve_with_ports("127.0.0.1:9, ::1,[::1]:10,[::1],127.0.0.2", 7);
  ck_assert_uint_eq(list.size(), 5);
  ck_assert_text_eq(list[0].text(), "127.0.0.1:9");
  ck_assert_text_eq(list[1].text(), "[::1]:7");
  ck_assert_text_eq(list[2].text(), "[::1]:10");
  ck_assert_text_eq(list[3].text(), "[::1]:7");
  ck_assert_text_eq(list[4].text(), "127.0.0.2:7");
}
END_TEST

START_TEST(a_port_that_is_none_is_named) {
  for (const char* text : {"127.0.0.1:", "127.0.0.1:65536", "[::1]:x", "127.0.0.1:-1", "a:1x"}) {
    ck_assert_text_eq(resolve_complaint(text, Address::resolve_with_ports),
                      "'" + std::string(text) + "' does not end in a port of 0..65535");
  }
}
END_TEST

START_TEST(a_name_is_looked_up) {
  const auto list = Address::resolve("localhost", 7);
  ck_assert_uint_ge(list.size(), 1);
  ck_assert_uint_eq(list[0].port(), 7);
}
END_TEST

START_TEST(what_is_no_address_is_named) {
  const std::string complaint = resolve_complaint("127.0.0.1,256.1.2.3.4");
  ck_assert_msg(complaint.starts_with("'256.1.2.3.4' is not an address and no known name: "), "%s",
                complaint.c_str());
  ck_assert_text_eq(resolve_complaint("127.0.0.1,,::1"), "an address in the list is empty");
}
END_TEST

START_TEST(a_path_that_is_too_long_is_refused) {
  try {
    (void)Address::unix_path(std::string(108, 'p'));
    ck_abort_msg("accepted");
  } catch (const SetupError& error) {
    ck_assert(
        std::string(error.what()).ends_with("is too long for a unix socket (at most 107 bytes)"));
  }
  ck_assert_uint_eq(Address::unix_path(std::string(107, 'p')).text().size(), 107);
}
END_TEST

START_TEST(a_port_in_use_is_named) {
  const UniqueFd first = listen_on(Address::resolve("127.0.0.1", 0).at(0), {});
  const Address taken = Address::local(first.get());
  ck_assert_uint_ne(taken.port(), 0);
  ck_assert_text_eq(complaint_about(taken),
                    "cannot listen on " + taken.text() + ": Address already in use");
}
END_TEST

START_TEST(a_bound_address_is_taken_and_lets_nobody_in_yet) {
  const UniqueFd bound = bind_to(Address::resolve("127.0.0.1", 0).at(0), {});
  const Address address = Address::local(bound.get());
  ck_assert_uint_ne(address.port(), 0);
  const UniqueFd early(::socket(AF_INET, SOCK_STREAM, 0));
  ck_assert_int_eq(::connect(early.get(), address.data(), address.size()), -1);
  listen_with(bound.get(), {});
  const UniqueFd client(::socket(AF_INET, SOCK_STREAM, 0));
  ck_assert_int_eq(::connect(client.get(), address.data(), address.size()), 0);
}
END_TEST

START_TEST(peers_that_vanish_without_a_word_are_asked_after) {
  const UniqueFd listener = listen_on(Address::resolve("127.0.0.1", 0).at(0), {});
  const Address address = Address::local(listener.get());
  const UniqueFd client(::socket(AF_INET, SOCK_STREAM, 0));
  ck_assert_int_eq(::connect(client.get(), address.data(), address.size()), 0);
  pollfd ready{.fd = listener.get(), .events = POLLIN, .revents = 0};
  ck_assert_int_eq(::poll(&ready, 1, 10'000), 1);
  const UniqueFd accepted(::accept(listener.get(), nullptr, nullptr));
  int is_on = 0;
  socklen_t size = sizeof is_on;
  ck_assert_int_eq(::getsockopt(accepted.get(), SOL_SOCKET, SO_KEEPALIVE, &is_on, &size), 0);
  ck_assert_int_eq(is_on, 1);
}
END_TEST

START_TEST(ends_of_a_connection_have_addresses) {
  const UniqueFd listener = listen_on(Address::resolve("127.0.0.1", 0).at(0), {});
  const Address address = Address::local(listener.get());
  const UniqueFd client(::socket(AF_INET, SOCK_STREAM, 0));
  ck_assert_int_eq(::connect(client.get(), address.data(), address.size()), 0);
  ck_assert_text_eq(Address::peer(client.get()).text(), address.text());
  ck_assert_uint_ne(Address::local(client.get()).port(), 0);
}
END_TEST

START_TEST(a_unix_socket_has_the_permissions_asked_for) {
  const SocketFile file;
  const UniqueFd listener = listen_on(Address::unix_path(file.path()), {.unix_mode = 0640});
  struct stat status {};
  ck_assert_int_eq(::stat(file.path().c_str(), &status), 0);
  ck_assert_uint_eq(status.st_mode & 0777U, 0640);
  const UniqueFd client(::socket(AF_UNIX, SOCK_STREAM, 0));
  const Address address = Address::unix_path(file.path());
  ck_assert_int_eq(::connect(client.get(), address.data(), address.size()), 0);
  ck_assert_text_eq(Address::peer(client.get()).text_with_kind(), "unix:" + file.path());
  ck_assert_text_eq(Address::local(client.get()).text_with_kind(), "unix:");
}
END_TEST

START_TEST(a_dead_servers_socket_file_is_replaced) {
  const SocketFile file;
  (void)listen_on(Address::unix_path(file.path()), {});  // closed again, its file stays
  ck_assert(std::filesystem::exists(file.path()));
  const UniqueFd second = listen_on(Address::unix_path(file.path()), {});
  ck_assert(static_cast<bool>(second));
}
END_TEST

START_TEST(a_living_servers_socket_file_is_not_replaced) {
  const SocketFile file;
  const UniqueFd first = listen_on(Address::unix_path(file.path()), {});
  ck_assert_text_eq(complaint_about(Address::unix_path(file.path())),
                    "cannot listen on " + file.path() + ": Address already in use");
}
END_TEST

START_TEST(a_file_that_is_no_socket_is_not_replaced) {
  const SocketFile file;
  std::FILE* text = std::fopen(file.path().c_str(), "w");
  std::fclose(text);
  ck_assert_text_eq(complaint_about(Address::unix_path(file.path())),
                    "cannot listen on " + file.path() + ": Address already in use");
  ck_assert(std::filesystem::is_regular_file(file.path()));
}
END_TEST

PELIKAN_TESTS("transport/address", addresses_are_told_as_clients_write_them,
              a_list_names_several_addresses, each_of_a_list_may_have_a_port_of_its_own,
              a_port_that_is_none_is_named, a_name_is_looked_up, what_is_no_address_is_named,
              a_path_that_is_too_long_is_refused, a_port_in_use_is_named,
              a_bound_address_is_taken_and_lets_nobody_in_yet,
              peers_that_vanish_without_a_word_are_asked_after, ends_of_a_connection_have_addresses,
              a_unix_socket_has_the_permissions_asked_for, a_dead_servers_socket_file_is_replaced,
              a_living_servers_socket_file_is_not_replaced,
              a_file_that_is_no_socket_is_not_replaced)
