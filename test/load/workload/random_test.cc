#include "load/workload/random.h"

#include <set>
#include <vector>

#include "load/statistics.h"
#include "load/workload/weighted_choice.h"

#include "check.h"

namespace pelikan::load {
namespace {

using test::chi_square_z;
using test::kChiSquareLimit;
using test::kKolmogorovSmirnovLimit;
using test::kolmogorov_smirnov;

// xoshiro256++ behind SplitMix64, computed from the papers by another program.
START_TEST(one_seed_gives_the_same_numbers_everywhere) {
  Random golden(42);
  ck_assert_uint_eq(golden.next(), 0xd0764d4f4476689f);
  ck_assert_uint_eq(golden.next(), 0x519e4174576f3791);
  ck_assert_uint_eq(golden.next(), 0xfbe07cfb0c24ed8c);
  Random a(42);
  Random b(42);
  Random other(43);
  bool differs = false;
  for (int i = 0; i < 1000; ++i) {
    const uint64_t number = a.next();
    ck_assert_uint_eq(number, b.next());
    differs |= number != other.next();
  }
  ck_assert(differs);
}
END_TEST

START_TEST(places_of_a_run_have_streams_of_their_own) {
  std::set<uint64_t> firsts;
  for (uint32_t thread = 0; thread < 64; ++thread) {
    for (uint32_t connection = 0; connection < 64; ++connection) {
      firsts.insert(Random::for_place(1, thread, connection).next());
    }
  }
  ck_assert_uint_eq(firsts.size(), 64 * 64);
  ck_assert_uint_ne(Random::for_place(1, 0, 0).next(), Random::for_place(2, 0, 0).next());
}
END_TEST

START_TEST(uniform_numbers_are_all_alike) {
  for (const uint64_t n : {1UL, 2UL, 3UL, 10UL, 1000UL}) {
    Random random(n);
    std::vector<uint64_t> counts(n);
    for (int i = 0; i < 200'000; ++i) ++counts.at(random.uniform(n));
    const std::vector<double> expected(n, 200'000.0 / static_cast<double>(n));
    if (n > 1) ck_assert_double_lt(chi_square_z(counts, expected), kChiSquareLimit);
  }
}
END_TEST

// Three quarters of 2^64: without the rejection, the first third would be twice as likely.
START_TEST(uniform_is_not_biased_for_large_ranges) {
  constexpr uint64_t kRange = uint64_t{3} << 62;
  Random random(7);
  std::vector<uint64_t> thirds(3);
  for (int i = 0; i < 100'000; ++i) ++thirds[random.uniform(kRange) >> 62];
  const std::vector<double> expected(3, 100'000.0 / 3);
  ck_assert_double_lt(chi_square_z(thirds, expected), kChiSquareLimit);
}
END_TEST

START_TEST(continuous_draws_follow_their_distributions) {
  Random random(3);
  std::vector<double> units;
  std::vector<double> exponentials;
  std::vector<double> normals;
  for (int i = 0; i < 50'000; ++i) {
    units.push_back(random.unit());
    exponentials.push_back(random.exponential());
    normals.push_back(random.normal());
  }
  ck_assert_double_lt(kolmogorov_smirnov(units, [](double x) { return x; }),
                      kKolmogorovSmirnovLimit);
  ck_assert_double_lt(kolmogorov_smirnov(exponentials, [](double x) { return -std::expm1(-x); }),
                      kKolmogorovSmirnovLimit);
  ck_assert_double_lt(kolmogorov_smirnov(normals, test::normal_distribution),
                      kKolmogorovSmirnovLimit);
}
END_TEST

START_TEST(a_weighted_choice_follows_its_weights) {
  const std::vector<double> weights = {5, 0, 1, 0.25, 90, 3.75};
  const WeightedChoice choice(weights);
  Random random(11);
  std::vector<uint64_t> counts(weights.size());
  for (int i = 0; i < 200'000; ++i) ++counts[choice.draw(random)];
  std::vector<double> expected;
  for (const double weight : weights) expected.push_back(weight * 2000);
  ck_assert_uint_eq(counts[1], 0);
  ck_assert_double_lt(chi_square_z(counts, expected), kChiSquareLimit);
}
END_TEST

START_TEST(a_choice_without_weights_is_a_programmer_error) {
  const std::vector<double> none = {0, 0};
  const std::vector<double> negative = {1, -1, 3};
  ck_assert_aborts(WeightedChoice{none});
  ck_assert_aborts(WeightedChoice{negative});
}
END_TEST

}  // namespace
}  // namespace pelikan::load

PELIKAN_TESTS("load/workload/random", pelikan::load::one_seed_gives_the_same_numbers_everywhere,
              pelikan::load::places_of_a_run_have_streams_of_their_own,
              pelikan::load::uniform_numbers_are_all_alike,
              pelikan::load::uniform_is_not_biased_for_large_ranges,
              pelikan::load::continuous_draws_follow_their_distributions,
              pelikan::load::a_weighted_choice_follows_its_weights,
              pelikan::load::a_choice_without_weights_is_a_programmer_error)
