// stress_client: four connections that set, append, cas, touch, delete, flush and multi-get
// self-describing values on a running pelikan_segcache, and an oracle that knows what each get may
// find. stress_test.py starts it.
//
//   stress_client <port> <rounds per connection>
//
// Prints `gets`, `hits` and `changes` with their counts; status 1 and the flaw on stderr when one
// was found.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/bytes.h"
#include "base/unique_fd.h"
#include "storage/oracle.h"
#include "storage/record.h"

namespace {

using namespace pelikan;
using namespace pelikan::test;

constexpr size_t kConnections = 4;
constexpr size_t kKeys = 20'000;
constexpr size_t kKeysPerGet = 16;
constexpr int64_t kLateMs =
    1'500;  // a whole second of TTL, and time for the reply to be on its way

int64_t now_ms() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

// A blocking connection: text out, lines and blocks in. Throws when the server hangs up.
class Wire {
 public:
  explicit Wire(uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) !=
        0) {
      throw std::runtime_error("cannot connect");
    }
    const int on = 1;
    ::setsockopt(socket_.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }

  void send(std::string_view text) {
    while (!text.empty()) {
      const ssize_t n = ::send(socket_.get(), text.data(), text.size(), MSG_NOSIGNAL);
      if (n <= 0) throw std::runtime_error("the server does not read");
      text.remove_prefix(static_cast<size_t>(n));
    }
  }
  // Without its CR LF; valid until the next call.
  std::string_view line() {
    size_t end = in_.find("\r\n", at_);
    for (; end == std::string::npos; end = in_.find("\r\n", at_)) receive();
    const std::string_view text = std::string_view(in_).substr(at_, end - at_);
    at_ = end + 2;
    return text;
  }
  // A block of data and the CR LF behind it; valid until the next call.
  std::string_view block(size_t size) {
    while (in_.size() - at_ < size + 2) receive();
    const std::string_view bytes = std::string_view(in_).substr(at_, size);
    if (in_.compare(at_ + size, 2, "\r\n") != 0)
      throw std::runtime_error("no CR LF behind a value");
    at_ += size + 2;
    return bytes;
  }

 private:
  void receive() {
    in_.erase(0, at_);
    at_ = 0;
    std::array<char, 65'536> bytes;
    const ssize_t n = ::recv(socket_.get(), bytes.data(), bytes.size(), 0);
    if (n <= 0) throw std::runtime_error("the server hung up");
    in_.append(bytes.data(), static_cast<size_t>(n));
  }

  UniqueFd socket_;
  std::string in_;
  size_t at_ = 0;
};

// What the connections share.
struct World {
  uint16_t port;
  uint64_t rounds;
  Oracle oracle{kKeys};
  std::atomic<const char*> flaw{nullptr};
  std::atomic<uint64_t> gets{0};
  std::atomic<uint64_t> hits{0};
  std::atomic<uint64_t> changes{0};
};

class Client {
 public:
  Client(World& world, size_t number)
      : world_(world), number_(number), random_(number), wire_(world.port) {}

  void run() {
    for (uint64_t i = 0; i < world_.rounds && world_.flaw.load() == nullptr; ++i) {
      get_some();
      change_some();
      if (number_ == 0 && i % 20'000 == 19'999) world_.oracle.flush([this] { flush(); });
    }
    world_.gets += gets_;
    world_.hits += hits_;
    world_.changes += changes_;
  }

 private:
  struct Asked {
    uint64_t key = 0;
    Oracle::Expectation expected{};
    bool found = false;
  };
  enum class Verb : uint8_t { kSet, kAppend, kDelete };
  struct Change {
    Verb verb;
    uint64_t key;
    uint64_t version;
  };

  // A quarter of the keys live for a second or two; an eighth begin like these and are touched to
  // live on, so that they must survive their segment's deadline. A sixteenth have values larger
  // than a small segment.
  static bool is_mortal(uint64_t key) { return key % 4 == 1; }
  static bool is_survivor(uint64_t key) { return key % 8 == 4; }
  static bool is_large(uint64_t key) { return key % 16 == 2; }
  static std::string name_of(uint64_t key) { return "stress:key:" + std::to_string(key); }

  // Low numbers are asked for more often.
  uint64_t some_key() {
    const double uniform = std::uniform_real_distribution<>(0, 1)(random_);
    return static_cast<uint64_t>(uniform * uniform * uniform * kKeys);
  }
  uint64_t own_key() { return some_key() / kConnections * kConnections + number_; }

  // ---- reading: one gets of many keys

  void get_some() {
    std::array<Asked, kKeysPerGet> asked;
    std::string request = "gets";
    for (Asked& one : asked) {
      one.key = some_key();
      one.expected = world_.oracle.begin_read(one.key);
      request += " " + name_of(one.key);
    }
    const int64_t sent_ms = now_ms();
    wire_.send(request + "\r\n");
    read_values(asked, sent_ms);
    gets_ += asked.size();
    for (const Asked& one : asked) {
      if (!one.found && one.key % kConnections == number_) missing_.push_back(one.key);
    }
  }

  // Hits come in the order of the keys, misses are left out.
  void read_values(std::array<Asked, kKeysPerGet>& asked, int64_t sent_ms) {
    size_t next = 0;
    for (std::string line(wire_.line()); line != "END"; line = wire_.line()) {
      std::array<char, 251> name{};
      unsigned long long flags = 0;
      unsigned long long size = 0;
      unsigned long long cas = 0;
      if (std::sscanf(line.c_str(), "VALUE %250s %llu %llu %llu", name.data(), &flags, &size,
                      &cas) != 4) {
        return note("an odd reply to gets");
      }
      while (next < asked.size() && name_of(asked[next].key) != name.data()) ++next;
      if (next == asked.size()) return note("a key that was not asked for");
      judge(asked[next++], wire_.block(size), sent_ms);
    }
  }

