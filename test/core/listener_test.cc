#include "core/listener.h"

#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "base/setup_error.h"
#include "check.h"
#include "core/line_server.h"

using namespace pelikan;
using namespace pelikan::test;

namespace {

std::string complaint_about(const LineServerOptions& options) {
  try {
    LineServer server(options);
  } catch (const SetupError& error) {
    return error.what();
  }
  return "";
}

UniqueFd connect_to_unix(const std::string& path) {
  UniqueFd client(::socket(AF_UNIX, SOCK_STREAM, 0));
  const Address address = Address::unix_path(path);
  ck_assert_int_eq(::connect(client.get(), address.data(), address.size()), 0);
  return client;
}

}  // namespace

START_TEST(connections_are_dealt_evenly) {
  LineServerOptions options;
  options.worker.threads.set(4);
  LineServer server(options);
  std::vector<UniqueFd> clients;
  for (int64_t i = 1; i <= 101; ++i) {
    clients.push_back(server.connect());
    server.await("server_total_connections", i);
    size_t most = 0, fewest = SIZE_MAX;
    for (const auto& worker : server.workers) {
      most = std::max(most, worker->connections());
      fewest = std::min(fewest, worker->connections());
    }
    ck_assert_uint_le(most - fewest, 1);
  }
  for (const UniqueFd& client : clients)
    ck_assert_text_eq(ask(client.get(), "served\n"), "served\n");
}
END_TEST

START_TEST(a_new_connection_goes_where_one_has_closed) {
  LineServerOptions options;
  options.worker.threads.set(3);
  LineServer server(options);
  std::vector<UniqueFd> clients;
  for (int64_t i = 1; i <= 9; ++i) {
    clients.push_back(server.connect());
    server.await("server_total_connections", i);
  }
  clients.erase(clients.begin(), clients.begin() + 4);
  while (server.open() != 5) std::this_thread::yield();
  for (int i = 0; i < 4; ++i) clients.push_back(server.connect());
  server.await("server_total_connections", 13);
  for (const auto& worker : server.workers) ck_assert_uint_eq(worker->connections(), 3);
}
END_TEST

START_TEST(above_the_limit_connections_are_told_so_and_closed) {
  LineServerOptions options;
  options.server.max_connections.set(5);
  LineServer server(options);
  std::vector<UniqueFd> clients;
  clients.reserve(5);
  for (int i = 0; i < 5; ++i) clients.push_back(server.connect());
  server.await("worker_curr_connections", 5);
  for (int i = 0; i < 64; ++i) {
    const UniqueFd refused = server.connect();
    // The request that is on its way does not cost the client the answer.
    (void)::send(refused.get(), "hello\n", 6, MSG_NOSIGNAL);
    ck_assert_text_eq(read_exactly(refused.get(), 21), "too many connections\n");
  }
  ck_assert_int_eq(server.metric("server_rejected_connections"), 64);
  ck_assert_int_eq(server.metric("server_total_connections"), 5);
  clients.pop_back();
  while (server.open() != 4) std::this_thread::yield();
  const UniqueFd admitted = server.connect();
  ck_assert_text_eq(ask(admitted.get(), "hello\n"), "hello\n");
}
END_TEST

