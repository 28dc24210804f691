#include "core/admin_port.h"

#include <fcntl.h>
#include <sys/socket.h>

#include <cerrno>
#include <string>

#include "event/libevent_loop.h"
#include "log/log.h"
#include "metric/registry.h"
#include "option/option_set.h"
#include "transport/address.h"

#include "check.h"

namespace pelikan {
namespace {

using std::chrono::milliseconds;

struct LongWinded : Service {
  std::unique_ptr<Processor> processor(const Clock&) override { return nullptr; }
  std::optional<std::string> stats(std::string_view sub) override {
    if (sub == "short") return "END\r\n";
    if (sub == "long") return std::string(8 << 20, 'x') + "\r\nEND\r\n";
    return std::nullopt;
  }
};

// Wakes the loop, so that a round never waits for long.
struct Pulse : Task {
  void run() noexcept override {}
};

// A port and its clients on one thread.
struct World {
  World() {
    loop.every(milliseconds(1), pulse);
    UniqueFd socket = listen_on(Address::resolve("127.0.0.1", 0).front(), {});
    port_number = Address::local(socket.get()).port();
    port = std::make_unique<AdminPort>(loop, std::move(socket), commands, clock, milliseconds(1000),
                                       metrics);
  }

  [[nodiscard]] UniqueFd connect() {
    const Address address = Address::resolve("127.0.0.1", port_number).front();
    UniqueFd client(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    ck_assert_int_eq(::connect(client.get(), address.data(), address.size()), 0);
    ck_assert_int_eq(::fcntl(client.get(), F_SETFL, O_NONBLOCK), 0);
    return client;
  }

  // Serves until so much has come, or the port has closed the connection.
  [[nodiscard]] std::string read(const UniqueFd& client, size_t size) {
    std::string text;
    char bytes[65536];
    while (text.size() < size) {
      loop.run_once();
      const ssize_t n = ::recv(client.get(), bytes, std::min(sizeof bytes, size - text.size()), 0);
      if (n == 0 || (n < 0 && errno != EAGAIN)) break;
      if (n > 0) text.append(bytes, static_cast<size_t>(n));
    }
    return text;
  }
  [[nodiscard]] std::string read_to_end(const UniqueFd& client) { return read(client, SIZE_MAX); }

  static void send(const UniqueFd& client, std::string_view bytes) {
    ck_assert_int_eq(::send(client.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL),
                     static_cast<ssize_t>(bytes.size()));
  }

  FakeTime time;
  MetricRegistry registry;
  LogOptions log_options;
  LogMetrics log_metrics{registry};
  Log log{log_options, log_metrics, time};
  OptionSet options{{}};
  NoConnections nobody;
  ServerContext context{.options = options,
                        .metrics = registry,
                        .time = time,
                        .log = log,
                        .connections = nobody,
                        .version = "1.2.3",
                        .start_boot_ms = 0,
                        .start_unix_ms = 0};
  LongWinded service;
  AdminCommands commands{context, service, [] { return std::string(); }};
  AdminMetrics metrics{registry};
  Clock clock{time};
  Pulse pulse;
  LibeventLoop loop;
  std::unique_ptr<AdminPort> port;
  uint16_t port_number = 0;
};

START_TEST(lines_are_answered_in_order) {
  World world;
  const UniqueFd client = world.connect();
  World::send(client, "version\r\nnonsense\nstats short\r\nquit\r\nversion\r\n");
  ck_assert_text_eq(world.read_to_end(client), "VERSION 1.2.3\r\nERROR\r\nEND\r\n");
  ck_assert_uint_eq(world.metrics.request.value(), 4);
}
END_TEST

START_TEST(a_line_split_anywhere_gets_the_same_answer) {
  constexpr std::string_view kLine = "stats short\r\n";
  World world;
  const UniqueFd client = world.connect();
  for (size_t split = 1; split < kLine.size(); ++split) {
    World::send(client, kLine.substr(0, split));
    world.loop.run_once();
    world.loop.run_once();
    World::send(client, kLine.substr(split));
    ck_assert_text_eq(world.read(client, 5), "END\r\n");
  }
}
END_TEST

START_TEST(a_line_without_end_closes_the_connection) {
  World world;
  const UniqueFd client = world.connect();
  World::send(client, "version\r\n" + std::string(admin::kLineMax, 'a'));
  ck_assert_text_eq(world.read_to_end(client), "VERSION 1.2.3\r\n");
}
END_TEST

START_TEST(a_page_in_a_browser_gives_no_commands) {
  World world;
  const UniqueFd client = world.connect();
  World::send(client,
              "POST / HTTP/1.1\r\nHost: 127.0.0.1:9999\r\nContent-Type: text/plain\r\n\r\n"
              "stats reset\r\nshutdown\r\n");
  ck_assert_text_eq(world.read_to_end(client), "");
  ck_assert_uint_eq(world.metrics.request.value(), 0);
}
END_TEST

START_TEST(the_next_line_waits_until_a_large_answer_was_read) {
  World world;
  const UniqueFd client = world.connect();
  World::send(client, "stats long\r\nstats short\r\nstats long\r\n");
  for (int i = 0; i < 20; ++i) world.loop.run_once();
  ck_assert_uint_eq(world.metrics.request.value(), 1);

  constexpr size_t kLong = (8 << 20) + 7;
  const std::string text = world.read(client, kLong + 5 + kLong);
  ck_assert_uint_eq(text.size(), kLong + 5 + kLong);
  ck_assert_text_eq(std::string_view(text).substr(kLong - 5, 10), "END\r\nEND\r\n");
  ck_assert_uint_eq(world.metrics.request.value(), 3);
}
END_TEST

START_TEST(lines_that_come_while_an_answer_is_stuck_wait_too) {
  World world;
  const UniqueFd client = world.connect();
  World::send(client, "stats long\r\n");
  for (int i = 0; i < 20; ++i) world.loop.run_once();
  World::send(client, "stats short\r\n");
  for (int i = 0; i < 20; ++i) world.loop.run_once();
  ck_assert_uint_eq(world.metrics.request.value(), 1);

  constexpr size_t kLong = (8 << 20) + 7;
  const std::string text = world.read(client, kLong + 5);
  ck_assert_text_eq(std::string_view(text).substr(kLong - 5), "END\r\nEND\r\n");
}
END_TEST

START_TEST(who_neither_asks_nor_reads_is_closed_after_the_timeout) {
  World world;
  const UniqueFd silent = world.connect();
  const UniqueFd deaf = world.connect();
  const UniqueFd alive = world.connect();
  World::send(silent, "stat");
  World::send(deaf, "stats long\r\n");
  World::send(alive, "stats short\r\n");
  ck_assert_text_eq(world.read(alive, 5), "END\r\n");

  world.time.advance_ms(600);
  world.clock.refresh();
  World::send(alive, "stats short\r\n");
  ck_assert_text_eq(world.read(alive, 5), "END\r\n");
  world.port->run();
  ck_assert_uint_eq(world.metrics.idle.value(), 0);

  world.time.advance_ms(600);
  world.clock.refresh();
  world.port->run();
  ck_assert_text_eq(world.read_to_end(silent), "");
  ck_assert_uint_eq(world.metrics.idle.value(), 2);
  world.port->run();
  ck_assert_int_eq(world.metrics.connections.value(), 1);
  World::send(alive, "stats short\r\n");
  ck_assert_text_eq(world.read(alive, 5), "END\r\n");
}
END_TEST

START_TEST(who_sends_a_line_byte_by_byte_is_closed_after_the_timeout) {
  World world;
  const UniqueFd trickling = world.connect();
  for (int i = 0; i < 4; ++i) {
    World::send(trickling, "s");
    world.loop.run_once();
    world.loop.run_once();
    world.time.advance_ms(300);
    world.clock.refresh();
    ck_assert_uint_eq(world.metrics.idle.value(), 0);
    world.port->run();
  }
  ck_assert_text_eq(world.read_to_end(trickling), "");
  ck_assert_uint_eq(world.metrics.idle.value(), 1);
}
END_TEST

START_TEST(one_connection_too_many_is_told_and_closed) {
  World world;
  std::vector<UniqueFd> crowd;
  for (size_t i = 0; i < AdminPort::kMaxConnections; ++i) {
    crowd.push_back(world.connect());
    World::send(crowd.back(), "stats short\r\n");
    ck_assert_text_eq(world.read(crowd.back(), 5), "END\r\n");
  }
  ck_assert_text_eq(world.read_to_end(world.connect()), "ERROR too many admin connections\r\n");
  ck_assert_uint_eq(world.metrics.refused.value(), 1);

  World::send(crowd.back(), "quit\r\n");
  ck_assert_text_eq(world.read_to_end(crowd.back()), "");
  const UniqueFd next = world.connect();
  World::send(next, "stats short\r\n");
  ck_assert_text_eq(world.read(next, 5), "END\r\n");
}
END_TEST

START_TEST(a_client_that_leaves_in_the_middle_is_forgotten) {
  World world;
  {
    const UniqueFd client = world.connect();
    World::send(client, "stats long\r\nstats long\r\nver");
    for (int i = 0; i < 5; ++i) world.loop.run_once();
  }
  for (int i = 0; i < 5; ++i) world.loop.run_once();
  world.port->run();
  ck_assert_int_eq(world.metrics.connections.value(), 0);
}
END_TEST

START_TEST(a_port_goes_away_with_its_connections) {
  World world;
  const UniqueFd client = world.connect();
  World::send(client, "stats long\r\n");
  for (int i = 0; i < 5; ++i) world.loop.run_once();
  world.port.reset();
  ck_assert_int_eq(::fcntl(client.get(), F_SETFL, 0), 0);
  char bytes[65536];
  size_t received = 0;
  for (ssize_t n = 1; n > 0; received += n > 0 ? static_cast<size_t>(n) : 0) {
    n = ::recv(client.get(), bytes, sizeof bytes, 0);  // waits for ever if nobody closes
  }
  ck_assert_uint_lt(received, 8 << 20);
}
END_TEST

}  // namespace
}  // namespace pelikan

PELIKAN_TESTS("core/admin_port", pelikan::lines_are_answered_in_order,
              pelikan::a_line_split_anywhere_gets_the_same_answer,
              pelikan::a_line_without_end_closes_the_connection,
              pelikan::a_page_in_a_browser_gives_no_commands,
              pelikan::the_next_line_waits_until_a_large_answer_was_read,
              pelikan::lines_that_come_while_an_answer_is_stuck_wait_too,
              pelikan::who_neither_asks_nor_reads_is_closed_after_the_timeout,
              pelikan::who_sends_a_line_byte_by_byte_is_closed_after_the_timeout,
              pelikan::one_connection_too_many_is_told_and_closed,
              pelikan::a_client_that_leaves_in_the_middle_is_forgotten,
              pelikan::a_port_goes_away_with_its_connections)
