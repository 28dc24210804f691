// Who is connected, as others see it: lines, choices, and connections that are hung up on; and
// requests that are held back (CLIENT PAUSE).
#include "service/resp/clients.h"

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "rig.h"
#include "service/resp/client_filter.h"

#include "check.h"

using namespace pelikan;
using namespace pelikan::test;

namespace {

ConnectionRow connection(int fd, const char* peer, const char* local, int64_t idle_ms) {
  return {.fd = fd, .peer = peer, .local = local, .state = "reading", .idle_ms = idle_ms};
}

struct Table final : ConnectionTable {
  [[nodiscard]] std::vector<ConnectionRow> rows() const override {
    return {connection(8, "tcp:127.0.0.1:5001", "tcp:127.0.0.1:6379", 3'000),
            connection(9, "tcp:127.0.0.1:9999", "tcp:10.0.0.1:6379", 1)};
  }
  void hang_up(int fd) const noexcept override { hung_up.push_back(fd); }
  mutable std::vector<int> hung_up;
};

struct Stage {
  Table table;
  FakeTime time;
  RespClients clients{table, time};
  RespClientEntry first{clients, "tcp:127.0.0.1:5001", 8, time.boot_ms()};
  RespClientEntry second{clients, "unix:/run/cache.sock", 9, time.boot_ms()};
};

using Words = std::vector<std::string_view>;

// The numbers of the clients that CLIENT LIST, or CLIENT KILL, is about; or the error.
std::string chosen(const Stage& stage, bool kills, const Words& words) {
  RespClientFilter filter;
  const auto error = kills ? filter.parse_kill(words) : filter.parse_list(words);
  if (error) return *error;
  std::string ids;
  for (const RespClientRow& row : stage.clients.rows()) {
    if (filter.takes(row)) ids += std::to_string(row.id);
  }
  return ids;
}

}  // namespace

START_TEST(a_line_tells_who_a_client_is) {
  Stage stage;
  stage.time.advance_ms(5'900);
  stage.first.set_text(RespClientText::kName, "me");
  stage.first.set_text(RespClientText::kLibrary, "lib");
  stage.first.set_text(RespClientText::kLibraryVersion, "1.2");
  stage.first.mark(resp::Command::kClientList, resp::ProtocolVersion::k3);
  stage.first.mark_no_evict(true);
  stage.first.mark_no_touch(true);
  ck_assert_text_eq(
      stage.clients.row(1)->line(),
      "id=1 addr=127.0.0.1:5001 laddr=127.0.0.1:6379 fd=8 name=me age=5 idle=3 flags=eT db=0 sub=0 "
      "psub=0 ssub=0 multi=-1 qbuf=0 qbuf-free=0 argv-mem=0 multi-mem=0 rbs=0 rbp=0 obl=0 oll=0 "
      "omem=0 tot-mem=0 events=r cmd=client|list user=default redir=-1 resp=3 lib-name=lib "
      "lib-ver=1.2");
  // The framework knows another by that number: it has just come in its place.
  ck_assert_text_eq(stage.clients.row(2)->line(),
                    "id=2 addr=/run/cache.sock:0 laddr= fd=9 name= age=5 idle=0 flags=N db=0 sub=0 "
                    "psub=0 ssub=0 multi=-1 qbuf=0 qbuf-free=0 argv-mem=0 multi-mem=0 rbs=0 rbp=0 "
                    "obl=0 oll=0 omem=0 tot-mem=0 events=r cmd=client user=default redir=-1 resp=2 "
                    "lib-name= lib-ver=");
  ck_assert(!stage.clients.row(3));
}
END_TEST

START_TEST(numbers_rise_and_are_not_given_again) {
  Stage stage;
  {
    const RespClientEntry third(stage.clients, "tcp:a:1", 10, 0);
    ck_assert_uint_eq(third.id(), 3);
    ck_assert_uint_eq(stage.clients.rows().size(), 3);
  }
  const RespClientEntry fourth(stage.clients, "tcp:a:1", 10, 0);
  ck_assert_uint_eq(fourth.id(), 4);
  ck_assert_uint_eq(stage.clients.rows().size(), 3);
}
END_TEST

START_TEST(a_client_is_hung_up_on_while_it_is_there) {
  Stage stage;
  ck_assert(stage.clients.hang_up(2));
  ck_assert(!stage.clients.hang_up(3));
  { const RespClientEntry third(stage.clients, "tcp:a:1", 10, 0); }
  ck_assert(!stage.clients.hang_up(3));
  ck_assert(stage.table.hung_up == std::vector<int>{9});
}
END_TEST

// Under ThreadSanitizer: what a row is made of was written before the entry was shown.
START_TEST(clients_are_listed_while_others_come_and_go) {
  constexpr int kClients = 2'000;
  Stage stage;
  std::thread coming([&] {
    for (int i = 0; i < kClients; ++i) const RespClientEntry next(stage.clients, "tcp:a:1", i, 0);
  });
  uint64_t last = 0;
  while (last < kClients) {
    for (const RespClientRow& row : stage.clients.rows()) last = std::max(last, row.id);
    const RespClientEntry own(stage.clients, "tcp:b:1", -1, 0);
    last = std::max(last, own.id());
  }
  coming.join();
  ck_assert_uint_eq(stage.clients.rows().size(), 2);
}
END_TEST

START_TEST(many_clients_are_listed_in_their_order) {
  Stage stage;
  std::vector<std::unique_ptr<RespClientEntry>> more;
  for (int i = 0; i < 200; ++i) {
    more.push_back(std::make_unique<RespClientEntry>(stage.clients, "tcp:a:1", 100 + i, 0));
  }
  const auto rows = stage.clients.rows();
  ck_assert_uint_eq(rows.size(), 202);
  for (size_t i = 0; i < rows.size(); ++i) ck_assert_uint_eq(rows[i].id, i + 1);
}
END_TEST

START_TEST(clients_are_chosen_by_what_is_said_of_them) {
  Stage stage;
  stage.time.advance_ms(10'000);
  const RespClientEntry young(stage.clients, "tcp:10.0.0.7:1", 10, stage.time.boot_ms());
  ck_assert_text_eq(chosen(stage, false, {}), "123");
  ck_assert_text_eq(chosen(stage, false, {"type", "normal"}), "123");
  ck_assert_text_eq(chosen(stage, false, {"TYPE", "pubsub"}), "");
  ck_assert_text_eq(chosen(stage, false, {"ID", "3", "1", "9"}), "13");
  ck_assert_text_eq(chosen(stage, false, {"ID", "x"}), "ERR Invalid client ID");
  ck_assert_text_eq(chosen(stage, false, {"TYPE", "x"}), "ERR Unknown client type 'x'");
  ck_assert_text_eq(chosen(stage, false, {"FOO"}), "ERR syntax error");
  ck_assert_text_eq(chosen(stage, true, {"ID", "2"}), "2");
  ck_assert_text_eq(chosen(stage, true, {"ADDR", "127.0.0.1:5001"}), "1");
  ck_assert_text_eq(chosen(stage, true, {"LADDR", "127.0.0.1:6379"}), "1");
  ck_assert_text_eq(chosen(stage, true, {"ADDR", "127.0.0.1:5001", "ID", "2"}), "");
  ck_assert_text_eq(chosen(stage, true, {"MAXAGE", "5"}), "12");
  ck_assert_text_eq(chosen(stage, true, {"MAXAGE", "0"}), "ERR maxage should be greater than 0");
  ck_assert_text_eq(chosen(stage, true, {"USER", "default", "SKIPME", "no"}), "123");
  ck_assert_text_eq(chosen(stage, true, {"USER", "x"}), "ERR No such user 'x'");
  ck_assert_text_eq(chosen(stage, true, {"ID", "0"}), "ERR client-id should be greater than 0");
  ck_assert_text_eq(chosen(stage, true, {"ID"}), "ERR syntax error");
}
END_TEST

START_TEST(writes_are_held_back_until_the_pause_is_over) {
  RespRig rig;
  ServiceConnection admin = rig.connect();
  ServiceConnection client = rig.connect();
  ck_assert_text_eq(admin.send("CLIENT PAUSE 1000 WRITE\r\n"), "+OK\r\n");
  ck_assert_text_eq(client.send("GET k\r\nSET k v\r\nGET k\r\n"), "$-1\r\n");
  rig.advance_ms(999);
  ck_assert_text_eq(client.read_on(), "");
  rig.advance_ms(2);
  ck_assert_text_eq(client.read_on(), "+OK\r\n$1\r\nv\r\n");
}
END_TEST

START_TEST(everything_is_held_back_and_long_requests_arrive_meanwhile) {
  RespRig rig;
  ServiceConnection client = rig.connect();
  const std::string value(200'000, 'v');
  const std::string set = "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$200000\r\n" + value + "\r\n";
  ck_assert_text_eq(client.send(set.substr(0, 199'000)), "");
  ck_assert_text_eq(rig.connect().send("CLIENT PAUSE 1000\r\n"), "+OK\r\n");
  ck_assert_text_eq(client.send(set.substr(199'000)), "");
  ck_assert_text_eq(client.send("STRLEN k\r\n"), "");
  rig.advance_ms(1'001);
  ck_assert_text_eq(client.read_on(), "+OK\r\n:200000\r\n");
}
END_TEST

START_TEST(what_comes_behind_a_pause_in_one_piece_is_held_back) {
  RespRig rig;
  ServiceConnection client = rig.connect();
  ck_assert_text_eq(client.send("SET k v\r\nCLIENT PAUSE 1000 WRITE\r\nGET k\r\nDEL k\r\n"),
                    "+OK\r\n+OK\r\n$1\r\nv\r\n");
  rig.advance_ms(1'001);
  ck_assert_text_eq(client.read_on(), ":1\r\n");
  ck_assert_text_eq(client.send("CLIENT PAUSE 1000\r\nPING\r\n"), "+OK\r\n");
  rig.advance_ms(1'001);
  ck_assert_text_eq(client.read_on(), "+PONG\r\n");
}
END_TEST

START_TEST(a_pause_of_writes_is_ended_by_any_client) {
  RespRig rig;
  ServiceConnection client = rig.connect();
  ck_assert_text_eq(client.send("CLIENT PAUSE 100000 WRITE\r\n"), "+OK\r\n");
  ck_assert_text_eq(client.send("SET k v\r\n"), "");
  ck_assert_text_eq(rig.connect().send("CLIENT UNPAUSE\r\n"), "+OK\r\n");
  ck_assert_text_eq(client.read_on(), "+OK\r\n");
}
END_TEST

START_TEST(reads_of_a_client_that_touches_nothing_count_as_no_use) {
  RespRig rig;
  ServiceConnection client = rig.connect();
  client.send("SET k v\r\nCLIENT NO-TOUCH ON\r\n");
  ck_assert_text_eq(client.send("GET k\r\nMGET k\r\nSTRLEN k\r\nOBJECT FREQ k\r\n"),
                    "$1\r\nv\r\n*1\r\n$1\r\nv\r\n:1\r\n:0\r\n");
  ck_assert_text_eq(client.send("TOUCH k\r\nOBJECT FREQ k\r\n"), ":1\r\n:1\r\n");
  client.send("CLIENT NO-TOUCH OFF\r\n");
  ck_assert_text_eq(client.send("STRLEN k\r\nOBJECT FREQ k\r\n"), ":1\r\n:2\r\n");
}
END_TEST

PELIKAN_TESTS("service/resp/clients", a_line_tells_who_a_client_is,
              numbers_rise_and_are_not_given_again,
              reads_of_a_client_that_touches_nothing_count_as_no_use,
              a_client_is_hung_up_on_while_it_is_there, many_clients_are_listed_in_their_order,
              clients_are_listed_while_others_come_and_go,
              clients_are_chosen_by_what_is_said_of_them,
              writes_are_held_back_until_the_pause_is_over,
              everything_is_held_back_and_long_requests_arrive_meanwhile,
              what_comes_behind_a_pause_in_one_piece_is_held_back,
              a_pause_of_writes_is_ended_by_any_client)
