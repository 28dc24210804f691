#include "event/libevent_loop.h"

#include <sys/resource.h>

#include <algorithm>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"

#include "check.h"
#include "event/sockets.h"

using namespace pelikan;
using namespace pelikan::test;

namespace {

// Writes down what it is called with.
class Recorder : public TransportOwner {
 public:
  explicit Recorder(size_t inbox_size = 65536) : box(inbox_size) {}

  std::span<char> inbox() noexcept override {
    ++inboxes;
    return no_inbox ? std::span<char>() : std::span<char>(box);
  }
  void received(size_t n) noexcept override {
    arrived.append(box.data(), n);
    if (n == 0) ++nothing;
    if (close_when_received) transport->close(CloseReason::kRequested);
    if (close_count > 0) closed_early = true;
  }
  void sendable(size_t) noexcept override {
    ++sendables;
    send_rest();
  }
  void closed(CloseReason why) noexcept override {
    ++close_count;
    reason = why;
  }

  void attach(LibeventLoop& loop, UniqueFd socket) {
    transport = loop.attach(std::move(socket), *this);
  }
  void send(std::string_view text) {
    unsent += text;
    send_rest();
  }
  void send_rest() noexcept {
    const iovec piece{unsent.data(), unsent.size()};
    unsent.erase(0, transport->send({&piece, 1}));
  }

  std::unique_ptr<Transport> transport;
  std::vector<char> box;
  std::string arrived;
  std::string unsent;
  int inboxes = 0, nothing = 0, sendables = 0, close_count = 0;
  CloseReason reason{};
  bool no_inbox = false, close_when_received = false, closed_early = false;
};

struct Connected {
  explicit Connected(size_t inbox_size = 65536, SocketPair pair = tcp_pair())
      : client(std::move(pair.client)), owner(inbox_size) {
    owner.attach(loop, std::move(pair.server));
  }
  void run_until_closed() {
    while (owner.close_count == 0) loop.run_once();
  }

  LibeventLoop loop;
  UniqueFd client;
  Recorder owner;
};

class Count : public Task {
 public:
  void run() noexcept override { ++runs; }
  int runs = 0;
};

// More than the kernel's buffers hold.
const std::string& flood() {
  static const std::string text = [] {
    std::string bytes(16 << 20, ' ');
    for (size_t i = 0; i < bytes.size(); ++i)
      bytes[i] = static_cast<char>('a' + (i / 7 + i / 4099) % 26);
    return bytes;
  }();
  return text;
}

}  // namespace

START_TEST(an_event_with_room_to_spare_is_one_receive) {
  Connected c;
  write_all(c.client.get(), "get a\r\n");
  c.loop.run_once();
  ck_assert_text_eq(c.owner.arrived, "get a\r\n");
  ck_assert_int_eq(c.owner.inboxes, 1);
  ck_assert_int_eq(c.owner.nothing, 0);
}
END_TEST

START_TEST(a_filled_inbox_is_received_from_again) {
  Connected c(4);
  write_all(c.client.get(), "0123456789");
  c.loop.run_once();
  ck_assert_text_eq(c.owner.arrived, "0123456789");
  ck_assert_int_eq(c.owner.inboxes, 3);
  write_all(c.client.get(), "abcd");
  c.loop.run_once();
  ck_assert_text_eq(c.owner.arrived, "0123456789abcd");
  ck_assert_int_eq(c.owner.nothing, 1);  // the second look found the socket empty
}
END_TEST

START_TEST(a_flood_leaves_others_their_turn) {
  Connected c(4);
  write_all(c.client.get(), std::string(1000, 'x'));
  c.loop.run_once();
  ck_assert_uint_lt(c.owner.arrived.size(), 100);
  while (c.owner.arrived.size() < 1000) c.loop.run_once();
}
END_TEST

START_TEST(without_an_inbox_nothing_is_received_until_switched_on) {
  Connected c;
  Recorder other;
  SocketPair pair = tcp_pair();
  other.attach(c.loop, std::move(pair.server));
  c.owner.no_inbox = true;
  write_all(c.client.get(), "early");
  c.loop.run_once();
  write_all(pair.client.get(), "other");
  c.loop.run_once();  // would return for the first connection if it were still watched
  ck_assert_text_eq(other.arrived, "other");
  ck_assert_int_eq(c.owner.inboxes, 1);
  c.owner.no_inbox = false;
  c.owner.transport->receive(true);
  ck_assert_text_eq(c.owner.arrived, "");
  c.loop.run_once();
  ck_assert_text_eq(c.owner.arrived, "early");
}
END_TEST

