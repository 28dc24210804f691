// The TLS port with real sockets and threads: the listener shakes hands, workers serve, and the
// certificate is replaced meanwhile.
#include <openssl/ssl.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "check.h"
#include "core/line_server.h"
#include "transport/tls_files.h"

using namespace pelikan;
using namespace pelikan::test;

namespace {

// A client that waits for what it asks.
class Client {
 public:
  explicit Client(uint16_t port)
      : context_(TlsSettings{}), socket_(connect_to_loopback(port)), ssl_(SSL_new(context_.get())) {
    SSL_set_fd(ssl_.get(), socket_.get());
    CHECK(SSL_connect(ssl_.get()) == 1);
  }
  // Empty: the server has closed.
  std::string ask(std::string_view line) {
    const int written = SSL_write(ssl_.get(), line.data(), static_cast<int>(line.size()));
    if (written != static_cast<int>(line.size())) return "";
    std::string reply;
    char part[16384];
    while (reply.size() < line.size()) {
      const int size = SSL_read(ssl_.get(), part, sizeof part);
      if (size <= 0) break;
      reply.append(part, static_cast<size_t>(size));
    }
    return reply;
  }

 private:
  TlsContext context_;
  UniqueFd socket_;
  std::unique_ptr<SSL, Freer<SSL_free>> ssl_;
};

struct TlsLineServer {
  TlsLineServer() {
    files.make("server");
    options.tls.port.set(0);
    options.tls.cert.set(files.path("server.pem"));
    options.tls.key.set(files.path("server.key"));
    server = std::make_unique<LineServer>(options);
  }
  [[nodiscard]] uint16_t port() const { return server->listener->tls().port; }

  TlsFiles files;
  LineServerOptions options;
  std::unique_ptr<LineServer> server;
};

}  // namespace

START_TEST(lines_of_any_length_come_back) {
  const TlsLineServer tls;
  Client client(tls.port());
  for (const size_t size : {2, 100, 16'384, 16'385, 60'000}) {
    const std::string line = std::string(size - 1, 'x') + "\n";
    ck_assert(client.ask(line) == line);
  }
}
END_TEST

START_TEST(plain_and_tls_clients_are_served_side_by_side) {
  const TlsLineServer tls;
  const UniqueFd plain = tls.server->connect();
  Client client(tls.port());
  ck_assert_text_eq(ask(plain.get(), "plain\n"), "plain\n");
  ck_assert_text_eq(client.ask("sealed\n"), "sealed\n");
  tls.server->await("worker_curr_connections", 2);
}
END_TEST

START_TEST(clients_come_and_are_served_while_the_certificate_is_replaced) {
  const TlsLineServer tls;
  Client stays(tls.port());
  std::atomic<bool> is_over{false};
  std::vector<std::thread> clients(3);
  for (std::thread& thread : clients) {
    thread = std::thread([&] {
      for (int k = 0; k < 20; ++k) {
        Client client(tls.port());
        ck_assert_text_eq(client.ask("hello\n"), "hello\n");
      }
    });
  }
  std::thread reloader([&] {
    while (!is_over.load()) ck_assert_text_eq(tls.server->identity->reload(), "");
  });
  for (std::thread& client : clients) client.join();
  is_over.store(true);
  reloader.join();
  ck_assert_text_eq(stays.ask("still here\n"), "still here\n");
  ck_assert_int_eq(tls.server->metric("tls_handshakes"), 61);
  ck_assert_int_gt(tls.server->metric("tls_reloads"), 0);
}
END_TEST

START_TEST(who_shakes_hands_when_the_server_stops_is_closed) {
  const TlsLineServer tls;
  const UniqueFd silent = connect_to_loopback(tls.port());
  tls.server->await("tls_handshaking", 1);
  Client client(tls.port());
  tls.server->stop(std::chrono::milliseconds(0));
  ck_assert_text_eq(client.ask("anybody?\n"), "");
  ck_assert_text_eq(read_to_end(silent.get()), "");
}
END_TEST

PELIKAN_TESTS("core/tls_server", lines_of_any_length_come_back,
              plain_and_tls_clients_are_served_side_by_side,
              clients_come_and_are_served_while_the_certificate_is_replaced,
              who_shakes_hands_when_the_server_stops_is_closed)
