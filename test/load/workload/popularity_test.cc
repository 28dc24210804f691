#include "load/workload/popularity.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <set>
#include <vector>

#include "base/setup_error.h"
#include "load/statistics.h"

#include "check.h"

namespace pelikan::load {
namespace {

using test::chi_square_z;
using test::kChiSquareLimit;

constexpr int kDraws = 200'000;

Popularity popularity(std::string_view text, uint64_t keys, Share share = {}) {
  return {{.popularity = Setting("popularity", text), .keys = keys}, share};
}

std::vector<uint64_t> counts_of(std::string_view text, uint64_t keys, uint64_t seed = 1) {
  Popularity drawn = popularity(text, keys);
  Random random(seed);
  std::vector<uint64_t> counts(keys);
  for (int i = 0; i < kDraws; ++i) ++counts.at(drawn.read(random));
  return counts;
}

// In proportion to the shares.
std::vector<double> expected_of(std::vector<double> shares) {
  const double sum = std::accumulate(shares.begin(), shares.end(), 0.0);
  for (double& share : shares) share *= kDraws / sum;
  return shares;
}

void assert_follows(std::string_view text, const std::vector<double>& shares) {
  const double z = chi_square_z(counts_of(text, shares.size()), expected_of(shares));
  ck_assert_msg(z < kChiSquareLimit, "%s: z is %f", std::string(text).c_str(), z);
}

std::vector<double> zipf_shares(uint64_t keys, double theta) {
  std::vector<double> shares(keys);
  for (uint64_t i = 0; i < keys; ++i) shares[i] = std::pow(static_cast<double>(i + 1), -theta);
  return shares;
}

START_TEST(zipf_draws_follow_the_law_for_any_exponent) {
  for (const char* theta : {"0.5", "0.99", "1.0", "1.5", "2.5", "0.01", "2.99"}) {
    for (const uint64_t keys : {1000UL, 50'000UL}) {
      assert_follows("zipf " + std::string(theta) + " ordered",
                     zipf_shares(keys, std::stod(theta)));
    }
  }
}
END_TEST

START_TEST(zipf_without_an_exponent_is_that_of_ycsb) {
  assert_follows("zipf ordered", zipf_shares(1000, 0.99));
}
END_TEST

START_TEST(zipf_near_exponent_one_has_no_step) {
  const std::vector<uint64_t> below = counts_of("zipf 0.9999999999 ordered", 1000);
  const std::vector<uint64_t> at = counts_of("zipf 1 ordered", 1000);
  uint64_t differing = 0;
  for (size_t i = 0; i < at.size(); ++i) differing += below[i] == at[i] ? 0 : 1;
  ck_assert_uint_lt(differing, 10);
}
END_TEST

START_TEST(zipf_over_very_many_keys_stays_among_them) {
  constexpr uint64_t kKeys = uint64_t{1} << 40;
  Random random(5);
  for (const char* text : {"zipf 0.1 ordered", "zipf 0.99", "zipf 2.9 ordered"}) {
    Popularity drawn = popularity(text, kKeys);
    for (int i = 0; i < 10'000; ++i) ck_assert_uint_lt(drawn.read(random), kKeys);
  }
}
END_TEST

START_TEST(one_key_is_always_that_key) {
  for (const char* text : {"uniform", "zipf 0.99", "zipf 1", "sequential", "gaussian", "latest",
                           "hotset 10 90", "exponential"}) {
    Popularity drawn = popularity(text, 1);
    Random random(1);
    for (int i = 0; i < 100; ++i) {
      ck_assert_uint_eq(drawn.read(random), 0);
      ck_assert_uint_eq(drawn.write(random), 0);
    }
  }
}
END_TEST

START_TEST(scrambling_moves_keys_and_keeps_their_shares) {
  std::vector<uint64_t> ordered = counts_of("zipf 0.99 ordered", 1000);
  std::vector<uint64_t> scrambled = counts_of("zipf 0.99", 1000);
  ck_assert(scrambled != ordered);
  std::ranges::sort(ordered);
  std::ranges::sort(scrambled);
  ck_assert(scrambled == ordered);
}
END_TEST

START_TEST(a_scramble_is_a_bijection) {
  for (const uint64_t n : {1UL, 2UL, 3UL, 4UL, 5UL, 1000UL, 1024UL, 1025UL, 99'991UL}) {
    const Scramble scramble(n, n);
    std::vector<bool> seen(n);
    for (uint64_t i = 0; i < n; ++i) seen.at(scramble(i)) = true;
    ck_assert(std::ranges::find(seen, false) == seen.end());
  }
}
END_TEST

// By its inverse, for these cannot be listed: the last numbers have the largest rounding.
START_TEST(a_scramble_of_very_many_numbers_is_a_bijection) {
  for (const uint64_t n : {4'294'967'291UL, 4'294'967'295UL, 4'294'967'296UL, 1UL << 40}) {
    const Scramble scramble(n, 3);
    const uint64_t begin = scramble(0);
    const uint64_t factor = (scramble(1) + n - begin) % n;
    ck_assert_uint_eq(std::gcd(factor, n), 1);
    __extension__ using Wide = unsigned __int128;
    for (uint64_t i = 0; i < 100'000; ++i) {
      const uint64_t number = i % 2 == 0 ? i : n - i;
      const auto expected = static_cast<uint64_t>((static_cast<Wide>(number) * factor + begin) % n);
      ck_assert_uint_eq(scramble(number), expected);
    }
  }
}
END_TEST

START_TEST(scrambled_neighbours_lie_apart) {
  const Scramble scramble(1'000'000, 1);
  int near = 0;
  for (uint64_t i = 0; i < 1000; ++i) {
    const auto distance = static_cast<int64_t>(scramble(i + 1)) - static_cast<int64_t>(scramble(i));
    near += std::abs(distance) < 1000 ? 1 : 0;
  }
  ck_assert_int_lt(near, 10);  // 2 of 1000 in a random order
}
END_TEST

START_TEST(uniform_reads_all_keys_alike) {
  assert_follows("uniform", std::vector<double>(1000, 1));
}
END_TEST

START_TEST(a_hot_set_gets_its_share) {
  std::vector<double> shares(1000, 10.0 / 900);
  std::fill_n(shares.begin(), 100, 90.0 / 100);
  assert_follows("hotset 10% 90% ordered", shares);
  assert_follows("hotset 10 90 ordered", shares);
}
END_TEST

START_TEST(gaussian_reads_follow_the_bell) {
  std::vector<double> shares(1000);
  for (size_t i = 0; i < shares.size(); ++i) {
    const double z = (static_cast<double>(i) - 500) / 100;
    shares[i] = test::normal_distribution(z + 0.01) - test::normal_distribution(z);
  }
  assert_follows("gaussian 10 ordered", shares);
}
END_TEST

START_TEST(exponential_reads_give_95_percent_to_their_part) {
  const std::vector<uint64_t> counts = counts_of("exponential 20% ordered", 1000);
  const uint64_t most = std::accumulate(counts.begin(), counts.begin() + 200, uint64_t{0});
  ck_assert_double_eq_tol(static_cast<double>(most) / kDraws, 0.95, 0.002);
  std::vector<double> shares(1000);
  const double mean = 200 / -std::log(0.05);
  for (size_t i = 0; i < shares.size(); ++i) shares[i] = std::exp(-static_cast<double>(i) / mean);
  assert_follows("exponential 20% ordered", shares);
}
END_TEST

START_TEST(sequential_threads_together_read_every_key_in_turn) {
  Random random(1);
  std::vector<uint64_t> counts(10);
  for (uint32_t thread = 0; thread < 3; ++thread) {
    Popularity drawn = popularity("sequential", 10, {.index = thread, .count = 3});
    for (int i = 0; i < 10; ++i) ++counts.at(drawn.read(random));
  }
  for (const uint64_t count : counts) ck_assert_uint_eq(count, 3);
  Popularity alone = popularity("sequential", 3);
  for (const uint64_t key : {0UL, 1UL, 2UL, 0UL, 1UL}) ck_assert_uint_eq(alone.read(random), key);
}
END_TEST

START_TEST(latest_writes_new_keys_and_reads_them_most) {
  Random random(1);
  Popularity drawn = popularity("latest", 1000, {.index = 1, .count = 4});
  std::map<uint64_t, int> reads;
  ck_assert_uint_eq(drawn.write(random), 1);  // key 997 was the thread's newest
  ck_assert_uint_eq(drawn.write(random), 5);
  for (int i = 0; i < 10'000; ++i) {
    const uint64_t key = drawn.read(random);
    ck_assert_uint_lt(key, 1000);
    ck_assert_uint_eq(key % 4, 1);
    ++reads[key];
  }
  ck_assert_int_gt(reads[5], reads[1]);
  ck_assert_int_gt(reads[1], reads[997]);
  ck_assert_int_gt(reads[997], reads[9]);  // the oldest
}
END_TEST

START_TEST(drift_replaces_the_most_popular_keys) {
  Popularity drawn(
      {.popularity = Setting("popularity", "hotset 1 100 ordered"), .keys = 1000, .drift_per_s = 5},
      {});
  Random random(1);
  std::set<uint64_t> before;
  for (int i = 0; i < 1000; ++i) before.insert(drawn.read(random));
  drawn.move_to(std::chrono::seconds(1));
  std::set<uint64_t> after;
  for (int i = 0; i < 1000; ++i) after.insert(drawn.read(random));
  const std::set<uint64_t> expected_before = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
  const std::set<uint64_t> expected_after = {995, 996, 997, 998, 999, 0, 1, 2, 3, 4};
  ck_assert(before == expected_before);
  ck_assert(after == expected_after);
}
END_TEST

START_TEST(one_hit_keys_never_come_again_in_any_thread) {
  std::set<uint64_t> seen;
  int once = 0;
  for (uint32_t thread = 0; thread < 2; ++thread) {
    Popularity drawn(
        {.popularity = Setting("popularity", "uniform"), .keys = 10, .one_hit_percent = 20},
        {.index = thread, .count = 2});
    Random random(thread);
    for (int i = 0; i < 10'000; ++i) {
      const uint64_t key = drawn.read(random);
      if (key < 10) continue;
      ++once;
      ck_assert(seen.insert(key).second);
    }
  }
  ck_assert_double_eq_tol(once / 20'000.0, 0.2, 0.01);
}
END_TEST

START_TEST(the_same_seed_asks_for_the_same_keys) {
  ck_assert(counts_of("zipf 0.8", 1000, 4) == counts_of("zipf 0.8", 1000, 4));
  ck_assert(counts_of("zipf 0.8", 1000, 4) != counts_of("zipf 0.8", 1000, 5));
}
END_TEST

std::string refusal_of(std::string_view text) {
  try {
    static_cast<void>(popularity(text, 100));
  } catch (const SetupError& error) {
    ck_assert_int_eq(static_cast<int>(error.code()), EX_CONFIG);
    return error.what();
  }
  return {};
}

START_TEST(a_wrong_text_is_refused_with_what_is_allowed) {
  ck_assert_text_eq(
      refusal_of("zipf 3"),
      "popularity: 'zipf 3' is refused: THETA is not between 0 and 3; allowed: uniform, zipf "
      "[THETA], sequential, gaussian [SD%], hotset K% T%, latest [THETA], exponential [K%], "
      "histogram FILE; all but sequential and latest with an optional `ordered`");
  for (const char* text : {"", "zipfian", "zipf 0", "zipf -1", "zipf x", "zipf 1 2", "hotset 10",
                           "hotset 0 90", "hotset 10 101", "sequential ordered", "gaussian 0",
                           "uniform ordered scrambled", "histogram", "histogram /nowhere"}) {
    ck_assert_msg(!refusal_of(text).empty(), "'%s' is taken", text);
  }
}
END_TEST

}  // namespace
}  // namespace pelikan::load

PELIKAN_TESTS("load/workload/popularity", pelikan::load::zipf_draws_follow_the_law_for_any_exponent,
              pelikan::load::zipf_without_an_exponent_is_that_of_ycsb,
              pelikan::load::zipf_near_exponent_one_has_no_step,
              pelikan::load::zipf_over_very_many_keys_stays_among_them,
              pelikan::load::one_key_is_always_that_key,
              pelikan::load::scrambling_moves_keys_and_keeps_their_shares,
              pelikan::load::a_scramble_is_a_bijection,
              pelikan::load::a_scramble_of_very_many_numbers_is_a_bijection,
              pelikan::load::scrambled_neighbours_lie_apart,
              pelikan::load::uniform_reads_all_keys_alike, pelikan::load::a_hot_set_gets_its_share,
              pelikan::load::gaussian_reads_follow_the_bell,
              pelikan::load::exponential_reads_give_95_percent_to_their_part,
              pelikan::load::sequential_threads_together_read_every_key_in_turn,
              pelikan::load::latest_writes_new_keys_and_reads_them_most,
              pelikan::load::drift_replaces_the_most_popular_keys,
              pelikan::load::one_hit_keys_never_come_again_in_any_thread,
              pelikan::load::the_same_seed_asks_for_the_same_keys,
              pelikan::load::a_wrong_text_is_refused_with_what_is_allowed)