START_TEST(receiving_off_and_on_finds_what_waits_in_the_kernel) {
  Connected c;
  c.owner.transport->receive(false);
  c.owner.transport->receive(false);
  write_all(c.client.get(), "waiting");
  c.loop.wake();
  c.loop.run_once();
  ck_assert_text_eq(c.owner.arrived, "");
  c.owner.transport->receive(true);
  c.loop.run_once();
  ck_assert_text_eq(c.owner.arrived, "waiting");
}
END_TEST

START_TEST(a_short_send_goes_on_when_the_peer_reads) {
  for (bool over_unix : {false, true}) {
    Connected c(65536, over_unix ? unix_pair() : tcp_pair());
    c.owner.send(flood());
    ck_assert_uint_gt(c.owner.unsent.size(), 0);
    std::string got;
    std::thread reader([&] { got = read_exactly(c.client.get(), flood().size()); });
    while (!c.owner.unsent.empty()) c.loop.run_once();
    reader.join();
    ck_assert(got == flood());
    // Nothing watches for room now: the next round waits for the peer's bytes.
    const int sendables = c.owner.sendables;
    write_all(c.client.get(), "next");
    c.loop.run_once();
    ck_assert_int_eq(c.owner.sendables, sendables);
    ck_assert_text_eq(c.owner.arrived, "next");
  }
}
END_TEST

START_TEST(many_pieces_are_sent_in_order) {
  Connected c;
  std::string words[3] = {"one ", "two ", "three"};
  iovec pieces[3];
  for (int i = 0; i < 3; ++i) pieces[i] = {words[i].data(), words[i].size()};
  ck_assert_uint_eq(c.owner.transport->send(pieces), 13);
  ck_assert_text_eq(read_exactly(c.client.get(), 13), "one two three");
}
END_TEST

START_TEST(a_peer_that_has_finished_sending_still_gets_its_replies) {
  Connected c;
  write_all(c.client.get(), "last request");
  c.owner.send(flood());
  ::shutdown(c.client.get(), SHUT_WR);
  c.loop.run_once();
  ck_assert_text_eq(c.owner.arrived, "last request");
  ck_assert_int_eq(c.owner.close_count, 0);
  std::string got;
  std::thread reader([&] { got = read_to_end(c.client.get()); });
  c.run_until_closed();
  c.owner.transport.reset();
  reader.join();
  ck_assert(got == flood());
  ck_assert(c.owner.reason == CloseReason::kPeerClosed);
  ck_assert_int_eq(c.owner.close_count, 1);
}
END_TEST

START_TEST(a_peer_that_closes_is_told_once) {
  Connected c;
  write_all(c.client.get(), "bye");
  c.client.reset();
  c.run_until_closed();
  ck_assert_text_eq(c.owner.arrived, "bye");
  ck_assert(c.owner.reason == CloseReason::kPeerClosed);
  c.loop.wake();
  c.loop.run_once();
  ck_assert_int_eq(c.owner.close_count, 1);
}
END_TEST

START_TEST(a_reset_is_a_lost_connection) {
  Connected c;
  reset(c.client);
  c.run_until_closed();
  ck_assert(c.owner.reason == CloseReason::kConnectionLost);
}
END_TEST

START_TEST(a_reset_is_seen_while_only_sending) {
  Connected c;
  c.owner.transport->receive(false);
  c.owner.send(flood());
  reset(c.client);
  c.run_until_closed();
  ck_assert(c.owner.reason == CloseReason::kConnectionLost);
}
END_TEST

START_TEST(sending_to_a_peer_that_is_gone_closes_without_a_signal) {
  Connected c(16, unix_pair());
  c.client.reset();
  c.owner.send("reply");
  ck_assert_uint_eq(c.owner.unsent.size(), 5);
  ck_assert_int_eq(c.owner.close_count, 0);  // send() never calls back
  c.loop.run_once();
  ck_assert(c.owner.reason == CloseReason::kConnectionLost);
  ck_assert_int_eq(c.owner.close_count, 1);
}
END_TEST

START_TEST(closing_inside_a_callback_is_told_after_it) {
  Connected c(4);
  c.owner.close_when_received = true;
  write_all(c.client.get(), "0123456789");
  c.loop.run_once();
  ck_assert_text_eq(c.owner.arrived, "0123");
  ck_assert_int_eq(c.owner.close_count, 1);
  ck_assert(!c.owner.closed_early);
  ck_assert(c.owner.reason == CloseReason::kRequested);
}
END_TEST

START_TEST(closing_outside_a_round_does_not_make_it_wait) {
  Connected c;
  c.owner.transport->close(CloseReason::kIdle);
  c.owner.transport->close(CloseReason::kShutdown);
  ck_assert_int_eq(c.owner.close_count, 0);
  c.loop.run_once();
  ck_assert_int_eq(c.owner.close_count, 1);
  ck_assert(c.owner.reason == CloseReason::kIdle);
  c.owner.transport.reset();
  ck_assert_text_eq(read_to_end(c.client.get()), "");
}
END_TEST