START_TEST(tcp_and_unix_sockets_are_served_together) {
  const std::string path = "/tmp/pelikan_listener_test." + std::to_string(::getpid());
  LineServerOptions options;
  options.server.unix_path.set(path);
  options.server.unix_mode.set("0600");
  {
    LineServer server(options);
    ck_assert_uint_eq(server.listener->plain().addresses.size(), 2);
    ck_assert_text_eq(server.listener->plain().addresses[0],
                      "127.0.0.1:" + std::to_string(server.listener->plain().port));
    ck_assert_text_eq(server.listener->plain().addresses[1], path);
    ck_assert_int_eq(static_cast<int>(std::filesystem::status(path).permissions()), 0600);
    const UniqueFd over_tcp = server.connect();
    const UniqueFd over_unix = connect_to_unix(path);
    ck_assert_text_eq(ask(over_tcp.get(), "tcp\n"), "tcp\n");
    ck_assert_text_eq(ask(over_unix.get(), "unix\n"), "unix\n");
    const std::vector<ConnectionRow> rows = server.connections.rows();
    const std::string tcp_address =
        "tcp:127.0.0.1:" + std::to_string(server.listener->plain().port);
    ck_assert_uint_eq(rows.size(), 4);
    ck_assert_text_eq(rows[0].peer, tcp_address);
    ck_assert_text_eq(rows[1].peer, "unix:" + path);
    for (size_t i = 0; i < 2; ++i) {
      ck_assert_text_eq(rows[i].state, "listening");
      ck_assert_text_eq(rows[i].local, "");
    }
    ck_assert_text_eq(rows[2].local, tcp_address);
    ck_assert_text_eq(rows[2].peer, "tcp:" + Address::local(over_tcp.get()).text());
    ck_assert_text_eq(rows[3].local, "unix:" + path);
    ck_assert_text_eq(server.connections.row(rows[2].fd)->peer, rows[2].peer);
    ck_assert(!server.connections.row(-1));
  }
  ck_assert(!std::filesystem::exists(path));
}
END_TEST

START_TEST(a_stopped_listener_accepts_nobody) {
  LineServer server({});
  const UniqueFd before = server.connect();
  ck_assert_text_eq(ask(before.get(), "hello\n"), "hello\n");
  const uint16_t port = server.listener->plain().port;
  server.listener->stop();
  ck_assert_uint_eq(server.connections.rows().size(), 1);
  const Address address = Address::resolve("127.0.0.1", port).front();
  const UniqueFd late(::socket(AF_INET, SOCK_STREAM, 0));
  ck_assert_int_ne(::connect(late.get(), address.data(), address.size()), 0);
  ck_assert_text_eq(ask(before.get(), "still here\n"), "still here\n");
}
END_TEST

START_TEST(what_cannot_be_listened_on_is_named) {
  LineServerOptions options;
  LineServer first(options);
  options.server.port.set(first.listener->plain().port);
  ck_assert_text_eq(complaint_about(options),
                    "cannot listen on 127.0.0.1:" + std::to_string(first.listener->plain().port) +
                        ": Address already in use");
  options.server.port.set(0);
  options.server.unix_mode.set("rwx");
  ck_assert_text_eq(complaint_about(options),
                    "server_unix_mode: 'rwx' is not an octal number like 0700");
  options.server.unix_mode.set("0700");
  options.server.host.set("");
  ck_assert_text_eq(complaint_about(options),
                    "server_host and server_unix_path are empty: there is nowhere to listen");
  options.server.host.set("no.such.name.invalid");
  ck_assert(complaint_about(options).starts_with(
      "server_host: 'no.such.name.invalid' is not an address"));
}
END_TEST

START_TEST(the_connection_table_is_read_while_connections_come_and_go) {
  LineServer server({});
  std::thread churn([&] {
    for (int i = 0; i < 300; ++i) {
      const UniqueFd client = server.connect();
      ck_assert_text_eq(ask(client.get(), "hello\n"), "hello\n");
    }
  });
  while (server.metric("server_total_connections") < 300) {
    for (const ConnectionRow& row : server.connections.rows()) {
      ck_assert(row.peer.starts_with("tcp:127.0.0.1:"));
      ck_assert_int_ge(row.idle_ms, 0);
    }
  }
  churn.join();
  while (server.open() > 0) std::this_thread::yield();
  ck_assert_uint_eq(server.connections.rows().size(), 1);  // where it listens
}
END_TEST

PELIKAN_TESTS("core/listener", connections_are_dealt_evenly,
              a_new_connection_goes_where_one_has_closed,
              above_the_limit_connections_are_told_so_and_closed,
              tcp_and_unix_sockets_are_served_together, a_stopped_listener_accepts_nobody,
              what_cannot_be_listened_on_is_named,
              the_connection_table_is_read_while_connections_come_and_go)
