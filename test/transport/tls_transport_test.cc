#include "transport/tls_transport.h"

#include <openssl/ssl.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "check.h"
#include "transport/tls_files.h"
#include "transport/tls_rig.h"

using namespace pelikan;
using namespace pelikan::test;

namespace {

// Certificates are made once for all ends of a test.
struct Contexts {
  explicit Contexts(bool only_1_3 = false, bool only_1_2 = false) {
    files.make("server");
    TlsSettings settings;
    settings.cert = files.path("server.pem");
    settings.key = files.path("server.key");
    settings.only_1_3 = only_1_3;
    server = std::make_unique<TlsContext>(settings, nullptr, nullptr);
    client = std::make_unique<TlsContext>(TlsSettings{});
    if (only_1_2) SSL_CTX_set_max_proto_version(client->get(), TLS1_2_VERSION);
  }
  [[nodiscard]] std::unique_ptr<TlsStream> accept() const {
    return std::make_unique<TlsStream>(*server);
  }
  [[nodiscard]] std::unique_ptr<TlsStream> connect() const {
    return std::make_unique<TlsStream>(*client, TlsStream::Peer{});
  }
  void greet(TlsEnd& client_end, TlsEnd& server_end) const {
    client_end.attach(connect());
    server_end.attach(accept());
    cross(client_end, server_end);
    ck_assert_int_eq(client_end.greetings, 1);
    ck_assert_int_eq(server_end.greetings, 1);
  }

  TlsFiles files;
  std::unique_ptr<TlsContext> server;
  std::unique_ptr<TlsContext> client;
};

std::string pattern(size_t size) {
  std::string text(size, '\0');
  for (size_t i = 0; i < size; ++i) text[i] = static_cast<char>('a' + i * 31 % 26);
  return text;
}

size_t chunks_in_use(const TlsEnd& end) { return end.pool.limit() - end.pool.available(); }

}  // namespace

START_TEST(what_is_sent_before_the_handshake_arrives_behind_it) {
  const Contexts contexts;
  TlsEnd client, server;
  client.attach(contexts.connect());
  server.attach(contexts.accept());
  client.send("get k\r\n");
  ck_assert_text_eq(client.unsent, "get k\r\n");
  cross(client, server);
  ck_assert_text_eq(server.text, "get k\r\n");
  ck_assert_text_eq(client.unsent, "");
}
END_TEST

