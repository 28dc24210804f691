#include "core/worker.h"

#include <sys/resource.h>

#include <string>
#include <thread>
#include <vector>

#include "base/setup_error.h"
#include "check.h"
#include "core/line_server.h"
#include "transport/address.h"

using namespace pelikan;
using namespace pelikan::test;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

void allow_files(rlim_t files) {
  rlimit limit{};
  ck_assert_int_eq(::getrlimit(RLIMIT_NOFILE, &limit), 0);
  limit.rlim_cur = std::min(limit.rlim_max, files);
  ck_assert_int_eq(::setrlimit(RLIMIT_NOFILE, &limit), 0);
}

std::string ordered_requests(int count, std::string& replies) {
  std::string requests;
  for (int i = 0; i < count; ++i) {
    requests += "big 9000\n" + std::to_string(i) + "\n";
    replies += pattern(9000) + "\n" + std::to_string(i) + "\n";
  }
  return requests;
}

}  // namespace

START_TEST(lines_are_answered_over_tcp) {
  LineServer server({});
  const UniqueFd client = server.connect();
  ck_assert_text_eq(ask(client.get(), "hello\n"), "hello\n");
  ck_assert_text_eq(ask(client.get(), "a\nb\nc\n"), "a\nb\nc\n");
  const std::string value = pattern(300'000);
  write_all(client.get(), "value 300000\n" + value);
  ck_assert_text_eq(read_exactly(client.get(), checksum_line(value).size()), checksum_line(value));
  write_all(client.get(), "quit\n");
  ck_assert_text_eq(read_to_end(client.get()), "");
}
END_TEST

START_TEST(a_conversation_knows_its_peer_as_long_as_it_lasts) {
  LineServer server({});
  for (int i = 0; i < 3; ++i) {  // the entry of the one before is used again
    const UniqueFd client = server.connect();
    const std::string name = Address::local(client.get()).text_with_kind() + "\n";
    write_all(client.get(), "peer\n");
    ck_assert_text_eq(read_exactly(client.get(), name.size()), name);
    const UniqueFd other = server.connect();
    ck_assert_text_eq(ask(other.get(), "hello\n"), "hello\n");
    write_all(client.get(), "peer\n");
    ck_assert_text_eq(read_exactly(client.get(), name.size()), name);
  }
}
END_TEST

START_TEST(who_is_hung_up_on_is_closed_though_nothing_comes) {
  LineServer server({});
  const UniqueFd idle = server.connect();
  ck_assert_text_eq(ask(idle.get(), "hello\n"), "hello\n");
  const UniqueFd other = server.connect();
  ck_assert_text_eq(ask(other.get(), "hello\n"), "hello\n");
  const std::string name = Address::local(idle.get()).text_with_kind();
  for (const ConnectionRow& row : server.connections.rows()) {
    if (row.peer == name) server.connections.hang_up(row.fd);
  }
  ck_assert_text_eq(read_to_end(idle.get()), "");
  server.await("worker_curr_connections", 1);
  ck_assert_text_eq(ask(other.get(), "still here\n"), "still here\n");
}
END_TEST

START_TEST(a_slow_reader_gets_all_in_order_and_costs_bounded_memory) {
  LineServer server({});
  const UniqueFd client = server.connect();
  std::string replies;
  const std::string requests = ordered_requests(4000, replies);  // 36 MB
  std::thread writer([&] { write_all(client.get(), requests); });
  server.await("worker_pauses", 1);
  ck_assert_int_le(server.metric("buffer_in_use"), 6 * static_cast<int64_t>(Chunk::kSize));
  const UniqueFd other = server.connect();
  ck_assert_text_eq(ask(other.get(), "not stalled\n"), "not stalled\n");
  const std::string got = read_exactly(client.get(), replies.size());
  writer.join();
  ck_assert(got == replies);
  server.await("buffer_in_use", 0);
  ck_assert_int_le(server.metric("buffer_allocated"), 16 * static_cast<int64_t>(Chunk::kSize));
}
END_TEST

START_TEST(a_client_that_finished_sending_gets_every_reply) {
  LineServer server({});
  const UniqueFd client = server.connect();
  std::string replies;
  write_all(client.get(), ordered_requests(500, replies));
  ::shutdown(client.get(), SHUT_WR);
  ck_assert(read_to_end(client.get()) == replies);
  server.await("worker_close_peer", 1);
}
END_TEST

START_TEST(resets_leave_nothing_behind) {
  LineServer server({});
  for (int i = 0; i < 50; ++i) {
    UniqueFd client = server.connect();
    write_all(client.get(), i % 2 == 0 ? "big 3000000\n" : "half a line");
    reset(client);
  }
  server.await("server_total_connections", 50);
  while (server.connections.rows().size() > 1) std::this_thread::yield();
  server.await("worker_curr_connections", 0);
  ck_assert_int_eq(server.metric("buffer_in_use"), 0);
}
END_TEST

START_TEST(two_thousand_idle_connections_own_no_buffers) {
  allow_files(5000);
  LineServerOptions options;
  options.server.max_connections.set(3000);
  LineServer server(options);
  std::vector<UniqueFd> clients;
  for (int i = 0; i < 2000; ++i) {
    clients.push_back(server.connect());
    ck_assert_text_eq(ask(clients.back().get(), "hello\n"), "hello\n");
  }
  ck_assert_int_eq(server.metric("worker_curr_connections"), 2000);
  server.await("buffer_in_use", 0);
  ck_assert_int_le(server.metric("buffer_allocate"), 4);  // two per worker
}
END_TEST

START_TEST(an_idle_client_is_closed_after_its_time) {
  LineServerOptions options;
  options.worker.idle_timeout.set(milliseconds(50));
  LineServer server(options);
  const UniqueFd client = server.connect();
  ck_assert_text_eq(read_to_end(client.get()), "");
  server.await("worker_close_idle", 1);
}
END_TEST

START_TEST(a_stalled_client_is_closed_after_its_time) {
  LineServerOptions options;
  options.worker.write_timeout.set(milliseconds(100));
  LineServer server(options);
  const UniqueFd client = server.connect();
  std::string replies;
  write_all(client.get(), ordered_requests(1000, replies));
  server.await("worker_close_write", 1);
  ck_assert(read_to_end(client.get()).ends_with("<reset>"));
}
END_TEST

START_TEST(stopping_answers_what_has_been_received) {
  LineServer server({});
  std::vector<UniqueFd> clients;
  clients.reserve(100);
  for (int i = 0; i < 100; ++i) clients.push_back(server.connect());
  server.await("worker_curr_connections", 100);
  for (const UniqueFd& client : clients) write_all(client.get(), "last\nwords\n");
  server.stop(seconds(60));
  for (const UniqueFd& client : clients)
    ck_assert_text_eq(read_to_end(client.get()), "last\nwords\n");
  ck_assert_uint_eq(server.open(), 0);
  ck_assert_int_eq(server.metric("worker_close_shutdown"), 100);
}
END_TEST

START_TEST(stopping_waits_for_slow_readers) {
  LineServer server({});
  const UniqueFd client = server.connect();
  std::string replies;
  write_all(client.get(), ordered_requests(1000, replies));
  server.await("worker_pauses", 1);
  std::string got;
  std::thread reader([&] { got = read_to_end(client.get()); });
  server.stop(seconds(60));
  reader.join();
  ck_assert(got == replies);
}
END_TEST

START_TEST(stopping_does_not_wait_for_ever) {
  LineServer server({});
  const UniqueFd client = server.connect();
  std::string replies;
  write_all(client.get(), ordered_requests(1000, replies));
  server.await("worker_pauses", 1);
  server.stop(milliseconds(1));
  ck_assert_uint_eq(server.open(), 0);
}
END_TEST

START_TEST(a_second_stop_shortens_the_wait) {
  LineServer server({});
  const UniqueFd client = server.connect();
  std::string replies;
  write_all(client.get(), ordered_requests(1000, replies));
  server.await("worker_pauses", 1);
  server.listener->stop();
  for (auto& worker : server.workers) worker->stop(std::chrono::hours(1));
  server.stop(milliseconds(0));
  ck_assert_uint_eq(server.open(), 0);
}
END_TEST

START_TEST(a_worker_that_never_started_gives_its_connections_back) {
  const SystemTime time;
  MetricRegistry registry;
  const WorkerOptions options;
  Connections connections(time);
  {
    Worker worker(0, options, time, registry,
                  [](const Clock&) { return std::make_unique<LineProcessor>(); });
    SocketPair pair = tcp_pair();
    Connection& connection = connections.open(pair.server.get());
    worker.adopt(std::move(pair.server), connection);
    ck_assert_uint_eq(worker.connections(), 1);
    ck_assert_uint_eq(connections.rows().size(), 1);
  }
  ck_assert(connections.rows().empty());
}
END_TEST

START_TEST(too_little_memory_for_so_many_workers_is_refused) {
  const SystemTime time;
  MetricRegistry registry;
  WorkerOptions options;
  options.threads.set(8);
  options.connection_memory.set({4 * kMiB});
  try {
    Worker worker(0, options, time, registry,
                  [](const Clock&) { return std::make_unique<LineProcessor>(); });
    ck_abort_msg("accepted");
  } catch (const SetupError& error) {
    ck_assert(error.code() == ExitCode::kConfig);
    ck_assert_text_eq(error.what(),
                      "connection_memory: 4MiB is too little for 8 workers; each needs 1MiB");
  }
}
END_TEST

PELIKAN_TESTS("core/worker", lines_are_answered_over_tcp,
              a_conversation_knows_its_peer_as_long_as_it_lasts,
              who_is_hung_up_on_is_closed_though_nothing_comes,
              a_slow_reader_gets_all_in_order_and_costs_bounded_memory,
              a_client_that_finished_sending_gets_every_reply, resets_leave_nothing_behind,
              two_thousand_idle_connections_own_no_buffers, an_idle_client_is_closed_after_its_time,
              a_stalled_client_is_closed_after_its_time, stopping_answers_what_has_been_received,
              stopping_waits_for_slow_readers, stopping_does_not_wait_for_ever,
              a_second_stop_shortens_the_wait,
              a_worker_that_never_started_gives_its_connections_back,
              too_little_memory_for_so_many_workers_is_refused)
