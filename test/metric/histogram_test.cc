#include "metric/histogram.h"

#include <cmath>
#include <memory>
#include <random>
#include <thread>
#include <vector>

#include "check.h"

using namespace pelikan;

namespace {

constexpr uint64_t kSecond = 1'000'000'000;

HistogramSnapshot snapshot_of(const Histogram& histogram) {
  HistogramSnapshot snapshot;
  histogram.add_to(snapshot);
  return snapshot;
}

void assert_within_one_percent(uint64_t value, uint64_t truth) {
  const double error = std::abs(static_cast<double>(value) - static_cast<double>(truth));
  ck_assert_msg(error <= 0.01 * static_cast<double>(truth), "%lu instead of %lu", value, truth);
}

START_TEST(the_buckets_cover_every_value_once) {
  ck_assert_uint_eq(HistogramScale::lower_bound(0), 0);
  for (size_t index = 0; index < HistogramScale::kBuckets; ++index) {
    const uint64_t low = HistogramScale::lower_bound(index);
    const uint64_t next = HistogramScale::lower_bound(index + 1);
    ck_assert_uint_lt(low, next);
    ck_assert_uint_eq(HistogramScale::index(low), index);
    ck_assert_uint_eq(HistogramScale::index(next - 1), index);
  }
  ck_assert_uint_eq(HistogramScale::lower_bound(HistogramScale::kBuckets),
                    HistogramScale::kMaxValue + 1);
  ck_assert_uint_eq(HistogramScale::index(~uint64_t{0}), HistogramScale::kBuckets - 1);
}
END_TEST

START_TEST(it_reaches_beyond_100_seconds_in_20_kib) {
  ck_assert_uint_ge(HistogramScale::kMaxValue, 100 * kSecond);
  ck_assert_uint_le(sizeof(Histogram), 20 * 1024);
}
END_TEST

START_TEST(every_bucket_answers_within_one_percent) {
  // The error is largest at a bucket's ends: try both of every bucket, with a larger value beside,
  // which keeps the exact maximum out of the answer.
  for (size_t index = 0; index + 1 < HistogramScale::kBuckets; ++index) {
    for (const uint64_t value :
         {HistogramScale::lower_bound(index), HistogramScale::lower_bound(index + 1) - 1}) {
      const auto histogram = std::make_unique<Histogram>();
      histogram->record(value, 3);
      histogram->record(HistogramScale::kMaxValue);
      assert_within_one_percent(snapshot_of(*histogram).percentile(0.5), value);
    }
  }
}
END_TEST

START_TEST(percentiles_of_many_values_are_those_of_the_sorted_list) {
  std::mt19937_64 random(7);
  std::uniform_real_distribution<double> exponent(0, 11);  // 1 ns to 100 s
  std::vector<uint64_t> values;
  const auto histogram = std::make_unique<Histogram>();
  uint64_t sum = 0;
  for (int n = 0; n < 100'000; ++n) {
    values.push_back(static_cast<uint64_t>(std::pow(10.0, exponent(random))));
    histogram->record(values.back());
    sum += values.back();
  }
  std::sort(values.begin(), values.end());
  const HistogramSnapshot snapshot = snapshot_of(*histogram);
  for (const double q : {0.0, 0.001, 0.1, 0.25, 0.5, 0.9, 0.99, 0.999, 0.9999}) {
    const auto rank = static_cast<size_t>(std::ceil(q * static_cast<double>(values.size())));
    assert_within_one_percent(snapshot.percentile(q), values[std::max<size_t>(rank, 1) - 1]);
  }
  ck_assert_uint_eq(snapshot.count(), values.size());
  ck_assert_uint_eq(snapshot.sum(), sum);
  ck_assert_uint_eq(snapshot.max(), values.back());
}
END_TEST

START_TEST(values_beyond_the_scale_count_in_the_last_bucket) {
  Histogram histogram;
  histogram.record(1000 * kSecond);
  const HistogramSnapshot snapshot = snapshot_of(histogram);
  ck_assert_uint_eq(snapshot.max(), 1000 * kSecond);
  ck_assert_uint_eq(snapshot.sum(), 1000 * kSecond);
  ck_assert_uint_ge(snapshot.percentile(0.5), 100 * kSecond);
}
END_TEST

START_TEST(an_empty_snapshot_answers_zero) {
  const HistogramSnapshot snapshot;
  ck_assert_uint_eq(snapshot.percentile(0.99), 0);
  ck_assert_uint_eq(snapshot.count_up_to(kSecond), 0);
  ck_assert_uint_eq(snapshot.max(), 0);
}
END_TEST

START_TEST(count_up_to_counts_whole_buckets) {
  Histogram histogram;
  for (uint64_t value = 1; value <= 100; ++value) histogram.record(value);
  histogram.record(kSecond, 7);
  const HistogramSnapshot snapshot = snapshot_of(histogram);
  ck_assert_uint_eq(snapshot.count_up_to(0), 0);
  ck_assert_uint_eq(snapshot.count_up_to(1), 1);
  ck_assert_uint_eq(snapshot.count_up_to(99), 99);
  ck_assert_uint_eq(snapshot.count_up_to(kSecond / 2), 100);
  ck_assert_uint_eq(snapshot.count_up_to(2 * kSecond), 107);
}
END_TEST

START_TEST(snapshots_add_and_subtract) {
  Histogram histogram;
  histogram.record(5 * kSecond);
  const HistogramSnapshot before = snapshot_of(histogram);
  histogram.record(10, 4);
  HistogramSnapshot since = snapshot_of(histogram);
  since.subtract(before);
  ck_assert_uint_eq(since.count(), 4);
  ck_assert_uint_eq(since.sum(), 40);
  ck_assert_uint_eq(since.max(), 10);
  ck_assert_uint_eq(since.percentile(1), 10);
  since.add(before);
  ck_assert_uint_eq(since.count(), 5);
  ck_assert_uint_eq(since.sum(), 40 + 5 * kSecond);
  ck_assert_uint_eq(since.max(), 5 * kSecond);
}
END_TEST

START_TEST(a_reader_beside_the_writer_never_sees_counts_go_back) {
  constexpr uint64_t kValues = 200'000;
  Histogram histogram;
  std::thread writer([&] {
    for (uint64_t n = 0; n < kValues; ++n) histogram.record(n);
  });
  uint64_t last = 0;
  while (last < kValues) {
    const HistogramSnapshot snapshot = snapshot_of(histogram);
    ck_assert_uint_ge(snapshot.count(), last);
    last = snapshot.count();
  }
  writer.join();
  ck_assert_uint_eq(snapshot_of(histogram).count(), kValues);
}
END_TEST

}  // namespace

PELIKAN_TESTS("metric/histogram", the_buckets_cover_every_value_once,
              it_reaches_beyond_100_seconds_in_20_kib, every_bucket_answers_within_one_percent,
              percentiles_of_many_values_are_those_of_the_sorted_list,
              values_beyond_the_scale_count_in_the_last_bucket, an_empty_snapshot_answers_zero,
              count_up_to_counts_whole_buckets, snapshots_add_and_subtract,
              a_reader_beside_the_writer_never_sees_counts_go_back)
