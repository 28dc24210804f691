// Plays one group of the golden cases against a real server, over TCP, over a unix socket or over
// TLS: whole, byte by byte, cut in two at every byte, and all of them in one stream. Over TLS,
// where every piece is a record and every conversation a handshake, cases are not cut in two.
//
// usage: golden_client memcache|resp2|resp3 GROUP tcp|unix|tls [peer]
//
// Writes the options that the group's server is to have, a line `name value` each, then an empty
// line; reads a line `PORT SOCKET_PATH TLS_PORT`; writes how many conversations went as expected.
// Exit status: 0; 1 when one did not; 3, and nothing written, when there are not so many groups.
//
// Left out are cases in which time passes, and those that know what time it is; against the peer
// whose protocol it is, those of ours alone, and what is sent is not cut.
#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/assertion.h"
#include "base/unique_fd.h"
#include "service/golden_play.h"
#include "service/memcache_golden.h"
#include "service/resp/golden_tables.h"

namespace {

using namespace pelikan;
using test::GoldenCase;
using test::GoldenStep;
using test::longest_step;
using test::size_of;

constexpr int kPatienceMs = 20'000;
constexpr size_t kMostWrong = 10;     // more are not looked for
constexpr size_t kPieceSends = 4000;  // longer cases are not sent byte by byte
constexpr size_t kRecordSends = 200;  // the same, over TLS
constexpr size_t kSplitSends = 80;    // nor cut at every byte
constexpr std::string_view kFakeTime = "17000";

struct Protocol {
  std::string_view name;
  std::vector<test::GoldenGroup> (*read)();
  std::string_view flush;
  std::string_view flushed;
};
constexpr std::array kProtocols{
    Protocol{"memcache", test::read_memcache_golden, "flush_all\r\n", "OK\r\n"},
    Protocol{"resp2", test::read_resp2_golden, "FLUSHALL\r\n", "+OK\r\n"},
    Protocol{"resp3", test::read_resp3_golden, "FLUSHALL\r\n", "+OK\r\n"},
};

struct Server {
  const Protocol* protocol = nullptr;
  bool is_peer = false;
  uint16_t port = 0;
  std::string path;
  uint16_t tls_port = 0;
};
enum class Kind { kTcp, kUnix, kTls };

UniqueFd connect_to(const Server& server, Kind kind) {
  sockaddr_storage address{};
  socklen_t size = sizeof(sockaddr_in);
  if (kind != Kind::kUnix) {
    auto& tcp = reinterpret_cast<sockaddr_in&>(address);
    tcp.sin_family = AF_INET;
    tcp.sin_port = htons(kind == Kind::kTls ? server.tls_port : server.port);
    tcp.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  } else {
    auto& local = reinterpret_cast<sockaddr_un&>(address);
    size = sizeof local;
    local.sun_family = AF_UNIX;
    CHECK(server.path.size() < sizeof local.sun_path);
    std::memcpy(local.sun_path, server.path.data(), server.path.size());
  }
  UniqueFd fd(::socket(address.ss_family, SOCK_STREAM, 0));
  CHECK(::connect(fd.get(), reinterpret_cast<sockaddr*>(&address), size) == 0);
  const int one = 1;
  if (kind != Kind::kUnix) ::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  return fd;
}

// A socket, maybe with TLS on it, whose results are those of send(2) and recv(2) that do not wait.
class Wire {
 public:
  Wire(const Server& server, Kind kind) : fd_(connect_to(server, kind)) {
    if (kind != Kind::kTls) return;
    static const std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context(SSL_CTX_new(TLS_method()),
                                                                      SSL_CTX_free);
    tls_.reset(SSL_new(context.get()));
    CHECK(SSL_set_fd(tls_.get(), fd_.get()) == 1 && SSL_connect(tls_.get()) == 1);
    CHECK(::fcntl(fd_.get(), F_SETFL, O_NONBLOCK) == 0);
  }