START_TEST(values_of_every_size_pass_in_portions_of_every_size) {
  for (const bool only_1_3 : {false, true}) {
    const Contexts contexts(only_1_3, !only_1_3);
    for (const size_t portion : {1, 5, 1460, 16406, 1 << 20}) {
      TlsEnd client, server;
      contexts.greet(client, server);
      ck_assert_text_eq(server.transport->stream().version(), only_1_3 ? "TLSv1.3" : "TLSv1.2");
      client.loop.peer.set_portion(portion);
      server.loop.peer.set_portion(portion);
      for (const size_t size : {1, 2, 16383, 16384, 16385, 49152, 65408, 65409, 1 << 20}) {
        if (size > portion * 70'000) continue;
        server.text.clear(), client.text.clear();
        client.send(pattern(size));
        cross(client, server);
        ck_assert_msg(server.text == pattern(size), "%zu bytes by %zu", size, portion);
        server.send(pattern(size));
        cross(client, server);
        ck_assert_msg(client.text == pattern(size), "%zu bytes back by %zu", size, portion);
      }
    }
  }
}
END_TEST

START_TEST(a_pipeline_is_received_whole_wherever_the_sealed_stream_is_split) {
  const Contexts contexts;
  const std::string script = "set k 0 0 5\r\nhello\r\n" + pattern(16384) + "get k\r\n";
  TlsEnd client, server;
  contexts.greet(client, server);
  for (size_t first = 1; first < script.size() + 60; first += first < 300 ? 1 : 97) {
    server.text.clear();
    client.send(script);
    const std::string sealed = client.loop.peer.read();
    const size_t cut = std::min(first, sealed.size());
    server.loop.peer.send(sealed.substr(0, cut));
    while (server.loop.run()) {
    }
    server.loop.peer.send(sealed.substr(cut));
    while (server.loop.run()) {
    }
    ck_assert_msg(server.text == script, "split at %zu", cut);
  }
}
END_TEST

START_TEST(an_owner_with_little_room_gets_all_that_was_opened) {
  const Contexts contexts;
  TlsEnd client, server;
  contexts.greet(client, server);
  server.place.resize(100);
  client.send(pattern(50'000));
  const std::string sealed = client.loop.peer.read();
  server.loop.peer.send(sealed);
  (void)server.loop.run();  // one event: nothing else comes to push the rest out
  ck_assert_msg(server.text == pattern(50'000), "%zu bytes came", server.text.size());
}
END_TEST

START_TEST(who_stops_receiving_gets_the_rest_from_the_loop_when_it_goes_on) {
  const Contexts contexts;
  TlsEnd client, server;
  contexts.greet(client, server);
  class Stopping final : public TransportOwner {
   public:
    std::span<char> inbox() noexcept override { return place; }
    void received(size_t n) noexcept override {
      text.append(place, n);
      transport->receive(false);
    }
    void sendable(size_t) noexcept override {}
    void closed(CloseReason) noexcept override {}
    Transport* transport = nullptr;
    std::string text;
    char place[1000];
  };
  Stopping owner;
  TlsEnd other;
  TlsEnd sender;
  sender.attach(contexts.connect());
  auto transport = other.tls.attach(UniqueFd(), contexts.accept(), owner);
  owner.transport = transport.get();
  cross(sender, other);
  sender.send(pattern(40'000));
  cross(sender, other);
  ck_assert_uint_eq(owner.text.size(), 1000);
  ck_assert(!other.loop.peer.is_received_from());
  for (size_t size = 2000; size <= 40'000; size += 1000) {
    transport->receive(true);
    ck_assert_uint_eq(owner.text.size(), size - 1000);  // not from the call
    cross(sender, other);
    ck_assert_uint_eq(owner.text.size(), size);
  }
  ck_assert(owner.text == pattern(40'000));
  transport->receive(true);
  cross(sender, other);
  ck_assert(other.loop.peer.is_received_from());
  ck_assert_uint_eq(chunks_in_use(other), 1);  // the one kept for need
}
END_TEST

START_TEST(an_owner_without_memory_gets_the_bytes_when_it_asks_again) {
  const Contexts contexts;
  TlsEnd client, server;
  contexts.greet(client, server);
  server.has_room = false;
  client.send(pattern(30'000));
  cross(client, server);
  ck_assert_text_eq(server.text, "");
  server.has_room = true;
  server.receive(true);
  cross(client, server);
  ck_assert(server.text == pattern(30'000));
}
END_TEST

START_TEST(many_pieces_are_one_send_of_few_records) {
  const Contexts contexts;
  TlsEnd client, server;
  contexts.greet(client, server);
  const std::string bytes = pattern(400 * 75);
  std::vector<iovec> pieces;
  for (size_t i = 0; i < 400; ++i) pieces.push_back({const_cast<char*>(bytes.data() + i * 75), 75});
  const size_t before = server.loop.peer.sends();
  ck_assert_uint_eq(server.transport->send(pieces), bytes.size());
  ck_assert_uint_eq(server.loop.peer.sends(), before + 1);
  const std::string sealed = server.loop.peer.read();
  ck_assert_uint_lt(sealed.size(), bytes.size() + 2 * 40);
  client.loop.peer.send(sealed);
  while (client.loop.run()) {
  }
  ck_assert(client.text == bytes);
}
END_TEST

START_TEST(unsent_bytes_are_the_owners_until_the_peer_has_taken_them) {
  for (const auto shape : {MemoryPeer::Shape::kReadiness, MemoryPeer::Shape::kCompletion}) {
    const Contexts contexts;
    TlsEnd client;
    TlsEnd server(shape);
    contexts.greet(client, server);
    server.loop.peer.set_window(5000);
    const std::string bytes = pattern(200'000);
    server.send(bytes);
    size_t unsent = server.unsent.size();
    ck_assert_uint_ge(unsent, bytes.size() - 5000);
    while (!server.unsent.empty()) {
      (void)carry(server, client);
      while (server.loop.run()) {
      }
      ck_assert_uint_lt(server.unsent.size(), unsent);  // every bit of progress is told
      unsent = server.unsent.size();
    }
    cross(client, server);
    ck_assert(client.text == bytes);
    ck_assert_uint_eq(chunks_in_use(server), 1);
  }
}
END_TEST

START_TEST(an_idle_connection_holds_no_memory_of_the_pool) {
  const Contexts contexts;
  TlsEnd client, server;
  contexts.greet(client, server);
  client.send("get k\r\n");
  cross(client, server);
  server.send("END\r\n");
  cross(client, server);
  ck_assert_text_eq(client.text, "END\r\n");
  ck_assert_uint_eq(chunks_in_use(server), 1);  // kept for need, once for all
  ck_assert_uint_eq(chunks_in_use(client), 1);
}
END_TEST

START_TEST(sending_goes_on_when_the_pool_has_nothing_left) {
  const Contexts contexts;
  TlsEnd client;
  TlsEnd server(MemoryPeer::Shape::kReadiness, TlsLoop::kNoLimit, 4 * Chunk::kSize);
  contexts.greet(client, server);
  std::vector<Chunk*> taken;
  while (Chunk* chunk = server.pool.borrow()) taken.push_back(chunk);
  server.send(pattern(300'000));
  cross(client, server);
  ck_assert(client.text == pattern(300'000));
  for (Chunk* chunk : taken) server.pool.give_back(chunk);
}
END_TEST

START_TEST(who_finds_no_memory_to_send_sends_when_there_is_some) {
  const Contexts contexts;
  TlsEnd client, other;
  TlsEnd server(MemoryPeer::Shape::kReadiness, TlsLoop::kNoLimit, 4 * Chunk::kSize);
  contexts.greet(client, server);
  // Another connection of the same loop, whose peer takes nothing from now on.
  MemoryPeer stalled;
  server.loop.attaches_to = &stalled;
  TlsEnd owner;
  other.attach(contexts.connect());
  auto transport = server.tls.attach(UniqueFd(), contexts.accept(), owner);
  while (!transport->stream().is_established() || other.greetings == 0) {
    stalled.send(other.loop.peer.read());
    (void)stalled.run_once();
    other.loop.peer.send(stalled.read());
    (void)other.loop.run();
  }
  std::vector<Chunk*> taken;
  while (Chunk* chunk = server.pool.borrow()) taken.push_back(chunk);
  stalled.set_window(0);
  const std::string bytes = pattern(1000);
  const iovec piece{const_cast<char*>(bytes.data()), bytes.size()};
  ck_assert_uint_eq(transport->send({&piece, 1}), 0);  // sealed in the last chunk there is

  server.send(bytes);
  cross(client, server);
  ck_assert_text_eq(client.text, "");
  ck_assert_text_eq(server.unsent, bytes);
  server.pool.give_back(taken.back());
  taken.pop_back();
  cross(client, server);
  ck_assert_text_eq(client.text, bytes);
  transport.reset();
  for (Chunk* chunk : taken) server.pool.give_back(chunk);
}
END_TEST

START_TEST(a_closing_owner_says_goodbye_behind_its_replies) {
  const Contexts contexts;
  TlsEnd client, server;
  contexts.greet(client, server);
  server.loop.peer.set_window(1000);
  server.closes_when_sent = true;
  server.send(pattern(100'000));
  cross(client, server);
  ck_assert(server.end == CloseReason::kRequested);
  ck_assert(client.text == pattern(100'000));
  ck_assert(client.end == CloseReason::kPeerClosed);  // by close_notify alone
}
END_TEST

START_TEST(a_peer_that_has_said_goodbye_still_gets_its_replies) {
  const Contexts contexts;
  TlsEnd client, server;
  contexts.greet(client, server);
  client.send("quit soon\r\n");
  client.transport->close(CloseReason::kRequested);
  server.loop.peer.send(client.loop.peer.read());
  (void)server.loop.run();
  ck_assert_text_eq(server.text, "quit soon\r\n");
  ck_assert(!server.end.has_value());
  server.loop.peer.set_window(100);
  server.send(pattern(5000));  // as a session does at the end of the round
  size_t sent = 0;
  for (int i = 0; i < 200 && !server.end; ++i) {
    sent += server.loop.peer.read().size();
    (void)server.loop.run();
  }
  ck_assert(server.end == CloseReason::kPeerClosed);
  ck_assert_uint_gt(sent, 5000);
}
END_TEST

START_TEST(a_goodbye_waits_for_an_owner_that_does_not_receive) {
  const Contexts contexts;
  TlsEnd client, server;
  contexts.greet(client, server);
  client.send("x");
  client.transport->close(CloseReason::kRequested);
  server.loop.peer.send(client.loop.peer.read());
  (void)server.loop.run();
  server.receive(false);
  while (server.loop.run()) {
  }
  ck_assert(!server.end.has_value());
  server.receive(true);
  while (server.loop.run()) {
  }
  ck_assert(server.end == CloseReason::kPeerClosed);
}
END_TEST

START_TEST(an_end_without_goodbye_closes_that_connection) {
  const Contexts contexts;
  TlsEnd client, server;
  contexts.greet(client, server);
  client.send(pattern(20'000));
  const std::string sealed = client.loop.peer.read();
  server.loop.peer.send(sealed.substr(0, sealed.size() - 1));  // the last record is cut
  server.loop.peer.finish();
  while (server.loop.run()) {
  }
  ck_assert(server.end == CloseReason::kPeerClosed);
  ck_assert_text_eq(server.text, pattern(16384));
}
END_TEST

START_TEST(a_changed_record_closes_and_nothing_of_it_is_delivered) {
  const Contexts contexts;
  for (const size_t at : {0, 1, 3, 5, 20, 100}) {
    TlsEnd client, server;
    contexts.greet(client, server);
    client.send(pattern(200));
    std::string sealed = client.loop.peer.read();
    sealed[at] = static_cast<char>(sealed[at] ^ 0x40);
    server.loop.peer.send(sealed);
    server.loop.peer.finish();
    while (server.loop.run()) {
    }
    ck_assert_text_eq(server.text, "");
    ck_assert(server.end.has_value());
  }
}
END_TEST

START_TEST(who_does_not_speak_tls_is_closed_without_an_answer) {
  const Contexts contexts;
  for (const char* text : {"get k\r\n", "GET / HTTP/1.1\r\n", "\x80\x0b\x01", "\x15\x03\x01"}) {
    TlsEnd server;
    server.attach(contexts.accept());
    server.loop.peer.send(text);
    while (server.loop.run()) {
    }
    ck_assert(server.end == CloseReason::kProtocol);
    ck_assert_text_eq(server.loop.peer.read(), "");
    ck_assert_text_eq(server.transport->stream().failure(), "not TLS");
  }
}
END_TEST

START_TEST(a_refused_handshake_is_told_why) {
  const Contexts server_1_3(true);
  const Contexts client_1_2(false, true);
  TlsEnd client, server;
  client.attach(client_1_2.connect());
  server.attach(server_1_3.accept());
  cross(client, server);
  ck_assert(server.end == CloseReason::kProtocol);
  ck_assert_int_eq(server.greetings, 0);
  ck_assert_text_eq(server.transport->stream().failure(), "unsupported protocol");
  ck_assert(client.end == CloseReason::kProtocol);
  ck_assert_text_eq(client.transport->stream().failure(), "tlsv1 alert protocol version");
}
END_TEST

START_TEST(a_released_stream_goes_on_elsewhere_with_what_came_early) {
  const Contexts contexts;
  TlsEnd client;
  TlsEnd listener;
  client.attach(contexts.connect());
  listener.attach(contexts.accept());
  client.send("get a\r\n");
  // The client's last flight and its first request arrive as one.
  for (int i = 0; i < 4; ++i) {
    (void)carry(client, listener);
    (void)listener.loop.run();
    (void)carry(listener, client);
    if (listener.greetings == 0) (void)client.loop.run();
  }
  ck_assert_int_eq(listener.greetings, 1);
  TlsEnd worker;
  worker.attach(listener.transport->hand_over().stream);
  cross(client, worker);
  ck_assert_text_eq(worker.text + listener.text, "get a\r\n");
  worker.send("END\r\n");
  cross(client, worker);
  ck_assert_text_eq(client.text, "END\r\n");
}
END_TEST

START_TEST(handshakes_beyond_the_rounds_share_wait_for_the_next) {
  const Contexts contexts;
  TlsEnd client;
  TlsEnd server(MemoryPeer::Shape::kReadiness, 1);
  client.attach(contexts.connect());
  server.attach(contexts.accept());
  server.loop.peer.set_portion(10);
  (void)carry(client, server);
  // Outside of a round the share is not renewed: the first step takes it, the second has to wait.
  (void)server.loop.peer.run_once();
  ck_assert(server.loop.peer.is_received_from());
  (void)server.loop.peer.run_once();
  ck_assert(!server.loop.peer.is_received_from());
  cross(client, server);
  ck_assert_int_eq(server.greetings, 1);
}
END_TEST

PELIKAN_TESTS("transport/tls_transport", what_is_sent_before_the_handshake_arrives_behind_it,
              values_of_every_size_pass_in_portions_of_every_size,
              a_pipeline_is_received_whole_wherever_the_sealed_stream_is_split,
              an_owner_with_little_room_gets_all_that_was_opened,
              who_stops_receiving_gets_the_rest_from_the_loop_when_it_goes_on,
              an_owner_without_memory_gets_the_bytes_when_it_asks_again,
              many_pieces_are_one_send_of_few_records,
              unsent_bytes_are_the_owners_until_the_peer_has_taken_them,
              an_idle_connection_holds_no_memory_of_the_pool,
              sending_goes_on_when_the_pool_has_nothing_left,
              who_finds_no_memory_to_send_sends_when_there_is_some,
              a_closing_owner_says_goodbye_behind_its_replies,
              a_peer_that_has_said_goodbye_still_gets_its_replies,
              a_goodbye_waits_for_an_owner_that_does_not_receive,
              an_end_without_goodbye_closes_that_connection,
              a_changed_record_closes_and_nothing_of_it_is_delivered,
              who_does_not_speak_tls_is_closed_without_an_answer, a_refused_handshake_is_told_why,
              a_released_stream_goes_on_elsewhere_with_what_came_early,
              handshakes_beyond_the_rounds_share_wait_for_the_next)