START_TEST(unread_requests_do_not_cost_the_peer_its_replies) {
  Connected c;
  write_all(c.client.get(), "a request nobody reads");
  c.owner.send("refused\r\n");
  c.owner.transport->close(CloseReason::kProtocol);
  c.loop.run_once();
  c.owner.transport.reset();
  ck_assert_text_eq(read_to_end(c.client.get()), "refused\r\n");
}
END_TEST

START_TEST(a_stalled_peer_is_reset) {
  Connected c;
  c.owner.send(flood());
  c.owner.transport->close(CloseReason::kWriteStalled);
  c.loop.run_once();
  c.owner.transport.reset();
  const std::string got = read_to_end(c.client.get());
  ck_assert(got.ends_with("<reset>"));
}
END_TEST

START_TEST(a_connection_closed_by_another_gets_no_more_calls) {
  LibeventLoop loop;
  SocketPair first_pair = unix_pair(), second_pair = unix_pair();
  struct Rival : Recorder {
    void received(size_t n) noexcept override {
      Recorder::received(n);
      rival->transport->close(CloseReason::kShutdown);
    }
    Recorder* rival = nullptr;
  } first, second;
  first.attach(loop, std::move(first_pair.server));
  second.attach(loop, std::move(second_pair.server));
  first.rival = &second;
  second.rival = &first;
  write_all(first_pair.client.get(), "x");
  write_all(second_pair.client.get(), "x");
  loop.run_once();
  ck_assert_uint_eq(first.arrived.size() + second.arrived.size(), 1);
  ck_assert_int_eq(first.close_count + second.close_count, 1);
}
END_TEST

START_TEST(a_released_socket_goes_on_in_another_loop) {
  Connected c;
  write_all(c.client.get(), "hello");
  UniqueFd socket = c.owner.transport->release();
  c.owner.transport.reset();
  LibeventLoop loop;
  Recorder next;
  next.attach(loop, std::move(socket));
  loop.run_once();
  ck_assert_text_eq(next.arrived, "hello");
  c.loop.wake();
  c.loop.run_once();
  ck_assert_int_eq(c.owner.close_count, 0);
}
END_TEST

START_TEST(a_wake_from_another_thread_ends_the_wait) {
  LibeventLoop loop;
  std::thread other([&] { loop.wake(); });
  loop.run_once();
  other.join();
}
END_TEST

START_TEST(the_wake_up_task_runs_once_in_every_round_before_the_rest) {
  Connected c;
  struct FirstOfRound : Task {
    void run() noexcept override {
      ++runs;
      arrived_before = owner->arrived.size();
    }
    const Recorder* owner = nullptr;
    int runs = 0;
    size_t arrived_before = 0;
  } task;
  task.owner = &c.owner;
  c.loop.on_wakeup(task);
  SocketPair pair = tcp_pair();
  Recorder other;
  other.attach(c.loop, std::move(pair.server));
  write_all(c.client.get(), "x");
  write_all(pair.client.get(), "y");
  c.loop.run_once();
  ck_assert_int_eq(task.runs, 1);
  ck_assert_uint_eq(task.arrived_before, 0);
  ck_assert_text_eq(c.owner.arrived, "x");
  c.loop.wake();
  c.loop.run_once();
  ck_assert_int_eq(task.runs, 2);
}
END_TEST

int64_t now_ns() { return SystemTime().precise_ns(); }