  [[nodiscard]] int fd() const { return fd_.get(); }
  [[nodiscard]] ssize_t send(std::string_view bytes) {
    if (!tls_) return ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    ERR_clear_error();
    return result(SSL_write(tls_.get(), bytes.data(), static_cast<int>(bytes.size())));
  }
  [[nodiscard]] ssize_t receive(std::span<char> place) {
    if (!tls_) return ::recv(fd_.get(), place.data(), place.size(), MSG_DONTWAIT);
    ERR_clear_error();  // a send that failed does not end the reading
    return result(SSL_read(tls_.get(), place.data(), static_cast<int>(place.size())));
  }
  void end_sending() {
    if (tls_) {
      SSL_shutdown(tls_.get());  // its goodbye; what the server still says is read
    } else {
      ::shutdown(fd_.get(), SHUT_WR);
    }
  }

 private:
  ssize_t result(int size) {
    if (size > 0) return size;
    const int error = SSL_get_error(tls_.get(), size);
    if (error == SSL_ERROR_ZERO_RETURN) return 0;
    errno = error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE ? EAGAIN : ECONNRESET;
    return -1;
  }

  UniqueFd fd_;
  std::unique_ptr<SSL, void (*)(SSL*)> tls_{nullptr, SSL_free};  // null: without TLS
};

class Peer {
 public:
  Peer(const Server& server, Kind kind) : wire_(server, kind) {}

  // Takes what comes meanwhile: a server reads no further while its replies are not taken. One that
  // hangs up does not read the rest: that is no error here.
  void send(std::string_view bytes) {
    while (!bytes.empty() && !is_refused_) {
      const ssize_t sent = wire_.send(bytes);
      if (sent > 0) {
        bytes.remove_prefix(static_cast<size_t>(sent));
      } else if (errno != EAGAIN || !await(POLLIN | POLLOUT)) {
        is_refused_ = true;
      } else {
        (void)take();
      }
    }
  }
  // False: the end of the stream, or nothing came for long.
  bool receive() {
    while (await(POLLIN)) {
      if (take()) return true;
      if (errno != EAGAIN) return false;  // else it was TLS's own affair
    }
    return false;
  }
  // What came, to be cleared by whoever reads it.
  [[nodiscard]] std::string& replies() { return replies_; }
  void end_sending() { wire_.end_sending(); }
  [[nodiscard]] bool is_silent() const { return is_silent_; }

 private:
  bool await(short what) {
    pollfd ready{wire_.fd(), what, 0};
    is_silent_ = ::poll(&ready, 1, kPatienceMs) != 1;
    return !is_silent_;
  }
  // False: nothing was there (EAGAIN), or the stream has ended.
  bool take() {
    std::array<char, 65536> buffer;
    errno = 0;
    const ssize_t size = wire_.receive(buffer);
    if (size <= 0) return false;
    replies_.append(buffer.data(), static_cast<size_t>(size));
    return true;
  }

