#include "metric/prometheus.h"

#include <cstring>
#include <string>

#include "sample_metrics.h"

#include "check.h"

using namespace pelikan;
using pelikan::test::SampleMetrics;

namespace {

START_TEST(the_text_is_as_the_format_page_asks) {
  MetricRegistry registry;
  SampleMetrics metrics(registry);
  metrics.hit.add(42);
  metrics.item.set(-7);
  metrics.latency.record(100);                // 100 ns
  metrics.latency.record(1'500, 3);           // 1.5 us
  metrics.latency.record(30'000'000);         // 30 ms
  metrics.latency.record(90'000'000'000);     // 90 s
  metrics.latency.record(2'000'000'000'000);  // 2,000 s
  ck_assert_text_eq(prometheus_text(registry.read()),
                    "# HELP pelikan_cache_hit_total gets that found their item\n"
                    "# TYPE pelikan_cache_hit_total counter\n"
                    "pelikan_cache_hit_total 42\n"
                    "# HELP pelikan_cache_item items now\n"
                    "# TYPE pelikan_cache_item gauge\n"
                    "pelikan_cache_item -7\n"
                    "# HELP pelikan_cache_latency_seconds time of a get\n"
                    "# TYPE pelikan_cache_latency_seconds histogram\n"
                    "pelikan_cache_latency_seconds_bucket{le=\"1e-06\"} 1\n"
                    "pelikan_cache_latency_seconds_bucket{le=\"2e-06\"} 4\n"
                    "pelikan_cache_latency_seconds_bucket{le=\"5e-06\"} 4\n"
                    "pelikan_cache_latency_seconds_bucket{le=\"1e-05\"} 4\n"
                    "pelikan_cache_latency_seconds_bucket{le=\"2e-05\"} 4\n"
                    "pelikan_cache_latency_seconds_bucket{le=\"5e-05\"} 4\n"
                    "pelikan_cache_latency_seconds_bucket{le=\"0.0001\"} 4\n"
                    "pelikan_cache_latency_seconds_bucket{le=\"0.0002\"} 4\n"
                    "pelikan_cache_latency_seconds_bucket{le=\"0.0005\"} 4\n"
                    "pelikan_cache_latency_seconds_bucket{le=\"0.001\"} 4\n"
                    "pelikan_cache_latency_seconds_bucket{le=\"0.002\"} 4\n"
                    "pelikan_cache_latency_seconds_bucket{le=\"0.005\"} 4\n"
                    "pelikan_cache_latency_seconds_bucket{le=\"0.01\"} 4\n"
                    "pelikan_cache_latency_seconds_bucket{le=\"0.02\"} 4\n"
                    "pelikan_cache_latency_seconds_bucket{le=\"0.05\"} 5\n"
                    "pelikan_cache_latency_seconds_bucket{le=\"0.1\"} 5\n"
                    "pelikan_cache_latency_seconds_bucket{le=\"0.2\"} 5\n"
                    "pelikan_cache_latency_seconds_bucket{le=\"0.5\"} 5\n"
                    "pelikan_cache_latency_seconds_bucket{le=\"1\"} 5\n"
                    "pelikan_cache_latency_seconds_bucket{le=\"2\"} 5\n"
                    "pelikan_cache_latency_seconds_bucket{le=\"5\"} 5\n"
                    "pelikan_cache_latency_seconds_bucket{le=\"10\"} 5\n"
                    "pelikan_cache_latency_seconds_bucket{le=\"20\"} 5\n"
                    "pelikan_cache_latency_seconds_bucket{le=\"50\"} 5\n"
                    "pelikan_cache_latency_seconds_bucket{le=\"100\"} 6\n"
                    "pelikan_cache_latency_seconds_bucket{le=\"+Inf\"} 7\n"
                    "pelikan_cache_latency_seconds_sum 2090.030004600\n"
                    "pelikan_cache_latency_seconds_count 7\n");
}
END_TEST

START_TEST(an_unused_histogram_has_all_its_buckets) {
  MetricRegistry registry;
  const SampleMetrics metrics(registry);
  const std::string text = prometheus_text(registry.read());
  ck_assert_ptr_nonnull(std::strstr(text.c_str(), "_bucket{le=\"0.001\"} 0\n"));
  ck_assert_ptr_nonnull(std::strstr(text.c_str(), "_bucket{le=\"+Inf\"} 0\n"));
  ck_assert_ptr_nonnull(std::strstr(text.c_str(), "_sum 0.000000000\n"));
}
END_TEST

START_TEST(a_registry_without_metrics_gives_no_text) {
  MetricRegistry registry;
  ck_assert_text_eq(prometheus_text(registry.read()), "");
}
END_TEST

}  // namespace

PELIKAN_TESTS("metric/prometheus", the_text_is_as_the_format_page_asks,
              an_unused_histogram_has_all_its_buckets, a_registry_without_metrics_gives_no_text)