  void judge(Asked& one, std::string_view bytes, int64_t sent_ms) {
    ++hits_;
    one.found = true;
    Reading reading;
    if (!read_records(bytes, one.key, reading)) return note("a torn value");
    if (reading.dies_at_ms < sent_ms) return note("an expired value");
    if (const char* flaw = world_.oracle.end_read(one.key, one.expected, reading)) note(flaw);
  }

  // ---- changing: a pipeline of changes of own keys, what was missed among them

  void change_some() {
    std::string pipeline;
    std::vector<Change> sent;
    for (const uint64_t key : missing_) set(key, pipeline, sent);
    missing_.clear();
    for (uint64_t i = random_() % 4; i > 0; --i) change(own_key(), pipeline, sent);
    wire_.send(pipeline);
    for (const Change& change : sent) finish(change);
    changes_ += sent.size();
  }

  void change(uint64_t key, std::string& pipeline, std::vector<Change>& sent) {
    const bool lives_long = !is_mortal(key) && !is_survivor(key);
    switch (random_() % 8) {
      case 0:
        return erase(key, pipeline, sent);
      case 1:
      case 2:
        return lives_long ? append(key, pipeline, sent) : set(key, pipeline, sent);
      default:
        return set(key, pipeline, sent);
    }
  }

  std::string records(uint64_t key, uint64_t version, int64_t dies_at_ms, size_t count) {
    std::string bytes(count * kRecordBytes, '\0');
    write_records(bytes.data(), {key, version, dies_at_ms}, count);
    return std::to_string(bytes.size()) + "\r\n" + bytes + "\r\n";
  }

  void set(uint64_t key, std::string& pipeline, std::vector<Change>& sent) {
    const uint64_t version = world_.oracle.begin_change(key);
    const auto ttl = static_cast<int64_t>(1 + random_() % 2);
    const bool has_ttl = is_mortal(key) || is_survivor(key);
    const int64_t dies_at = is_mortal(key) ? now_ms() + ttl * 1'000 + kLateMs : INT64_MAX;
    const size_t count = is_large(key) ? 40 + random_() % 100 : 1 + random_() % 20;
    pipeline += "set " + name_of(key) + " " + std::to_string(number_) + " " +
                std::to_string(has_ttl ? ttl : 0) + " " + records(key, version, dies_at, count);
    sent.push_back({Verb::kSet, key, version});
    if (is_survivor(key)) pipeline += "touch " + name_of(key) + " 0 noreply\r\n";
  }

  void append(uint64_t key, std::string& pipeline, std::vector<Change>& sent) {
    const uint64_t version = world_.oracle.begin_change(key);
    pipeline += "append " + name_of(key) + " 0 0 " + records(key, version, INT64_MAX, 1);
    sent.push_back({Verb::kAppend, key, version});
  }

  void erase(uint64_t key, std::string& pipeline, std::vector<Change>& sent) {
    pipeline += "delete " + name_of(key) + "\r\n";
    sent.push_back({Verb::kDelete, key, world_.oracle.begin_change(key)});
  }

  void finish(const Change& change) {
    const std::string_view reply = wire_.line();
    const bool is_short = reply == "SERVER_ERROR out of memory storing object";
    switch (change.verb) {
      case Verb::kSet:  // one that finds no memory takes the old value with it
        if (reply != "STORED" && !is_short) return note("an odd reply to set");
        return world_.oracle.complete(change.key, change.version);
      case Verb::kAppend:
        if (reply == "STORED") return world_.oracle.complete(change.key, change.version);
        if (reply != "NOT_STORED" && !is_short) note("an odd reply to append");
        return;
      case Verb::kDelete:
        if (reply != "DELETED" && reply != "NOT_FOUND") return note("an odd reply to delete");
        return world_.oracle.complete(change.key, change.version);
    }
  }

  void flush() {
    wire_.send("flush_all\r\n");
    if (wire_.line() != "OK") note("an odd reply to flush_all");
  }

  void note(const char* flaw) { world_.flaw.store(flaw); }

  World& world_;
  const size_t number_;
  std::mt19937_64 random_;
  Wire wire_;
  std::vector<uint64_t> missing_;
  uint64_t gets_ = 0;
  uint64_t hits_ = 0;
  uint64_t changes_ = 0;
};

void run_client(World& world, size_t number) {
  try {
    Client(world, number).run();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "connection %zu: %s\n", number, error.what());
    world.flaw.store("a connection was lost");
  }
}

}  // namespace

int main(int argc, char** argv) {
  const auto port = argc == 3 ? parse_u64(argv[1]) : std::nullopt;
  const auto rounds = argc == 3 ? parse_u64(argv[2]) : std::nullopt;
  if (!port || !rounds) {
    std::fprintf(stderr, "usage: stress_client <port> <rounds per connection>\n");
    return EXIT_FAILURE;
  }
  World world{.port = static_cast<uint16_t>(*port), .rounds = *rounds};
  std::vector<std::thread> threads;
  for (size_t i = 0; i < kConnections; ++i) threads.emplace_back(run_client, std::ref(world), i);
  for (std::thread& thread : threads) thread.join();
  std::printf("gets %llu\nhits %llu\nchanges %llu\n",
              static_cast<unsigned long long>(world.gets.load()),
              static_cast<unsigned long long>(world.hits.load()),
              static_cast<unsigned long long>(world.changes.load()));
  if (const char* flaw = world.flaw.load()) {
    std::fprintf(stderr, "stress_client: %s\n", flaw);
    return EXIT_FAILURE;
  }
  return EXIT_SUCCESS;
}