  Wire wire_;
  std::string replies_;
  bool is_silent_ = false;
  bool is_refused_ = false;  // what is sent; TLS that has failed to send once must not try again
};

// How a step's bytes are sent: cut before each of these places, or at every byte.
struct Cut {
  size_t at = std::string::npos;
  bool everywhere = false;
};

void send_cut(Peer& peer, std::string_view bytes, const Cut& cut) {
  if (cut.everywhere) {
    for (const char& byte : bytes) peer.send({&byte, 1});
    return;
  }
  const size_t at = std::min(cut.at, bytes.size());
  peer.send(bytes.substr(0, at));
  peer.send(bytes.substr(at));
}

// A client that watches is also told what happens meanwhile, and that its own connection came.
std::string without_events(const std::string& text) {
  return text.substr(0, ("\n" + text).find("\nts="));
}

// Returns what is wrong.
std::string play(const GoldenCase& golden, const Server& server, Kind kind, const Cut& cut) {
  Peer peer(server, kind);
  std::string cas;
  for (const GoldenStep& step : golden.steps) {
    std::string bytes = step.send;
    test::replace_all(bytes, "{cas}", cas);
    test::replace_all(bytes, "{cas8}", cas);
    send_cut(peer, bytes, cut);
    while (!test::golden_match(without_events(peer.replies()), step.expect, cas)) {
      if (peer.receive()) continue;
      return golden.name + ": got '" + peer.replies() + "', expected '" + step.expect + "'";
    }
    peer.replies().clear();
  }
  // What still comes must be nothing: a server that closes does so by itself.
  if (!golden.closes) peer.end_sending();
  while (peer.receive()) {
  }
  if (peer.is_silent()) return golden.name + ": not closed";
  const std::string more = without_events(peer.replies());
  return more.empty() ? more : golden.name + ": behind its replies came '" + more + "'";
}

// Empties the cache; false: clients may not.
bool flush(Peer& peer, const Protocol& protocol) {
  peer.send(protocol.flush);
  peer.replies().clear();
  return peer.receive() && peer.replies() == protocol.flushed;
}

bool is_of_this_time(const GoldenCase& golden) {
  return std::none_of(golden.steps.begin(), golden.steps.end(), [](const GoldenStep& step) {
    const auto knows = [](const std::string& text) {
      return text.find(kFakeTime) != std::string::npos;
    };
    return step.wait_ms != 0 || knows(step.send) || knows(step.expect);
  });
}

// The ways to send the case; only whole where what it leaves behind cannot be flushed.
std::vector<Cut> cuts_of(const GoldenCase& golden, bool is_peer, bool may_flush, Kind kind) {
  std::vector<Cut> cuts{Cut{}};
  if (golden.whole || is_peer) return cuts;
  const size_t most_pieces = kind == Kind::kTls ? kRecordSends : kPieceSends;
  if (size_of(golden) <= most_pieces) cuts.push_back({.everywhere = true});
  if (!may_flush || size_of(golden) > kSplitSends || kind == Kind::kTls) return cuts;
  for (size_t at = 1; at < longest_step(golden); ++at) cuts.push_back({.at = at});
  return cuts;
}

// What an earlier reply told is not known when all is sent at once.
bool sends_what_was_told(const GoldenCase& golden) {
  return std::any_of(golden.steps.begin(), golden.steps.end(), [](const GoldenStep& step) {
    return step.send.find("{cas") != std::string::npos;
  });
}

// The cases that may stand behind one another, as one.
GoldenCase pipeline(const std::vector<GoldenCase>& cases) {
  GoldenCase all{"all in one stream", {}, {{}}};
  GoldenStep& whole = all.steps.front();
  for (const GoldenCase& golden : cases) {
    if (!golden.fits_stream() || sends_what_was_told(golden)) continue;
    for (const GoldenStep& step : golden.steps) {
      whole.send += step.send;
      whole.expect += step.expect;
    }
  }
  return all;
}

int play_group(std::vector<GoldenCase> cases, const Server& server, Kind kind) {
  std::erase_if(cases, [&](const GoldenCase& golden) {
    return !is_of_this_time(golden) || (golden.ours && server.is_peer);
  });
  Peer flusher(server, Kind::kTcp);
  const bool may_flush = flush(flusher, *server.protocol);
  if (may_flush && !server.is_peer) cases.push_back(pipeline(cases));
  size_t played = 0;
  size_t wrong = 0;
  for (const GoldenCase& golden : cases) {
    for (const Cut& cut : cuts_of(golden, server.is_peer, may_flush, kind)) {
      if (may_flush) (void)flush(flusher, *server.protocol);
      const std::string fault = play(golden, server, kind, cut);
      ++played;
      if (fault.empty()) continue;
      if (++wrong > kMostWrong) return EXIT_FAILURE;
      std::cout << fault << '\n';
      break;
    }
  }
  std::cout << fmt::format("{} conversations, {} wrong\n", played, wrong);
  return wrong == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

}  // namespace

int main(int argc, char** argv) {
  constexpr int kNoSuchGroup = 3;
  if (argc < 4) return EXIT_FAILURE;
  const auto* const protocol =
      std::find_if(kProtocols.begin(), kProtocols.end(),
                   [&](const Protocol& known) { return known.name == argv[1]; });
  CHECK(protocol != kProtocols.end());
  const auto groups = protocol->read();
  const auto number = parse_u64(argv[2]);
  if (!number || *number >= groups.size()) return kNoSuchGroup;
  const test::GoldenGroup& group = groups[*number];
  for (const auto& [name, text] : group.options) std::cout << name << ' ' << text << '\n';
  std::cout << std::endl;
  const std::string_view transport(argv[3]);
  const Kind kind = transport == "unix"  ? Kind::kUnix
                    : transport == "tls" ? Kind::kTls
                                         : Kind::kTcp;
  std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes as write(2) does
  Server server{protocol, argc > 4, 0, {}, 0};
  if (!(std::cin >> server.port >> server.path >> server.tls_port)) return EXIT_FAILURE;
  return play_group(group.cases, server, kind);
}