START_TEST(a_wait_with_a_deadline_ends_at_it) {
  LibeventLoop loop;
  for (const int64_t wait_ns : {2'000'000, 30'000'000, 300'000}) {
    const int64_t deadline = now_ns() + wait_ns;
    loop.run_once_until(deadline);
    ck_assert_int_ge(now_ns(), deadline);
  }
}
END_TEST

START_TEST(an_earlier_deadline_replaces_a_later_one) {
  LibeventLoop loop;
  const int64_t hour_ns = 3'600'000'000'000;
  loop.wake();
  loop.run_once_until(now_ns() + hour_ns);
  loop.run_once_until(now_ns() + 1'000'000);  // would not end, were the first still set
  loop.run_once_until(0);
}
END_TEST

START_TEST(a_wait_with_a_deadline_ends_when_bytes_come) {
  Connected connected;
  write_all(connected.client.get(), "early");
  while (connected.owner.arrived.empty()) {
    connected.loop.run_once_until(now_ns() + 3'600'000'000'000);
  }
  ck_assert_text_eq(connected.owner.arrived, "early");
}
END_TEST

START_TEST(a_refused_connection_is_a_lost_one) {
  uint16_t port = 0;
  listen_on_loopback(port).reset();  // nobody listens there any more
  UniqueFd socket(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  (void)::connect(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address);
  LibeventLoop loop;
  Recorder owner;
  owner.attach(loop, std::move(socket));
  while (owner.close_count == 0) loop.run_once();
  ck_assert(owner.reason == CloseReason::kConnectionLost);
}
END_TEST

START_TEST(a_timer_runs_its_task_again_and_again) {
  LibeventLoop loop;
  Count task;
  loop.every(std::chrono::milliseconds(1), task);
  while (task.runs < 3) loop.run_once();
}
END_TEST

namespace {

class Guests : public AcceptOwner {
 public:
  void accepted(UniqueFd socket) noexcept override { sockets.push_back(std::move(socket)); }
  void accept_paused(int error) noexcept override {
    ++pauses;
    last_error = error;
  }
  std::vector<UniqueFd> sockets;
  int pauses = 0, last_error = 0;
};

}  // namespace

START_TEST(connections_are_accepted_in_batches) {
  LibeventLoop loop;
  Guests guests;
  uint16_t port = 0;
  loop.listen(listen_on_loopback(port), guests);
  std::vector<UniqueFd> clients;
  clients.reserve(100);
  for (int i = 0; i < 100; ++i) clients.push_back(connect_to_loopback(port));
  loop.run_once();
  ck_assert_uint_eq(guests.sockets.size(), 64);
  loop.run_once();
  ck_assert_uint_eq(guests.sockets.size(), 100);
  ck_assert_int_ne(::fcntl(guests.sockets[0].get(), F_GETFL) & O_NONBLOCK, 0);
  loop.stop_listening();
  UniqueFd late(::socket(AF_INET, SOCK_STREAM, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  ck_assert_int_ne(::connect(late.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
}
END_TEST

START_TEST(accepting_pauses_while_there_are_no_descriptors) {
  LibeventLoop loop;
  Guests guests;
  uint16_t port = 0;
  loop.listen(listen_on_loopback(port), guests);
  const UniqueFd client = connect_to_loopback(port);
  // UBSan proves an object's type by a pipe when it first sees it; later there is no descriptor for
  // one.
  static_cast<AcceptOwner&>(guests).accept_paused(0);
  guests.pauses = 0;
  rlimit limit{};
  ck_assert_int_eq(::getrlimit(RLIMIT_NOFILE, &limit), 0);
  const rlimit none{.rlim_cur = static_cast<rlim_t>(client.get()), .rlim_max = limit.rlim_max};
  ck_assert_int_eq(::setrlimit(RLIMIT_NOFILE, &none), 0);
  loop.run_once();
  ck_assert_int_eq(guests.pauses, 1);
  ck_assert_int_eq(guests.last_error, EMFILE);
  loop.wake();
  loop.run_once();  // the listening socket is still readable, and nobody looks
  ck_assert_int_eq(guests.pauses, 1);
  ck_assert_int_eq(::setrlimit(RLIMIT_NOFILE, &limit), 0);
  while (guests.sockets.empty()) loop.run_once();
  ck_assert_int_eq(guests.pauses, 1);
}
END_TEST

PELIKAN_TESTS(
    "event/libevent_loop", an_event_with_room_to_spare_is_one_receive,
    a_filled_inbox_is_received_from_again, a_flood_leaves_others_their_turn,
    without_an_inbox_nothing_is_received_until_switched_on,
    receiving_off_and_on_finds_what_waits_in_the_kernel, a_short_send_goes_on_when_the_peer_reads,
    many_pieces_are_sent_in_order, a_peer_that_has_finished_sending_still_gets_its_replies,
    a_peer_that_closes_is_told_once, a_reset_is_a_lost_connection,
    a_reset_is_seen_while_only_sending, sending_to_a_peer_that_is_gone_closes_without_a_signal,
    closing_inside_a_callback_is_told_after_it, closing_outside_a_round_does_not_make_it_wait,
    unread_requests_do_not_cost_the_peer_its_replies, a_stalled_peer_is_reset,
    a_connection_closed_by_another_gets_no_more_calls, a_released_socket_goes_on_in_another_loop,
    a_wake_from_another_thread_ends_the_wait,
    the_wake_up_task_runs_once_in_every_round_before_the_rest, a_wait_with_a_deadline_ends_at_it,
    an_earlier_deadline_replaces_a_later_one, a_wait_with_a_deadline_ends_when_bytes_come,
    a_refused_connection_is_a_lost_one, a_timer_runs_its_task_again_and_again,
    connections_are_accepted_in_batches, accepting_pauses_while_there_are_no_descriptors)
