// HttpServer: pages for people and scrapers on the admin HTTP port, through libevent's evhttp.
//
// Answers GET, which changes nothing, and refuses every other method (405): what is changed is
// changed on the text port, which no web page can speak. One request per connection, and none that
// can be read in two ways (400), so nothing can be smuggled behind a request. Bounded: connections,
// the bytes of a request, the silence of a client and the life of its connection. A request whose
// Host names no trusted host is refused (421), so that a web page cannot reach us by rebinding its
// name to our address; one that comes from a page of another origin is, too (403).
//
// Thread safety: everything on the thread of its event base.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/unique_fd.h"
#include "event/http_head.h"
#include "metric/metric.h"

struct bufferevent;
struct evbuffer;
struct evbuffer_cb_info;
struct evconnlistener;
struct event;
struct event_base;
struct evhttp;
struct evhttp_connection;
struct evhttp_request;

namespace pelikan {

struct HttpPage {
  int status = 404;
  const char* content_type = "text/plain; charset=utf-8";
  std::string body = "no such page\n";
};

// What there is to see.
class HttpPages {
 public:
  virtual ~HttpPages() = default;
  // The page at this path ("/metrics", without query).
  [[nodiscard]] virtual HttpPage page(std::string_view path) = 0;
};

struct HttpMetrics : MetricGroup {
  using MetricGroup::MetricGroup;
  Counter request{this, "http_request", "admin HTTP requests answered"};
  Counter refused{this, "http_refused", "admin HTTP requests answered with 400, 403, 405 or 421"};
  Counter dropped{this, "http_dropped", "admin HTTP connections closed for taking too long"};
  Gauge connections{this, "http_conn_curr", "open admin HTTP connections"};
};

// The value of a Host header, or of an Origin behind its scheme, names this machine from inside
// (localhost, 127.x.y.z, [::1]; any port), or one of `allowed`.
[[nodiscard]] bool is_trusted_host(std::string_view host,
                                   const std::vector<std::string>& allowed) noexcept;

struct HttpLimits {
  size_t connections = 32;  // more wait to be accepted
  size_t header_bytes = 8 * 1024;
  size_t body_bytes = 1024;                 // of a request: no page takes one
  std::chrono::milliseconds silence{5000};  // of a client that shall send or read
  std::chrono::milliseconds life{30000};    // of a connection, however it trickles
};

class HttpServer {
 public:
  // Takes a bound, listening, non-blocking socket.
  // REQUIRES: base, pages and metrics outlive the server
  HttpServer(event_base* base, UniqueFd socket, std::vector<std::string> allowed_hosts,
             HttpPages& pages, HttpMetrics& metrics, const HttpLimits& limits = {});
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;
  ~HttpServer();

 private:
  struct Free {
    void operator()(evhttp* http) const noexcept;
    void operator()(event* timer) const noexcept;
  };
  struct Open {
    evhttp_connection* connection;
    int age = 0;  // in ticks
    HttpHead head{};
  };

  // libevent's callbacks; `self` is the server.
  static bufferevent* on_accept(event_base* base, void* self);
  static void on_adopt(int, short, void* self);
  [[nodiscard]] bool adopt(evhttp_connection* connection) noexcept;
  static void on_bytes(evbuffer* input, const evbuffer_cb_info* change, void* open);
  static void on_closed(evhttp_connection* connection, void* self);
  static void on_tick(int, short, void* self);
  static void on_accept_error(evconnlistener* listener, void* self);
  static void on_request(evhttp_request* request, void* self);

  [[nodiscard]] HttpPage answer(evhttp_request* request) noexcept;
  // Why it is not served; empty: it is.
  [[nodiscard]] std::optional<HttpPage> refusal(evhttp_request* request) const;
  [[nodiscard]] bool is_ambiguous(evhttp_request* request) const;
  [[nodiscard]] bool has_trusted_host(evhttp_request* request) const;
  [[nodiscard]] bool has_trusted_origin(evhttp_request* request) const;
  void opened_or_closed() noexcept;

  static constexpr int kTicksOfLife = 10;

  const HttpLimits limits_;
  std::vector<std::string> allowed_hosts_;
  HttpPages& pages_;
  HttpMetrics& metrics_;
  std::vector<bufferevent*> fresh_;  // accepted in this round of the loop
  std::vector<std::unique_ptr<Open>> open_;
  std::unique_ptr<event, Free> adopt_;
  std::unique_ptr<event, Free> tick_;
  std::unique_ptr<evhttp, Free> http_;  // frees the connections: destroyed first
  evconnlistener* listener_ = nullptr;  // http_'s; null while http_ is destroyed
};

}  // namespace pelikan
