#include "event/http_server.h"

#include <arpa/inet.h>
#include <event2/event.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>

#include <memory>
#include <string>

#include "metric/registry.h"

#include "check.h"

namespace pelikan {
namespace {

using std::chrono::milliseconds;

constexpr std::string_view kGet = "GET /page HTTP/1.1\r\nHost: localhost\r\n\r\n";

struct Pages : HttpPages {
  HttpPage page(std::string_view path) noexcept override {
    ++asked;
    if (path == "/page") return {.status = 200, .body = "the page\n"};
    if (path == "/large") return {.status = 200, .body = std::string(4 << 20, 'x')};
    if (path == "/away") return {.status = 503, .body = "away\n"};
    return {};
  }
  int asked = 0;
};

// A server and its clients on one thread: step() serves what is there.
struct World {
  explicit World(const HttpLimits& limits = {}) {
    UniqueFd socket(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    sockaddr_in any{};
    any.sin_family = AF_INET;
    any.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ck_assert_int_eq(::bind(socket.get(), reinterpret_cast<sockaddr*>(&any), sizeof any), 0);
    ck_assert_int_eq(::listen(socket.get(), 128), 0);
    socklen_t size = sizeof address;
    ck_assert_int_eq(::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &size), 0);
    server = std::make_unique<HttpServer>(base.get(), std::move(socket),
                                          std::vector<std::string>{"cache.example"}, pages, metrics,
                                          limits);
  }

