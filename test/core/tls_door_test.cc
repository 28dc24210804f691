#include "core/tls_door.h"

#include <deque>
#include <memory>
#include <string>

#include "check.h"
#include "transport/tls_files.h"
#include "transport/tls_rig.h"

using namespace pelikan;
using namespace pelikan::test;

namespace {

// A door in a loop of memory, with a clock that is turned by hand.
class Entrance final : public TlsDoorOwner {
 public:
  explicit Entrance(size_t most = 100) {
    files.make("server");
    options.cert.set(files.path("server.pem"));
    options.key.set(files.path("server.key"));
    log_options.level.set("critical");
    log = std::make_unique<Log>(log_options, log_metrics, time);
    identity = std::make_unique<TlsIdentity>(options, nullptr, time, registry, *log);
    door = std::make_unique<TlsDoor>(
        loop, *identity, TlsDoorLimits{.timeout_ms = 5000, .most = most}, registry, *log, *this);
  }

  bool may_enter() noexcept override { return has_room; }
  void entered(UniqueFd, std::unique_ptr<TlsStream> stream) noexcept override {
    streams.push_back(std::move(stream));
  }
  void accept_paused(int) noexcept override {}

  MemoryPeer& connect() {
    MemoryPeer& peer = peers.emplace_back();
    loop.attaches_to = &peer;
    door->accepted(UniqueFd());
    return peer;
  }
  // Rounds of the loop until nothing is due.
  void settle() {
    for (bool moved = true; moved;) {
      moved = loop.run();
      for (MemoryPeer& peer : peers) moved |= peer.run_once();
    }
  }
  void advance_ms(int64_t ms) {
    time.advance_ms(ms);
    (void)loop.run();
    for (Task* timer : loop.timers) timer->run();
    settle();
  }
  void shake_hands(TlsEnd& client, MemoryPeer& peer) {
    const TlsContext context{TlsSettings{}};
    client.attach(std::make_unique<TlsStream>(context, TlsStream::Peer{}));
    while (client.greetings == 0) {
      peer.send(client.loop.peer.read());
      settle();
      client.loop.peer.send(peer.read());
      (void)client.loop.run();
    }
    peer.send(client.loop.peer.read());
    settle();
  }
  int64_t metric(std::string_view name) { return registry.read().value(name); }

  TlsFiles files;
  TlsOptions options;
  FakeTime time;
  MetricRegistry registry;
  LogMetrics log_metrics{registry};
  LogOptions log_options;
  std::unique_ptr<Log> log;
  MemoryLoop loop{MemoryPeer::Shape::kReadiness};
  std::deque<MemoryPeer> peers;
  bool has_room = true;
  std::vector<std::unique_ptr<TlsStream>> streams;
  std::unique_ptr<TlsIdentity> identity;
  std::unique_ptr<TlsDoor> door;
};

}  // namespace

START_TEST(who_has_shaken_hands_enters_with_what_it_has_sent_since) {
  Entrance entrance;
  TlsEnd client;
  MemoryPeer& peer = entrance.connect();
  ck_assert_int_eq(entrance.metric("tls_handshaking"), 1);
  const TlsContext context{TlsSettings{}};
  client.attach(std::make_unique<TlsStream>(context, TlsStream::Peer{}));
  client.send("get k\r\n");
  while (entrance.streams.empty()) {
    peer.send(client.loop.peer.read());
    entrance.settle();
    client.loop.peer.send(peer.read());
    while (client.loop.run()) {
    }
  }
  ck_assert_int_eq(entrance.metric("tls_handshakes"), 1);
  ck_assert_int_eq(entrance.metric("tls_handshaking"), 0);
  ck_assert_uint_eq(entrance.door->size(), 0);
  ck_assert(!entrance.streams[0]->early().empty());
}
END_TEST

START_TEST(who_says_nothing_is_closed_when_its_time_is_over) {
  Entrance entrance;
  MemoryPeer& silent = entrance.connect();
  entrance.advance_ms(4000);
  MemoryPeer& later = entrance.connect();
  later.send("\x16\x03\x01");
  entrance.settle();
  ck_assert(!silent.is_closed());
  entrance.advance_ms(1000);
  ck_assert(silent.is_closed());
  ck_assert(!later.is_closed());
  ck_assert_int_eq(entrance.metric("tls_handshake_timeouts"), 1);
  entrance.advance_ms(4000);
  ck_assert(later.is_closed());
  ck_assert_int_eq(entrance.metric("tls_handshake_timeouts"), 2);
  ck_assert_int_eq(entrance.metric("tls_handshakes_failed"), 0);
  ck_assert_uint_eq(entrance.door->size(), 0);
}
END_TEST

START_TEST(the_longest_waiting_makes_way_when_the_door_is_full) {
  Entrance entrance(2);
  MemoryPeer& first = entrance.connect();
  MemoryPeer& second = entrance.connect();
  MemoryPeer& third = entrance.connect();
  entrance.settle();
  ck_assert(first.is_closed());
  ck_assert(!second.is_closed());
  ck_assert_uint_eq(entrance.door->size(), 2);
  ck_assert_int_eq(entrance.metric("tls_handshaking"), 2);
  TlsEnd client;
  entrance.shake_hands(client, third);
  ck_assert_uint_eq(entrance.streams.size(), 1);
}
END_TEST

START_TEST(without_room_nobody_is_greeted) {
  Entrance entrance;
  entrance.has_room = false;
  (void)entrance.connect();
  ck_assert_uint_eq(entrance.door->size(), 0);
}
END_TEST

START_TEST(failures_are_counted_once) {
  Entrance entrance;
  MemoryPeer& plain = entrance.connect();
  plain.send("get k\r\n");
  MemoryPeer& leaver = entrance.connect();
  leaver.reset();
  entrance.settle();
  ck_assert(plain.is_closed());
  ck_assert_text_eq(plain.read(), "");
  ck_assert_int_eq(entrance.metric("tls_handshakes_failed"), 2);
  ck_assert_int_eq(entrance.metric("tls_handshake_timeouts"), 0);
  ck_assert_int_eq(entrance.metric("tls_handshaking"), 0);
  entrance.advance_ms(10'000);
  ck_assert_int_eq(entrance.metric("tls_handshake_timeouts"), 0);
}
END_TEST

START_TEST(a_closing_door_leaves_nobody_behind) {
  Entrance entrance;
  (void)entrance.connect();
  (void)entrance.connect();
  entrance.door->close();
  ck_assert_uint_eq(entrance.door->size(), 0);
  ck_assert_int_eq(entrance.metric("tls_handshaking"), 0);
}
END_TEST

PELIKAN_TESTS("core/tls_door", who_has_shaken_hands_enters_with_what_it_has_sent_since,
              who_says_nothing_is_closed_when_its_time_is_over,
              the_longest_waiting_makes_way_when_the_door_is_full, without_room_nobody_is_greeted,
              failures_are_counted_once, a_closing_door_leaves_nobody_behind)
