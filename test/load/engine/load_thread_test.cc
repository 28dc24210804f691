// One thread of the generator against a server in the same process.
#include "load/engine/load_thread.h"

#include <fmt/format.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string_view>
#include <thread>
#include <vector>

#include "answering_server.h"
#include "load/engine/keyspace_source.h"
#include "load/engine/protocols.h"

#include "check.h"

using namespace pelikan;
using namespace pelikan::load;
using namespace pelikan::test;

namespace {

std::atomic<uint64_t> allocations{0};  // relaxed: read by the thread that counts, or after it

constexpr int64_t kSecond = 1'000'000'000;

// A thread with its workload: the keyspace `default`, its options as given.
struct Rig {
  explicit Rig(const AnsweringServer& server, std::string_view mix = "get:90 set:10") {
    KeyspaceOptions& options = groups.group("default");
    options.mix.set(std::string(mix));
    options.keys.set(1000);
    workload.emplace(groups, 1);
    source = std::make_unique<WorkloadSource>(*workload, Share{}, 1);
    servers = parse_servers(fmt::format("127.0.0.1:{}", server.port()), 0);
    plan.connections = 4;
    plan.pipeline = 8;
    // So long that a busy machine is not taken for a server that is silent or gone.
    plan.drain_ns = 60 * kSecond;
    plan.request_timeout_ns = 60 * kSecond;
    plan.connect_timeout_ns = 60 * kSecond;
  }
  void run() {
    thread.emplace(plan, servers, *source, find_protocol("memcache").make_connection);
    thread->run();
    thread->measured().add_to(sums);
    counts = sums.all_counts();
  }
  [[nodiscard]] uint64_t count(Count what) const { return counts[what]; }

  KeyspaceGroups groups;
  std::optional<Workload> workload;
  std::unique_ptr<Source> source;
  std::vector<ServerTarget> servers;
  ThreadPlan plan;
  std::optional<LoadThread> thread;
  RecordedSums sums;
  Counts counts;
};

}  // namespace

// A sanitizer's allocator cannot be stood in for.
#ifndef PELIKAN_SANITIZE
void* operator new(size_t bytes) {
  allocations.fetch_add(1, std::memory_order_relaxed);
  void* memory = std::malloc(bytes);
  if (memory == nullptr) std::abort();
  return memory;
}
void* operator new[](size_t bytes) { return operator new(bytes); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, size_t) noexcept { std::free(memory); }
#endif

