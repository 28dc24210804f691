// Nothing is allocated between receive and send: requests of every kind, pipelined over loopback to
// a worker over a seg store that evicts, and not one call of malloc in the process.
#include <sys/socket.h>

#include <array>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string_view>
#include <thread>

#include "base/assertion.h"
#include "core/line_server.h"
#include "rig.h"

// Behind what declares the functions that it stands in for.
#include "allocations.h"

#include "check.h"

namespace pelikan {
namespace {

using test::allocations;

#ifdef PELIKAN_SANITIZE
constexpr size_t kBatches = 200;
#else
constexpr size_t kBatches = 2'000;
#endif
constexpr size_t kWarmUp = 500;

struct OneWorker : test::LineServerOptions {
  OneWorker() { worker.threads.set(1); }
};

// A worker over a small store, and a client that allocates nothing either.
class Traffic {
 public:
  Traffic() : client_(server_.connect()) {
    value_.fill('v');
    large_.fill('l');
  }

  void run(size_t batches) {
    for (size_t i = 0; i < batches; ++i) exchange();
  }
  [[nodiscard]] uint64_t evictions() { return rig_.count("seg_evict"); }

 private:
  static constexpr std::string_view kEnd = "$3\r\nend\r\n";

  template <class... Words>
  void add(Words... words) {
    add_text("*%zu\r\n", sizeof...(words));
    (add_word(words), ...);
  }
  void add_word(std::string_view word) {
    add_text("$%zu\r\n%.*s\r\n", word.size(), static_cast<int>(word.size()), word.data());
  }
  template <class... Arguments>
  void add_text(const char* format, Arguments... arguments) {
    size_ +=
        static_cast<size_t>(std::snprintf(&out_[size_], out_.size() - size_, format, arguments...));
    CHECK(size_ < out_.size());  // Check's own assertions allocate
  }

  // Commands on small sets and sorted sets, which are empty in the end.
  void add_sets(std::string_view member) {
    add("SADD", "set", member, "12", "text");
    add("SISMEMBER", "set", member);
    add("SMEMBERS", "set");
    add("SREM", "set", "12");
    add("SPOP", "set");
    add("SPOP", "set");
    add("ZADD", "sorted", "1.5", member, "2", "text");
    add("ZADD", "sorted", "GT", "CH", "3", member);
    add("ZINCRBY", "sorted", "0.25", "text");
    add("ZRANK", "sorted", member);
    add("ZRANGE", "sorted", "0", "9", "WITHSCORES");
    add("ZRANGE", "sorted", "(1", "+inf", "BYSCORE", "LIMIT", "0", "5");
    add("ZCOUNT", "sorted", "-inf", "2");
    add("ZREM", "sorted", "text");
    add("ZPOPMIN", "sorted");
  }
  void exchange() {
    size_ = 0;
    char key[32];
    char number[32];
    std::snprintf(key, sizeof key, "key%zu", next_);
    std::snprintf(number, sizeof number, "n%zu", next_ % 1000);
    const std::string_view value(value_.data(), next_ % 900);
    add("SET", key, value);
    add("SET", key, value, "EX", "100", "GET");
    add("GET", key);
    add("GET", "none");
    add("SETNX", key, "x");
    add("MGET", key, "none", number);
    add("MSET", key, "1", number, "2");
    add("INCR", number);
    add("INCRBYFLOAT", number, "0.5");
    add("APPEND", key, "abc");
    add("SETRANGE", key, "5", "xyz");
    add("SETBIT", key, "7", "1");
    add("BITCOUNT", key);
    add("EXPIRE", key, "50");
    add("TTL", key);
    add("GETEX", key, "PERSIST");
    add("RENAME", key, "renamed");
    add("SCAN", "0", "COUNT", "10");
    add("DEL", "renamed", number);
    add_sets(number);
    add("PING");
    add("NOSUCH", key);
    add("GET");
    add("SET", key, std::string_view(large_.data(), large_.size()));  // is gathered
    add("STRLEN", key);
    add("ECHO", "end");
    ++next_;
    CHECK(::send(client_.get(), out_.data(), size_, MSG_NOSIGNAL) == static_cast<ssize_t>(size_));
    read_to_end();
  }

  void read_to_end() {
    size_t size = 0;
    while (!std::string_view(in_.data(), size).ends_with(kEnd)) {
      const ssize_t got = ::recv(client_.get(), &in_[size], in_.size() - size, 0);
      CHECK(got > 0);
      size += static_cast<size_t>(got);
    }
  }

  // Every command is logged; what the rings have no room for is dropped.
  test::RespRig rig_{{{"seg_memory", "16MiB"}, {"klog_file", "/dev/null"}, {"klog_sample", "1"}}};
  MaintenanceThread maintenance_{rig_.store(), rig_.time()};
  test::LineServer server_{OneWorker(),
                           [this](const Clock& clock) { return rig_.service().processor(clock); }};
  UniqueFd client_;
  size_t next_ = 10'000;
  size_t size_ = 0;
  std::array<char, 1024> value_{};
  std::array<char, 100 * 1024> large_{};
  std::array<char, 256 * 1024> out_{};
  std::array<char, 1024 * 1024> in_{};
};

START_TEST(requests_of_every_kind_allocate_nothing) {
  const auto traffic = std::make_unique<Traffic>();
  traffic->run(kWarmUp);
  const uint64_t evictions = traffic->evictions();
  const size_t before = allocations.load(std::memory_order_relaxed);
  traffic->run(kBatches);
  const size_t after = allocations.load(std::memory_order_relaxed);
  ck_assert_uint_eq(after - before, 0);
  ck_assert_uint_gt(traffic->evictions(), evictions);
}
END_TEST

}  // namespace
}  // namespace pelikan

PELIKAN_TESTS("service/resp/allocation", pelikan::requests_of_every_kind_allocate_nothing)
