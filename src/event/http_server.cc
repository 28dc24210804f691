#include "event/http_server.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/keyvalq_struct.h>
#include <event2/listener.h>
#include <strings.h>

#include <algorithm>
#include <new>

#include "event/spare_memory.h"

namespace pelikan {
namespace {

constexpr uint16_t kAllMethods = EVHTTP_REQ_GET | EVHTTP_REQ_POST | EVHTTP_REQ_HEAD |
                                 EVHTTP_REQ_PUT | EVHTTP_REQ_DELETE | EVHTTP_REQ_OPTIONS |
                                 EVHTTP_REQ_TRACE | EVHTTP_REQ_CONNECT | EVHTTP_REQ_PATCH;

bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept {
  return a.size() == b.size() && strncasecmp(a.data(), b.data(), a.size()) == 0;
}

// "[::1]:9998" -> "[::1]", "localhost:9998" -> "localhost".
std::string_view without_port(std::string_view host) noexcept {
  const size_t colon = host.rfind(':');
  if (colon == std::string_view::npos) return host;
  const bool is_port = host.find_first_not_of("0123456789", colon + 1) == std::string_view::npos;
  return is_port ? host.substr(0, colon) : host;
}

// 127. and three more groups of digits; a name such as 127.0.0.1.example.org is none.
bool is_loopback_ipv4(std::string_view host) noexcept {
  return host.starts_with("127.") && std::ranges::count(host, '.') == 3 &&
         host.find_first_not_of("0123456789.") == std::string_view::npos;
}

// The values of all headers of this name.
std::vector<std::string_view> headers_of(evhttp_request* request, std::string_view name) {
  std::vector<std::string_view> values;
  const evkeyvalq* headers = evhttp_request_get_input_headers(request);
  for (const evkeyval* header = headers->tqh_first; header != nullptr;
       header = header->next.tqe_next) {
    if (equal_ignoring_case(header->key, name)) values.emplace_back(header->value);
  }
  return values;
}

timeval to_timeval(std::chrono::milliseconds time) noexcept {
  return {.tv_sec = time.count() / 1000, .tv_usec = time.count() % 1000 * 1000};
}

const char* reason(int status) noexcept {
  switch (status) {
    case 200:
      return "OK";
    case 400:
      return "Bad Request";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 421:
      return "Misdirected Request";
    case 503:
      return "Service Unavailable";
  }
  return nullptr;  // libevent's own
}

}  // namespace

bool is_trusted_host(std::string_view host, const std::vector<std::string>& allowed) noexcept {
  const std::string_view name = without_port(host);
  if (name == "[::1]" || is_loopback_ipv4(name) || equal_ignoring_case(name, "localhost"))
    return true;
  return std::ranges::any_of(
      allowed, [&](const std::string& one) { return equal_ignoring_case(name, one); });
}

void HttpServer::Free::operator()(evhttp* http) const noexcept { evhttp_free(http); }
void HttpServer::Free::operator()(event* timer) const noexcept { event_free(timer); }

HttpServer::HttpServer(event_base* base, UniqueFd socket, std::vector<std::string> allowed_hosts,
                       HttpPages& pages, HttpMetrics& metrics, const HttpLimits& limits)
    : limits_(limits),
      allowed_hosts_(std::move(allowed_hosts)),
      pages_(pages),
      metrics_(metrics),
      adopt_(event_new(base, -1, 0, on_adopt, this)),
      tick_(event_new(base, -1, EV_PERSIST, on_tick, this)),
      http_(evhttp_new(base)) {
  if (!adopt_ || !tick_ || !http_) throw std::bad_alloc();
  keep_spare_memory();
  fresh_.reserve(limits_.connections);
  open_.reserve(limits_.connections);

  evhttp_set_max_headers_size(http_.get(), static_cast<ssize_t>(limits_.header_bytes));
  evhttp_set_max_body_size(http_.get(), static_cast<ssize_t>(limits_.body_bytes));
  const timeval silence = to_timeval(limits_.silence);
  evhttp_set_timeout_tv(http_.get(), &silence);
  evhttp_set_allowed_methods(http_.get(), kAllMethods);
  evhttp_set_bevcb(http_.get(), on_accept, this);
  evhttp_set_gencb(http_.get(), on_request, this);

  constexpr int kListensAlready = 0;
  listener_ =
      evconnlistener_new(base, nullptr, nullptr, LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC,
                         kListensAlready, socket.get());
  if (listener_ == nullptr) throw std::bad_alloc();
  (void)socket.release();
  if (evhttp_bind_listener(http_.get(), listener_) == nullptr) {
    evconnlistener_free(listener_);
    throw std::bad_alloc();
  }
  evconnlistener_set_error_cb(listener_, on_accept_error);

  const timeval tick = to_timeval(limits_.life / kTicksOfLife);
  if (event_add(tick_.get(), &tick) != 0) throw std::bad_alloc();
}

HttpServer::~HttpServer() {
  listener_ = nullptr;
  http_.reset();
  for (bufferevent* stream : fresh_) bufferevent_decref(stream);
}

// evhttp tells nothing of a connection before its first request is whole. So we make its
// bufferevent, and at the end of this round of the loop, before any byte is read, learn from it who
// has it.
bufferevent* HttpServer::on_accept(event_base* base, void* self) {
  auto& server = *static_cast<HttpServer*>(self);
  bufferevent* stream = bufferevent_socket_new(base, -1, BEV_OPT_CLOSE_ON_FREE);
  if (stream == nullptr) return nullptr;
  bufferevent_incref(stream);  // valid in on_adopt, whatever happens to the connection
  server.fresh_.push_back(stream);
  event_active(server.adopt_.get(), 0, 0);
  server.opened_or_closed();
  return stream;
}

void HttpServer::on_adopt(int, short, void* self) {
  auto& server = *static_cast<HttpServer*>(self);
  for (bufferevent* stream : server.fresh_) {
    void* owner = nullptr;
    bufferevent_getcb(stream, nullptr, nullptr, nullptr, &owner);
    bufferevent_decref(stream);
    if (owner == nullptr) continue;
    auto* connection = static_cast<evhttp_connection*>(owner);
    if (!server.adopt(connection)) evhttp_connection_free(connection);
  }
  server.fresh_.clear();
  server.opened_or_closed();
}

// False: no memory.
bool HttpServer::adopt(evhttp_connection* connection) noexcept {
  try {
    open_.push_back(std::make_unique<Open>(connection));
  } catch (const std::bad_alloc&) {
    return false;
  }
  evbuffer* input = bufferevent_get_input(evhttp_connection_get_bufferevent(connection));
  if (evbuffer_add_cb(input, on_bytes, open_.back().get()) == nullptr) {
    open_.pop_back();
    return false;
  }
  evhttp_connection_set_closecb(connection, on_closed, this);
  return true;
}

void HttpServer::on_bytes(evbuffer* input, const evbuffer_cb_info* change, void* open) {
  size_t rest = change->n_added;
  evbuffer_ptr at;
  evbuffer_ptr_set(input, &at, evbuffer_get_length(input) - rest, EVBUFFER_PTR_SET);
  while (rest > 0) {
    evbuffer_iovec piece;
    if (evbuffer_peek(input, static_cast<ssize_t>(rest), &at, &piece, 1) < 1) return;
    const size_t size = std::min(rest, piece.iov_len);
    static_cast<Open*>(open)->head.read({static_cast<const char*>(piece.iov_base), size});
    evbuffer_ptr_set(input, &at, size, EVBUFFER_PTR_ADD);
    rest -= size;
  }
}

void HttpServer::on_closed(evhttp_connection* connection, void* self) {
  auto& server = *static_cast<HttpServer*>(self);
  evbuffer* input = bufferevent_get_input(evhttp_connection_get_bufferevent(connection));
  std::erase_if(server.open_, [&](const auto& open) {
    if (open->connection != connection) return false;
    evbuffer_remove_cb(input, on_bytes, open.get());  // the connection may still empty it
    return true;
  });
  server.opened_or_closed();
}

void HttpServer::opened_or_closed() noexcept {
  if (listener_ == nullptr) return;
  const size_t connections = open_.size() + fresh_.size();
  metrics_.connections.set(static_cast<int64_t>(connections));
  if (connections < limits_.connections) {
    evconnlistener_enable(listener_);
  } else {
    evconnlistener_disable(listener_);
  }
}

void HttpServer::on_tick(int, short, void* self) {
  auto& server = *static_cast<HttpServer*>(self);
  refill_spare_memory();
  for (const auto& open : server.open_) ++open->age;
  for (;;) {
    const auto old = std::ranges::find_if(
        server.open_, [](const auto& open) { return open->age > kTicksOfLife; });
    if (old == server.open_.end()) break;
    server.metrics_.dropped.add();
    evhttp_connection_free((*old)->connection);  // on_closed() takes it from the list
  }
  server.opened_or_closed();
}

// Out of file descriptors, most likely: the next tick tries again, instead of this loop at once.
void HttpServer::on_accept_error(evconnlistener* listener, void*) {
  evconnlistener_disable(listener);
}

void HttpServer::on_request(evhttp_request* request, void* self) {
  const HttpPage page = static_cast<HttpServer*>(self)->answer(request);
  evkeyvalq* headers = evhttp_request_get_output_headers(request);
  evhttp_add_header(headers, "Content-Type", page.content_type);
  evhttp_add_header(headers, "X-Content-Type-Options", "nosniff");
  evhttp_add_header(headers, "Content-Security-Policy",
                    "default-src 'self'; frame-ancestors 'none'");
  evhttp_add_header(headers, "X-Frame-Options", "DENY");
  evhttp_add_header(headers, "Cache-Control", "no-store");
  evhttp_add_header(headers, "Connection", "close");
  if (page.status == 405) evhttp_add_header(headers, "Allow", "GET");
  evbuffer_add(evhttp_request_get_output_buffer(request), page.body.data(), page.body.size());
  evhttp_send_reply(request, page.status, reason(page.status), nullptr);
}

HttpPage HttpServer::answer(evhttp_request* request) noexcept {
  metrics_.request.add();
  try {
    if (std::optional<HttpPage> refused = refusal(request)) {
      metrics_.refused.add();
      return *std::move(refused);
    }
    const char* path = evhttp_uri_get_path(evhttp_request_get_evhttp_uri(request));
    return pages_.page(path != nullptr ? path : "");
  } catch (const std::bad_alloc&) {
    return {.status = 503, .body = "no memory\n"};
  }
}

std::optional<HttpPage> HttpServer::refusal(evhttp_request* request) const {
  if (is_ambiguous(request))
    return HttpPage{.status = 400, .body = "the request can be read in two ways\n"};
  if (!has_trusted_host(request)) {
    return HttpPage{.status = 421,
                    .body = "the Host header names no host of ours; see admin_allowed_hosts\n"};
  }
  if (!has_trusted_origin(request))
    return HttpPage{.status = 403, .body = "a page of another origin asks\n"};
  if (evhttp_request_get_command(request) != EVHTTP_REQ_GET)
    return HttpPage{.status = 405, .body = "only GET\n"};
  return std::nullopt;
}

// By its lines (HttpHead), or because it says in two ways how long its body is. Chunks are refused
// altogether: nobody has to send some here.
bool HttpServer::is_ambiguous(evhttp_request* request) const {
  const evhttp_connection* connection = evhttp_request_get_connection(request);
  const auto open =
      std::ranges::find_if(open_, [&](const auto& one) { return one->connection == connection; });
  if (open == open_.end() || (*open)->head.is_ambiguous()) return true;
  return !headers_of(request, "Transfer-Encoding").empty() ||
         headers_of(request, "Content-Length").size() > 1;
}

// Exactly one Host header, a trusted one; and where the request line names a host, that one as
// well.
bool HttpServer::has_trusted_host(evhttp_request* request) const {
  const char* in_line = evhttp_uri_get_host(evhttp_request_get_evhttp_uri(request));
  if (in_line != nullptr && !is_trusted_host(in_line, allowed_hosts_)) return false;

  const std::vector<std::string_view> hosts = headers_of(request, "Host");
  return hosts.size() == 1 && is_trusted_host(hosts.front(), allowed_hosts_);
}

// Who is no browser sends no Origin.
bool HttpServer::has_trusted_origin(evhttp_request* request) const {
  constexpr std::string_view kSchemeEnd = "://";
  return std::ranges::all_of(headers_of(request, "Origin"), [&](std::string_view origin) {
    const size_t end = origin.find(kSchemeEnd);
    return end != origin.npos &&
           is_trusted_host(origin.substr(end + kSchemeEnd.size()), allowed_hosts_);
  });
}

}  // namespace pelikan
