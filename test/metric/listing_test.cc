#include "metric/listing.h"

#include "sample_metrics.h"

#include "check.h"

using namespace pelikan;
using pelikan::test::SampleMetrics;

namespace {

START_TEST(a_histogram_is_eight_numbers_of_a_flat_list) {
  MetricRegistry registry;
  SampleMetrics metrics(registry);
  metrics.hit.add(3);
  metrics.item.set(-1);
  for (uint64_t ns = 1; ns <= 100; ++ns) metrics.latency.record(ns);
  const auto numbers = flat_numbers(registry.read());
  const struct {
    const char* name;
    int64_t value;
  } expected[] = {{"cache_hit", 3},
                  {"cache_item", -1},
                  {"cache_latency_count", 100},
                  {"cache_latency_sum_ns", 5050},
                  {"cache_latency_p50_ns", 50},
                  {"cache_latency_p90_ns", 90},
                  {"cache_latency_p99_ns", 99},
                  {"cache_latency_p999_ns", 100},
                  {"cache_latency_p9999_ns", 100},
                  {"cache_latency_max_ns", 100}};
  ck_assert_uint_eq(numbers.size(), std::size(expected));
  for (size_t at = 0; at < numbers.size(); ++at) {
    ck_assert_text_eq(numbers[at].name, expected[at].name);
    ck_assert_int_eq(numbers[at].value, expected[at].value);
  }
}
END_TEST

START_TEST(json_is_one_flat_object) {
  MetricRegistry registry;
  ck_assert_text_eq(json_text(registry.read()), "{}");
  SampleMetrics metrics(registry);
  metrics.hit.add(3);
  ck_assert_text_eq(
      json_text(registry.read()),
      "{\"cache_hit\":3,\"cache_item\":0,\"cache_latency_count\":0,\"cache_latency_sum_ns\":0,"
      "\"cache_latency_p50_ns\":0,\"cache_latency_p90_ns\":0,\"cache_latency_p99_ns\":0,"
      "\"cache_latency_p999_ns\":0,\"cache_latency_p9999_ns\":0,\"cache_latency_max_ns\":0}");
}
END_TEST

START_TEST(the_table_names_kind_and_meaning) {
  MetricRegistry registry;
  const SampleMetrics metrics(registry);
  ck_assert_text_eq(metric_listing(registry.read()),
                    "name           kind       meaning\n"
                    "cache_hit      counter    gets that found their item\n"
                    "cache_item     gauge      items now\n"
                    "cache_latency  histogram  time of a get\n");
}
END_TEST

}  // namespace

PELIKAN_TESTS("metric/listing", a_histogram_is_eight_numbers_of_a_flat_list,
              json_is_one_flat_object, the_table_names_kind_and_meaning)
