#include "metric/registry.h"

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include "sample_metrics.h"

#include "check.h"

using namespace pelikan;
using pelikan::test::SampleMetrics;

namespace {

struct UptimeMetrics : MetricGroup {
  explicit UptimeMetrics(MetricRegistry& registry) : MetricGroup(registry) {}
  Gauge uptime{this, "uptime", "seconds since start"};
  int64_t now = 3;
  BeforeRead refresh{this, [this] { uptime.set(now); }};
};

START_TEST(instances_are_summed_by_name) {
  MetricRegistry registry;
  SampleMetrics first(registry);
  SampleMetrics second(registry);
  first.hit.add();
  second.hit.add(4);
  first.item.set(10);
  second.item.add(-3);
  first.latency.record(100, 2);
  second.latency.record(50);
  const MetricSnapshot snapshot = registry.read();
  ck_assert_uint_eq(snapshot.readings().size(), 3);
  ck_assert_int_eq(snapshot.value("cache_hit"), 5);
  ck_assert_int_eq(snapshot.value("cache_item"), 7);
  const HistogramSnapshot& latency = snapshot.find("cache_latency")->histogram;
  ck_assert_uint_eq(latency.count(), 3);
  ck_assert_uint_eq(latency.sum(), 250);
  ck_assert_uint_eq(latency.max(), 100);
  ck_assert_ptr_null(snapshot.find("cache_miss"));
  ck_assert_int_eq(snapshot.value("cache_miss"), 0);
}
END_TEST

START_TEST(a_leaving_instance_keeps_its_counts_but_not_its_gauges) {
  MetricRegistry registry;
  auto leaving = std::make_unique<SampleMetrics>(registry);
  leaving->hit.add(3);
  leaving->item.set(8);
  leaving->latency.record(1000);
  leaving.reset();
  SampleMetrics staying(registry);
  staying.hit.add(1);
  const MetricSnapshot snapshot = registry.read();
  ck_assert_uint_eq(snapshot.readings().size(), 3);
  ck_assert_int_eq(snapshot.value("cache_hit"), 4);
  ck_assert_int_eq(snapshot.value("cache_item"), 0);
  ck_assert_uint_eq(snapshot.find("cache_latency")->histogram.count(), 1);
}
END_TEST

START_TEST(a_reset_is_seen_by_stats_and_not_by_prometheus) {
  MetricRegistry registry;
  SampleMetrics metrics(registry);
  metrics.hit.add(5);
  metrics.item.set(2);
  metrics.latency.record(1'000'000);
  registry.reset();
  metrics.hit.add(2);
  metrics.latency.record(1000, 3);
  const MetricSnapshot since = registry.read_since_reset();
  ck_assert_int_eq(since.value("cache_hit"), 2);
  ck_assert_int_eq(since.value("cache_item"), 2);
  const HistogramSnapshot& latency = since.find("cache_latency")->histogram;
  ck_assert_uint_eq(latency.count(), 3);
  ck_assert_uint_eq(latency.sum(), 3000);
  ck_assert_uint_ge(latency.max(), 1000);
  ck_assert_uint_le(latency.max(), 1010);
  ck_assert_int_eq(registry.read().value("cache_hit"), 7);
  ck_assert_uint_eq(registry.read().find("cache_latency")->histogram.count(), 4);
}
END_TEST

START_TEST(a_metric_that_joins_after_a_reset_counts_whole) {
  MetricRegistry registry;
  registry.reset();
  SampleMetrics metrics(registry);
  metrics.hit.add(5);
  ck_assert_int_eq(registry.read_since_reset().value("cache_hit"), 5);
}
END_TEST

START_TEST(computed_gauges_are_refreshed_before_each_read) {
  MetricRegistry registry;
  auto metrics = std::make_unique<UptimeMetrics>(registry);
  ck_assert_int_eq(registry.read().value("uptime"), 3);
  metrics->now = 9;
  ck_assert_int_eq(registry.read_since_reset().value("uptime"), 9);
  metrics.reset();
  ck_assert_int_eq(registry.read().value("uptime"), 0);
}
END_TEST

START_TEST(threads_that_come_count_and_go_lose_nothing) {
  constexpr int kThreads = 4, kRounds = 50, kCounts = 100;
  MetricRegistry registry;
  const SampleMetrics resident(registry);
  std::atomic<int> running{kThreads};
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < kRounds; ++round) {
        SampleMetrics own(registry);
        for (int n = 0; n < kCounts; ++n)
          own.hit.add(), own.latency.record(static_cast<uint64_t>(n));
      }
      running.fetch_sub(1);
    });
  }
  int64_t last = 0;
  while (running.load() > 0) {
    const int64_t now = registry.read().value("cache_hit");
    ck_assert_int_ge(now, last);
    last = now;
  }
  for (std::thread& thread : threads) thread.join();
  const MetricSnapshot snapshot = registry.read();
  ck_assert_int_eq(snapshot.value("cache_hit"), kThreads * kRounds * kCounts);
  ck_assert_uint_eq(snapshot.find("cache_latency")->histogram.count(),
                    kThreads * kRounds * kCounts);
}
END_TEST

START_TEST(a_mistake_in_a_table_aborts) {
  MetricRegistry registry;
  const SampleMetrics metrics(registry);
  MetricGroup group(registry);
  ck_assert_aborts(const Gauge gauge(&group, "cache_hit", "a counter elsewhere"));
  ck_assert_aborts(const Gauge gauge(&group, "cache-hit", "not a name"));
  ck_assert_aborts(const Gauge gauge(&group, "cache_miss", ""));
  ck_assert_aborts(const Gauge gauge(&group, "cache_miss", "two\nlines"));
}
END_TEST

}  // namespace

PELIKAN_TESTS("metric/registry", instances_are_summed_by_name,
              a_leaving_instance_keeps_its_counts_but_not_its_gauges,
              a_reset_is_seen_by_stats_and_not_by_prometheus,
              a_metric_that_joins_after_a_reset_counts_whole,
              computed_gauges_are_refreshed_before_each_read,
              threads_that_come_count_and_go_lose_nothing, a_mistake_in_a_table_aborts)
