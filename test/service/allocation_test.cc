// Nothing is allocated between receive and send: a million requests of every kind, pipelined over
// loopback to a worker over a seg store that evicts, and not one call of malloc in the process.
#include <sys/socket.h>

#include <array>
#include <cstddef>
#include <cstdio>
#include <memory>
#include <string_view>
#include <thread>

#include "base/assertion.h"
#include "core/line_server.h"
#include "core/processor.h"
#include "log/log.h"
#include "memcache_rig.h"
#include "storage/seg/maintenance.h"
#include "storage/seg/seg_access.h"
#include "storage/seg/seg_store.h"

// Behind what declares the functions that it stands in for.
#include "allocations.h"

#include "check.h"

namespace pelikan {
namespace {

using test::allocations;

constexpr size_t kRequestsPerBatch = 40;
#ifdef PELIKAN_SANITIZE
constexpr size_t kRequests = 40'000;
#else
constexpr size_t kRequests = 1'000'000;
#endif
constexpr size_t kWarmUp = 100'000;

struct OneWorker : test::LineServerOptions {
  OneWorker() { worker.threads.set(1); }
};

// A worker over a small store, and a client that allocates nothing either.
class Traffic {
 public:
  Traffic() {
    client_ = server_.connect();
    std::fill(value_.begin(), value_.end(), 'v');
  }

  void run(size_t requests) {
    for (size_t done = 0; done < requests; done += kRequestsPerBatch) exchange();
  }
  [[nodiscard]] int64_t evictions() { return store_registry_.read().value("seg_evict"); }

 private:
  static constexpr std::string_view kEnd = "MN\r\n";

  static SegOptions& small_store(SegOptions& options) {
    options.memory.set({16 * kMiB});
    return options;
  }

  // Ten rounds of four requests, and mn, whose reply ends the batch.
  void exchange() {
    size_t size = 0;
    const auto add = [&](const char* format, auto... arguments) {
      size +=
          static_cast<size_t>(std::snprintf(&out_[size], out_.size() - size, format, arguments...));
    };
    for (size_t i = 0; i < kRequestsPerBatch / 4; ++i) {
      const size_t key = next_key_++;
      const size_t bytes = key % 900;
      add("set key%zu 7 %zu %zu\r\n%.*s\r\n", key, key % 100, bytes, static_cast<int>(bytes),
          value_.data());
      add("get key%zu key%zu key%zu none\r\n", key, key - 1, key - 1000);
      switch (key % 4) {
        case 0:
          add("set n%zu 0 0 2\r\n10\r\nincr n%zu 5\r\n", key, key);
          break;
        case 1:
          add("append key%zu 0 0 3\r\nabc\r\ngets key%zu\r\n", key, key);
          break;
        case 2:
          add("touch key%zu 50\r\ndelete key%zu noreply\r\n", key, key);
          break;
        default:
          add("cas key%zu 0 0 1 12345\r\nx\r\nadd key%zu 0 0 1\r\ny\r\n", key, key);
          break;
      }
    }
    add("%s", "mn\r\n");
    // CHECK, because Check's own assertions allocate.
    CHECK(size < out_.size());
    CHECK(::send(client_.get(), out_.data(), size, MSG_NOSIGNAL) == static_cast<ssize_t>(size));
    read_to_end();
  }

  void read_to_end() {
    size_t size = 0;
    while (!std::string_view(in_.data(), size).ends_with(kEnd)) {
      const ssize_t got = ::recv(client_.get(), &in_[size], in_.size() - size, 0);
      CHECK(got > 0);
      size += static_cast<size_t>(got);
    }
    const std::string_view replies(in_.data(), size);
    // A busy machine may leave the store short of memory, which a set is told; nothing else fails.
    CHECK(replies.find("CLIENT_ERROR") == std::string_view::npos);
  }

  // Every command is logged; what the rings have no room for is dropped.
  static const KlogOptions& logging_all(KlogOptions& options) {
    options.file.set("/dev/null");
    options.sample.set(1);
    return options;
  }

  SystemTime time_;
  MetricRegistry store_registry_;
  SegOptions store_options_;
  SegStore store_{small_store(store_options_), 2, time_, store_registry_};
  MaintenanceThread maintenance_{store_, time_};
  test::MemcacheServer service_;
  KlogOptions klog_options_;
  Klog klog_{logging_all(klog_options_), service_.registry, time_, service_.log};
  test::LineServer server_{OneWorker(), [this](const Clock& clock) {
                             return std::make_unique<MemcacheProcessor<SegStore::Access>>(
                                 [&] { return store_.access(clock); }, clock, service_.control,
                                 service_.klog, service_.registry);
                           }};
  UniqueFd client_;
  size_t next_key_ = 10'000;
  std::array<char, 1024> value_{};
  std::array<char, 256 * 1024> out_{};
  std::array<char, 1024 * 1024> in_{};
};

START_TEST(a_million_requests_allocate_nothing) {
  const auto traffic = std::make_unique<Traffic>();
  traffic->run(kWarmUp);
  const int64_t evictions = traffic->evictions();
  const size_t before = allocations.load(std::memory_order_relaxed);
  traffic->run(kRequests);
  const size_t after = allocations.load(std::memory_order_relaxed);
  ck_assert_uint_eq(after - before, 0);
  ck_assert_int_gt(traffic->evictions(), evictions);
}
END_TEST

// Answers with the allocations that the worker's log line took.
class Diarist final : public Processor, public Conversation {
 public:
  explicit Diarist(Log& log) : log_(log) {}
  std::unique_ptr<Conversation> open(std::string_view /*peer*/, int /*fd*/) override {
    return std::make_unique<Diarist>(log_);
  }
  std::string_view refusal() const noexcept override { return {}; }
  Progress process(std::string_view in, Output& out) noexcept override {
    const size_t before = allocations.load(std::memory_order_relaxed);
    LOG_CRITICAL(log_, "a request of {} bytes", in.size());
    out.append(allocations.load(std::memory_order_relaxed) == before ? "0" : "1");
    Progress progress;
    progress.consumed = in.size();
    return progress;
  }

 private:
  Log& log_;
};

START_TEST(the_first_line_a_worker_logs_allocates_nothing) {
  OneWorker options;
  options.log.file.set("/dev/null");
  test::LineServer server(options,
                          [&](const Clock&) { return std::make_unique<Diarist>(server.log); });
  const UniqueFd client = server.connect();
  ck_assert_text_eq(test::ask(client.get(), "x"), "0");
  ck_assert_uint_eq(server.log.flush(), 1);
}
END_TEST

#ifndef PELIKAN_SANITIZE
START_TEST(allocations_are_counted) {
  const size_t before = allocations.load(std::memory_order_relaxed);
  const auto one = std::make_unique<std::array<char, 100>>();
  ck_assert_ptr_nonnull(one.get());
  ck_assert_uint_ge(allocations.load(std::memory_order_relaxed) - before, 1);
}
END_TEST
#endif

}  // namespace
}  // namespace pelikan

#ifdef PELIKAN_SANITIZE
PELIKAN_TESTS("service/allocation", pelikan::a_million_requests_allocate_nothing,
              pelikan::the_first_line_a_worker_logs_allocates_nothing)
#else
PELIKAN_TESTS("service/allocation", pelikan::allocations_are_counted,
              pelikan::a_million_requests_allocate_nothing,
              pelikan::the_first_line_a_worker_logs_allocates_nothing)
#endif