START_TEST(every_request_is_sent_and_answered_once) {
  AnsweringServer server;
  Rig rig(server);
  rig.plan.requests = 10'000;
  rig.run();
  ck_assert_uint_eq(rig.count(Count::kSent), 10'000);
  ck_assert_uint_eq(rig.count(Count::kDone), 10'000);
  ck_assert_uint_eq(rig.count(Count::kMisses) + rig.count(Count::kStored), 10'000);
  ck_assert_uint_eq(rig.counts.errors(), 0);
  ck_assert_uint_eq(rig.sums.all_latencies().response.count(), 10'000);
  ck_assert_uint_eq(server.requests(), 10'000);
  ck_assert_uint_eq(server.connections(), 4);
}
END_TEST

START_TEST(nothing_is_allocated_per_request) {
  constexpr uint64_t kWarm = 20'000, kEnd = 190'000;
  std::atomic<uint64_t> warm = 0, end = 0;  // written by the server's thread
  AnsweringServer server([&](uint64_t request) {
    if (request == kWarm) warm = allocations.load(std::memory_order_relaxed);
    if (request == kEnd) end = allocations.load(std::memory_order_relaxed);
    return true;
  });
  Rig rig(server, "get:80 set:15 mget:5:10");
  rig.plan.keys_at_once = 10;
  rig.plan.requests = 200'000;
  rig.run();
  ck_assert_uint_eq(rig.count(Count::kDone), 200'000);
  // Of 170,000 requests. A connection's two buffers may still grow, when first an answer is cut.
  ck_assert_uint_le(end.load() - warm.load(), 2 * rig.plan.connections);
#ifndef PELIKAN_SANITIZE
  ck_assert_uint_gt(warm.load(), 0);  // they are counted
#endif
}
END_TEST

START_TEST(an_open_loop_sends_every_planned_request) {
  AnsweringServer server;
  Rig rig(server);
  const Schedule schedule(20'000, 0.25);
  rig.plan.duration_ns = kSecond / 4;
  rig.plan.pace = Pace::kPlanned;
  rig.plan.planned_times = [&](const RunTimes& times) {
    return PlannedTimes(schedule, ArrivalKind::kEven, Share{}, 1, times);
  };
  rig.run();
  ck_assert_uint_ge(rig.count(Count::kSent), 4999);
  ck_assert_uint_le(rig.count(Count::kSent), 5001);
  ck_assert_uint_eq(rig.count(Count::kDone), rig.count(Count::kSent));
  const Latencies latencies = rig.sums.all_latencies();
  ck_assert_uint_eq(latencies.response.count(), rig.count(Count::kDone));
  ck_assert_uint_eq(latencies.lag.count(), rig.count(Count::kDone));
  // What a request waits before it is written, it waits for its answer as well.
  ck_assert_uint_ge(latencies.response.sum(), latencies.service.sum());
  ck_assert_uint_eq(latencies.response.sum(), latencies.service.sum() + latencies.lag.sum());
}
END_TEST

START_TEST(a_full_window_queues_planned_requests_or_drops_them) {
  for (const bool drops : {false, true}) {
    // The first answer waits until two thirds of the planned time are over.
    AnsweringServer server([](uint64_t request) {
      if (request == 0) std::this_thread::sleep_for(std::chrono::milliseconds(200));
      return true;
    });
    Rig rig(server, "get:1");
    const Schedule schedule(10'000, 0.3);
    rig.plan.duration_ns = 3 * kSecond / 10;
    rig.plan.drops_when_full = drops;
    rig.plan.pace = Pace::kPlanned;
    rig.plan.planned_times = [&](const RunTimes& times) {
      return PlannedTimes(schedule, ArrivalKind::kEven, Share{}, 1, times);
    };
    rig.run();
    const uint64_t planned = rig.count(Count::kSent) + rig.count(Count::kDropped);
    ck_assert_uint_ge(planned, 2999);
    ck_assert_uint_le(planned, 3001);
    ck_assert_uint_eq(rig.count(Count::kDone), rig.count(Count::kSent));
    ck_assert_int_ge(rig.thread->stalled_ns(), kSecond / 10);
    const HistogramSnapshot response = rig.sums.all_latencies().response;
    if (drops) {
      ck_assert_uint_gt(rig.count(Count::kDropped), 1000);
    } else {
      ck_assert_uint_eq(rig.count(Count::kDropped), 0);
      ck_assert_uint_gt(response.percentile(0.7), 50'000'000);  // those that had to wait
    }
  }
}
END_TEST

START_TEST(a_closed_connection_is_opened_again) {
  AnsweringServer server([](uint64_t request) { return request % 1000 != 999; });
  Rig rig(server, "get:1");
  rig.plan.requests = 10'000;
  rig.run();
  ck_assert_uint_eq(rig.count(Count::kSent), 10'000);
  ck_assert_uint_ge(rig.count(Count::kLost), 9);
  ck_assert_uint_eq(rig.count(Count::kDone) + rig.count(Count::kLost), 10'000);
  ck_assert_uint_ge(server.connections(), 4 + 9);
  ck_assert(!rig.thread->gone_server());
}
END_TEST

START_TEST(a_server_that_never_answers_is_gone) {
  AnsweringServer server([](uint64_t) { return false; });
  Rig rig(server, "get:1");
  rig.plan.duration_ns = 60 * kSecond;
  rig.plan.connect_timeout_ns = kSecond / 5;
  rig.run();
  ck_assert(rig.thread->gone_server() == std::optional<size_t>(0));
  ck_assert_uint_eq(rig.count(Count::kDone), 0);
}
END_TEST

START_TEST(a_server_that_falls_silent_costs_timeouts) {
  AnsweringServer server([](uint64_t request) {
    if (request == 500) std::this_thread::sleep_for(std::chrono::milliseconds(300));
    return true;
  });
  Rig rig(server, "get:1");
  rig.plan.requests = 1000;
  rig.plan.connections = 1;
  rig.plan.request_timeout_ns = kSecond / 100;  // and gives up after ten times that
  rig.run();
  ck_assert_uint_gt(rig.count(Count::kTimeouts), 0);
  // The windows of both connections; a busy machine adds some of its own.
  ck_assert_uint_lt(rig.count(Count::kTimeouts), 500);
  ck_assert_uint_eq(rig.count(Count::kSent), 1000);
  ck_assert_uint_eq(rig.count(Count::kLost), 0);
  ck_assert_uint_gt(rig.sums.all_latencies().service.max(), 90'000'000);
  ck_assert_uint_ge(server.connections(), 2);
}
END_TEST

START_TEST(connections_are_changed_after_so_many_requests) {
  AnsweringServer server;
  Rig rig(server, "get:1");
  rig.plan.connections = 1;
  rig.plan.pipeline = 1;
  rig.plan.requests = 1000;
  rig.plan.reconnect_every = 100;
  rig.run();
  ck_assert_uint_eq(rig.counts.errors(), 0);
  ck_assert_uint_ge(server.connections(), 10);
  ck_assert_uint_le(server.connections(), 11);
}
END_TEST

// The same requests again, counted by the server that the ring gives them to.
START_TEST(a_ring_gives_every_request_to_its_keys_server) {
  const KetamaRing ring(std::vector<RingMember>{{.name = "one"}, {.name = "two", .weight = 3}},
                        find_key_hash("md5"));
  for (const Pace pace : {Pace::kUnpaced, Pace::kPlanned}) {
    AnsweringServer first, second;
    Rig rig(first);
    rig.servers.push_back(parse_servers(fmt::format("127.0.0.1:{}", second.port()), 0).front());
    const Schedule schedule(40'000, 0.25);
    rig.plan.planned_times = [&schedule](const RunTimes& times) {
      return PlannedTimes(schedule, ArrivalKind::kEven, {}, 1, times);
    };
    rig.plan.pace = pace;
    rig.plan.ring = &ring;
    rig.plan.requests = 10'000;
    rig.run();
    ck_assert_uint_eq(rig.count(Count::kDone), 10'000);
    std::array<uint64_t, 2> expected{};
    WorkloadSource again(*rig.workload, Share{}, 1);
    for (int i = 0; i < 10'000; ++i) {
      WireRequest request;
      ck_assert(again.next(request));
      expected[ring.server_of(request.keys.front())] += 1;
    }
    ck_assert_uint_eq(first.requests(), expected[0]);
    ck_assert_uint_eq(second.requests(), expected[1]);
    ck_assert_uint_gt(expected[1], expected[0]);
  }
}
END_TEST

PELIKAN_TESTS("load/engine/load_thread", every_request_is_sent_and_answered_once,
              nothing_is_allocated_per_request, an_open_loop_sends_every_planned_request,
              a_full_window_queues_planned_requests_or_drops_them,
              a_closed_connection_is_opened_again, a_server_that_never_answers_is_gone,
              a_server_that_falls_silent_costs_timeouts,
              connections_are_changed_after_so_many_requests,
              a_ring_gives_every_request_to_its_keys_server)