  [[nodiscard]] UniqueFd connect() const {
    UniqueFd client(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    ck_assert_int_eq(
        ::connect(client.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    ck_assert_int_eq(::fcntl(client.get(), F_SETFL, O_NONBLOCK), 0);
    return client;
  }

  void step() const { event_base_loop(base.get(), EVLOOP_NONBLOCK); }

  // Serves until the server has closed this connection; what it sent.
  [[nodiscard]] std::string read_to_end(const UniqueFd& client) const {
    std::string reply;
    char bytes[65536];
    for (;;) {
      event_base_loop(base.get(), EVLOOP_NONBLOCK);
      const ssize_t n = ::recv(client.get(), bytes, sizeof bytes, 0);
      if (n > 0) reply.append(bytes, static_cast<size_t>(n));
      if (n == 0 || (n < 0 && errno != EAGAIN)) return reply;
    }
  }

  [[nodiscard]] std::string ask(std::string_view request) const {
    const UniqueFd client = connect();
    send_all(client, request);
    return read_to_end(client);
  }

  static void send_all(const UniqueFd& client, std::string_view bytes) {
    ck_assert_int_eq(::send(client.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL),
                     static_cast<ssize_t>(bytes.size()));
  }

  struct Free {
    void operator()(event_base* one) const noexcept { event_base_free(one); }
  };
  std::unique_ptr<event_base, Free> base{event_base_new()};
  MetricRegistry registry;
  HttpMetrics metrics{registry};
  Pages pages;
  sockaddr_in address{};
  std::unique_ptr<HttpServer> server;
};

// "HTTP/1.1 200 OK\r\n..." -> "200 OK"
std::string status_of(std::string_view reply) {
  ck_assert(reply.starts_with("HTTP/1."));
  return std::string(reply.substr(9, reply.find('\r') - 9));
}

std::string body_of(std::string_view reply) {
  return std::string(reply.substr(reply.find("\r\n\r\n") + 4));
}

START_TEST(a_page_is_answered_and_the_connection_closed) {
  const World world;
  const std::string reply = world.ask(kGet);
  ck_assert_text_eq(status_of(reply), "200 OK");
  ck_assert_text_eq(body_of(reply), "the page\n");
  ck_assert(reply.find("\r\nContent-Type: text/plain; charset=utf-8\r\n") != std::string::npos);
  ck_assert(reply.find("\r\nX-Content-Type-Options: nosniff\r\n") != std::string::npos);
  ck_assert(
      reply.find("\r\nContent-Security-Policy: default-src 'self'; frame-ancestors 'none'\r\n") !=
      std::string::npos);
  ck_assert(reply.find("\r\nX-Frame-Options: DENY\r\n") != std::string::npos);
  ck_assert(reply.find("\r\nContent-Length: 9\r\n") != std::string::npos);
  ck_assert(reply.find("\r\nConnection: close\r\n") != std::string::npos);
  ck_assert_uint_eq(world.metrics.request.value(), 1);
  ck_assert_int_eq(world.metrics.connections.value(), 0);
}
END_TEST

START_TEST(the_query_is_no_part_of_the_path) {
  const World world;
  ck_assert_text_eq(status_of(world.ask("GET /page?a=/b HTTP/1.1\r\nHost: localhost\r\n\r\n")),
                    "200 OK");
}
END_TEST

START_TEST(a_large_page_arrives_whole) {
  const World world;
  const std::string reply = world.ask("GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n");
  ck_assert_uint_eq(body_of(reply).size(), 4 << 20);
}
END_TEST

START_TEST(a_page_chooses_its_status) {
  const World world;
  ck_assert_text_eq(status_of(world.ask("GET /away HTTP/1.1\r\nHost: localhost\r\n\r\n")),
                    "503 Service Unavailable");
  ck_assert_text_eq(status_of(world.ask("GET /other HTTP/1.1\r\nHost: localhost\r\n\r\n")),
                    "404 Not Found");
}
END_TEST

START_TEST(only_get_reaches_a_page) {
  World world;
  for (const char* method : {"POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "HEAD"}) {
    const std::string reply = world.ask(
        std::string(method) + " /page HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n");
    ck_assert_text_eq(status_of(reply), "405 Method Not Allowed");
    ck_assert(reply.find("\r\nAllow: GET\r\n") != std::string::npos);
  }
  ck_assert_int_eq(world.pages.asked, 0);
  ck_assert_uint_eq(world.metrics.refused.value(), 7);
}
END_TEST

START_TEST(a_foreign_host_is_misdirected) {
  World world;
  for (const char* headers : {
           "Host: evil.example\r\n",                     //
           "Host: localhost.evil.example\r\n",           //
           "Host: 127.0.0.1.evil.example\r\n",           //
           "Host: 192.168.1.1:9998\r\n",                 //
           "Host: \r\n",                                 //
           "",                                           //
           "Host: localhost\r\nHost: evil.example\r\n",  //
           "Host: localhost\r\nHost: localhost\r\n",     //
       }) {
    const std::string reply = world.ask("GET /page HTTP/1.1\r\n" + std::string(headers) + "\r\n");
    ck_assert_text_eq(status_of(reply), "421 Misdirected Request");
  }
  ck_assert_text_eq(
      status_of(world.ask("GET http://evil.example/page HTTP/1.1\r\nHost: localhost\r\n\r\n")),
      "421 Misdirected Request");
  ck_assert_int_eq(world.pages.asked, 0);
}
END_TEST

START_TEST(a_page_of_another_origin_is_refused) {
  World world;
  for (const char* origin : {"http://evil.example", "https://localhost.evil.example", "null", "",
                             "localhost", "http://"}) {
    const std::string reply = world.ask(
        "GET /page HTTP/1.1\r\nHost: localhost\r\nOrigin: " + std::string(origin) + "\r\n\r\n");
    ck_assert_text_eq(status_of(reply), "403 Forbidden");
  }
  ck_assert_int_eq(world.pages.asked, 0);
  for (const char* origin : {"http://localhost:9998", "http://[::1]:1", "https://cache.example"}) {
    const std::string reply = world.ask(
        "GET /page HTTP/1.1\r\nHost: localhost\r\nOrigin: " + std::string(origin) + "\r\n\r\n");
    ck_assert_text_eq(status_of(reply), "200 OK");
    ck_assert(reply.find("Access-Control") == std::string::npos);
  }
}
END_TEST

START_TEST(a_request_that_can_be_read_in_two_ways_is_refused) {
  World world;
  for (const char* request : {
           "GET /page HTTP/1.1\nHost: localhost\r\n\r\n",                   // bare LF
           "GET /page HTTP/1.1\r\nHost: localhost\n\r\n",                   //
           "GET /page HTTP/1.1\r\nHost: localhost\r\n\n",                   //
           "GET /page HTTP/1.1\r\nHost: localhost\r\nX: a\rb\r\n\r\n",      // bare CR
           "GET /page HTTP/1.1\r\nHost: localhost\r\nX: a\r\n b\r\n\r\n",   // folded
           "GET /page HTTP/1.1\r\nHost: localhost\r\nX: a\r\n\tb\r\n\r\n",  //
           "GET /page HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n"
           "Content-Length: 0\r\n\r\n",
           "GET /page HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n"
           "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
           "POST /page HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
           "0\r\n\r\n",
           "POST /page HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n"
           "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
       }) {
    ck_assert_msg(status_of(world.ask(request)) == "400 Bad Request", "%s", request);
  }
  ck_assert_int_eq(world.pages.asked, 0);
}
END_TEST

START_TEST(loopback_names_and_allowed_hosts_are_ours) {
  const std::vector<std::string> allowed = {"cache.example"};
  for (const char* host : {"localhost", "LocalHost:9998", "127.0.0.1", "127.0.0.1:1", "127.1.2.3",
                           "[::1]", "[::1]:9998", "cache.example", "Cache.Example:80"}) {
    ck_assert_msg(is_trusted_host(host, allowed), "%s", host);
  }
  for (const char* host :
       {"", ":80", "127.evil", "1127.0.0.1", "127.0.0.1.2", "::1", "[::2]", "cache.example.org",
        "xcache.example", "localhost:80:90", "localhost:x"}) {
    ck_assert_msg(!is_trusted_host(host, allowed), "%s", host);
  }
}
END_TEST

START_TEST(a_request_split_anywhere_gets_the_same_answer) {
  const World world;
  for (size_t split = 1; split < kGet.size(); ++split) {
    const UniqueFd client = world.connect();
    World::send_all(client, kGet.substr(0, split));
    world.step();
    world.step();
    World::send_all(client, kGet.substr(split));
    ck_assert_text_eq(body_of(world.read_to_end(client)), "the page\n");
  }
}
END_TEST

START_TEST(nothing_is_served_behind_the_first_request) {
  World world;
  const std::string reply =
      world.ask(std::string(kGet) + "GET /other HTTP/1.1\r\nHost: localhost\r\n\r\n");
  ck_assert_text_eq(status_of(reply), "200 OK");
  ck_assert_int_eq(world.pages.asked, 1);
}
END_TEST

START_TEST(oversized_and_broken_requests_reach_no_page) {
  World world;
  const std::string line =
      "GET /" + std::string(9000, 'a') + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
  const std::string header =
      "GET /page HTTP/1.1\r\nHost: localhost\r\nX: " + std::string(9000, 'a') + "\r\n\r\n";
  const std::string body = "POST /page HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5000\r\n\r\n";
  for (const std::string& request :
       {line, header, body, std::string("nonsense\r\n\r\n"),
        std::string("GET /page\r\nHost\r\n\r\n"), std::string(20000, 'a')}) {
    const std::string reply = world.ask(request);
    ck_assert(reply.empty() || status_of(reply)[0] == '4');
  }
  ck_assert_int_eq(world.pages.asked, 0);
}
END_TEST

START_TEST(connections_above_the_limit_wait_their_turn) {
  const World world({.connections = 2});
  UniqueFd first = world.connect();
  UniqueFd second = world.connect();
  world.step();
  const UniqueFd third = world.connect();
  World::send_all(third, kGet);
  for (int i = 0; i < 10; ++i) world.step();
  ck_assert_int_eq(world.metrics.connections.value(), 2);
  char byte;
  ck_assert_int_eq(::recv(third.get(), &byte, 1, 0), -1);

  first.reset();
  ck_assert_text_eq(body_of(world.read_to_end(third)), "the page\n");
  World::send_all(second, kGet);
  ck_assert_text_eq(body_of(world.read_to_end(second)), "the page\n");
  ck_assert_int_eq(world.metrics.connections.value(), 0);
}
END_TEST

START_TEST(a_silent_connection_is_closed) {
  const World world({.silence = milliseconds(20)});
  const UniqueFd client = world.connect();
  World::send_all(client, "GET /page");
  ck_assert_text_eq(world.read_to_end(client), "");
  ck_assert_int_eq(world.metrics.connections.value(), 0);
}
END_TEST

START_TEST(a_trickling_connection_is_closed) {
  const World world({.life = milliseconds(50)});
  const UniqueFd client = world.connect();
  World::send_all(client, "GET /");
  while (world.metrics.dropped.value() == 0) {
    world.step();
    (void)::send(client.get(), "a", 1, MSG_NOSIGNAL);
    pollfd nothing{.fd = -1, .events = 0, .revents = 0};
    ::poll(&nothing, 1, 1);  // the drops of a slow client
  }
  ck_assert_int_eq(world.metrics.connections.value(), 0);
}
END_TEST

START_TEST(a_server_that_goes_away_closes_its_connections) {
  World world;
  const UniqueFd half = world.connect();
  World::send_all(half, "GET /pa");
  world.step();
  const UniqueFd fresh = world.connect();
  world.server.reset();
  ck_assert_text_eq(world.read_to_end(half), "");
}
END_TEST

}  // namespace
}  // namespace pelikan

PELIKAN_TESTS("event/http_server", pelikan::a_page_is_answered_and_the_connection_closed,
              pelikan::the_query_is_no_part_of_the_path, pelikan::a_large_page_arrives_whole,
              pelikan::a_page_chooses_its_status, pelikan::only_get_reaches_a_page,
              pelikan::a_foreign_host_is_misdirected, pelikan::a_page_of_another_origin_is_refused,
              pelikan::a_request_that_can_be_read_in_two_ways_is_refused,
              pelikan::loopback_names_and_allowed_hosts_are_ours,
              pelikan::a_request_split_anywhere_gets_the_same_answer,
              pelikan::nothing_is_served_behind_the_first_request,
              pelikan::oversized_and_broken_requests_reach_no_page,
              pelikan::connections_above_the_limit_wait_their_turn,
              pelikan::a_silent_connection_is_closed, pelikan::a_trickling_connection_is_closed,
              pelikan::a_server_that_goes_away_closes_its_connections)
