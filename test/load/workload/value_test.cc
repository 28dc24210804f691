#include "load/workload/value.h"

#include <zlib.h>

#include <set>
#include <string>
#include <vector>

#include "check.h"

namespace pelikan::load {
namespace {

constexpr int64_t kNow = 1'769'848'200'000;

std::string made(const ValueMaker& values, const ValueName& name) {
  std::string bytes;
  values.make(name, [&bytes](std::string_view piece) { bytes.append(piece); });
  ck_assert_uint_eq(bytes.size(), name.size);
  return bytes;
}

// Of every kind: without header, header alone, within a block, larger than one.
constexpr uint32_t kSizes[] = {0, 1, 5, 15, 16, 17, 100, 4096, 65'536, 65'537, 1'000'000};

START_TEST(a_value_is_verified_by_its_key) {
  const ValueMaker values(1, 65'536, 1);
  for (const uint32_t size : kSizes) {
    for (uint64_t key = 0; key < 50; ++key) {
      const std::string bytes = made(values, {.key = key, .size = size, .stored_ms = kNow});
      ck_assert(values.verify(key, bytes, 0, kNow) == Verdict::kGood);
    }
  }
}
END_TEST

START_TEST(the_value_of_another_key_is_wrong) {
  const ValueMaker values(1, 65'536, 1);
  for (const uint32_t size : {8U, 16U, 100U, 65'537U}) {
    for (uint64_t key = 0; key < 50; ++key) {
      const std::string bytes = made(values, {.key = key, .size = size, .stored_ms = kNow});
      ck_assert(values.verify(key + 1, bytes, 0, kNow) == Verdict::kWrongBytes);
    }
  }
}
END_TEST

START_TEST(any_changed_byte_is_found) {
  const ValueMaker values(1, 65'536, 1);
  for (const uint32_t size : {7U, 16U, 300U}) {
    const std::string good = made(values, {.key = 3, .size = size, .stored_ms = kNow});
    for (uint32_t i = 0; i < size; ++i) {
      std::string bad = good;
      bad[i] = static_cast<char>(bad[i] ^ 1);
      ck_assert(values.verify(3, bad, 0, kNow) == Verdict::kWrongBytes);
    }
  }
}
END_TEST

START_TEST(a_value_that_is_cut_or_grown_is_wrong) {
  const ValueMaker values(1, 65'536, 1);
  const std::string good = made(values, {.key = 3, .size = 300, .stored_ms = kNow});
  ck_assert(values.verify(3, good.substr(0, 299), 0, kNow) == Verdict::kWrongBytes);
  ck_assert(values.verify(3, good.substr(0, 10), 0, kNow) == Verdict::kWrongBytes);
  ck_assert(values.verify(3, good + "x", 0, kNow) == Verdict::kWrongBytes);
}
END_TEST

START_TEST(a_value_that_outlives_its_ttl_by_two_seconds_is_stale) {
  const ValueMaker values(1, 65'536, 1);
  const std::string bytes = made(values, {.key = 3, .size = 64, .stored_ms = kNow});
  ck_assert(values.verify(3, bytes, 10, kNow + 12'000) == Verdict::kGood);
  ck_assert(values.verify(3, bytes, 10, kNow + 12'001) == Verdict::kStale);
  ck_assert(values.verify(3, bytes, 0, kNow + 1'000'000'000) == Verdict::kGood);
}
END_TEST

START_TEST(another_seed_makes_other_values) {
  const ValueMaker values(1, 65'536, 1);
  const ValueMaker others(2, 65'536, 1);
  const std::string bytes = made(values, {.key = 3, .size = 64, .stored_ms = kNow});
  ck_assert(others.verify(3, bytes, 0, kNow) == Verdict::kWrongBytes);
  const ValueMaker same(1, 65'536, 1);
  ck_assert(same.verify(3, bytes, 0, kNow) == Verdict::kGood);
}
END_TEST

START_TEST(values_of_many_keys_differ) {
  const ValueMaker values(1, 65'536, 1);
  std::set<std::string> seen;
  for (uint64_t key = 0; key < 10'000; ++key) {
    seen.insert(made(values, {.key = key, .size = 24, .stored_ms = kNow}));
  }
  ck_assert_uint_eq(seen.size(), 10'000);
}
END_TEST

// How many times smaller zlib makes a value.
double compression(double wanted) {
  const ValueMaker values(1, 65'536, wanted);
  const std::string bytes = made(values, {.key = 3, .size = 60'000, .stored_ms = kNow});
  std::vector<Bytef> packed(::compressBound(bytes.size()));
  uLongf size = packed.size();
  ck_assert_int_eq(
      ::compress(packed.data(), &size, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()),
      Z_OK);
  return static_cast<double>(bytes.size()) / static_cast<double>(size);
}

START_TEST(values_compress_about_as_well_as_wished) {
  ck_assert_double_eq_tol(compression(1), 1, 0.02);
  ck_assert_double_eq_tol(compression(2), 2, 0.2);
  ck_assert_double_eq_tol(compression(4), 4, 0.5);
}
END_TEST

}  // namespace
}  // namespace pelikan::load

PELIKAN_TESTS("load/workload/value", pelikan::load::a_value_is_verified_by_its_key,
              pelikan::load::the_value_of_another_key_is_wrong,
              pelikan::load::any_changed_byte_is_found,
              pelikan::load::a_value_that_is_cut_or_grown_is_wrong,
              pelikan::load::a_value_that_outlives_its_ttl_by_two_seconds_is_stale,
              pelikan::load::another_seed_makes_other_values,
              pelikan::load::values_of_many_keys_differ,
              pelikan::load::values_compress_about_as_well_as_wished)
