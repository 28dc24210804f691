// Sockets to servers, and what servers are called.
#include "load/engine/servers.h"

#include <netinet/in.h>
#include <netinet/tcp.h>

#include "load/refusal.h"

#include "check.h"

using namespace pelikan;
using namespace pelikan::load;
using pelikan::load::test::refusal_of;

namespace {

const Address& listening(UniqueFd& listener) {
  static Address address = Address::resolve("127.0.0.1", 0).front();
  listener = listen_on(address, {});
  address = Address::local(listener.get());
  return address;
}

int nodelay_of(const UniqueFd& socket) {
  int value = -1;
  socklen_t size = sizeof value;
  ck_assert_int_eq(::getsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &value, &size), 0);
  return value;
}

std::string name_of(std::string_view text) { return parse_servers(text, 11211).front().name; }

}  // namespace

START_TEST(a_server_is_named_with_its_port) {
  ck_assert_text_eq(name_of("127.0.0.1"), "127.0.0.1:11211");
  ck_assert_text_eq(name_of("127.0.0.1:7"), "127.0.0.1:7");
  ck_assert_text_eq(name_of("::1"), "[::1]:11211");
  ck_assert_text_eq(name_of("[::1]"), "[::1]:11211");
}
END_TEST

START_TEST(a_server_may_have_a_weight_and_a_name) {
  const auto check = [](std::string_view text, std::string_view name, std::string_view member,
                        uint32_t weight) {
    const ServerTarget server = parse_servers(text, 11211).front();
    ck_assert_text_eq(server.name, name);
    ck_assert_text_eq(server.member.name, member);
    ck_assert_uint_eq(server.member.weight, weight);
  };
  check("127.0.0.1:7:3 one", "127.0.0.1:7", "one", 3);
  check("127.0.0.1:7  one", "127.0.0.1:7", "one", 1);
  check("127.0.0.1:7:3", "127.0.0.1:7", "127.0.0.1:7", 3);
  check("127.0.0.1:11211:2", "127.0.0.1:11211", "127.0.0.1", 2);
  check("127.0.0.1", "127.0.0.1:11211", "127.0.0.1", 1);
  check("[::1]:7:2 six", "[::1]:7", "six", 2);
  check("unix:/run/cache.sock:2", "unix:/run/cache.sock", "/run/cache.sock", 2);
  check("unix:/run/cache.sock one", "unix:/run/cache.sock", "one", 1);
}
END_TEST

START_TEST(a_server_that_cannot_be_read_is_refused) {
  ck_assert_text_eq(refusal_of([] { return parse_servers("127.0.0.1:7:0", 1); }),
                    "servers: '127.0.0.1:7:0' has no weight of 1..1000000");
  ck_assert_text_eq(refusal_of([] { return parse_servers("127.0.0.1:0", 1); }),
                    "servers: '127.0.0.1:0' has no port behind its colon; allowed: 1..65535");
  ck_assert_text_eq(refusal_of([] { return parse_servers("127.0.0.1 a b", 1); }),
                    "servers: '127.0.0.1 a b' has more than an address and a name");
}
END_TEST

START_TEST(nodelay_is_set_unless_told_otherwise) {
  UniqueFd listener;
  const Address& address = listening(listener);
  ck_assert_int_ne(nodelay_of(begin_connect(address)), 0);
  ck_assert_int_eq(nodelay_of(begin_connect(address, {.nodelay = false, .addresses = {}})), 0);
}
END_TEST

START_TEST(own_addresses_are_taken_in_turn) {
  UniqueFd listener;
  const Address& address = listening(listener);
  const OwnEnd own{.nodelay = true, .addresses = parse_source_ips("127.0.0.2,127.0.0.3")};
  for (size_t turn = 0; turn < 4; ++turn) {
    const UniqueFd socket = begin_connect(address, own, turn);
    const std::string text = Address::local(socket.get()).text();
    ck_assert_text_eq(text.substr(0, text.find(':')), turn % 2 == 0 ? "127.0.0.2" : "127.0.0.3");
  }
}
END_TEST

PELIKAN_TESTS("load/engine/servers", a_server_is_named_with_its_port,
              a_server_may_have_a_weight_and_a_name, a_server_that_cannot_be_read_is_refused,
              nodelay_is_set_unless_told_otherwise, own_addresses_are_taken_in_turn)
