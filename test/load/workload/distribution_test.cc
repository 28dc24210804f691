#include "load/workload/distribution.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "load/packing.h"
#include "load/refusal.h"
#include "load/statistics.h"
#include "load/temporary_file.h"

#include "check.h"

namespace pelikan::load {
namespace {

using test::chi_square_z;
using test::kChiSquareLimit;
using test::kKolmogorovSmirnovLimit;
using test::refusal_of;
using test::TemporaryFile;

constexpr size_t kDraws = 100'000;

Distribution distribution(std::string_view text, Quantity quantity = Quantity::kValueBytes) {
  return {Setting("value_size", text), quantity};
}

std::vector<double> draws_of(const Distribution& distribution) {
  Random random(1);
  std::vector<double> draws;
  for (size_t i = 0; i < kDraws; ++i) draws.push_back(distribution.draw(random));
  return draws;
}

// Against the continuous distribution function: a draw is a whole number that stands for all that
// is rounded to it, so half a unit is added (`round`) or a whole one (`floor`), and the steps'
// height is within the limit while a number has less than a thousandth of the draws.
template <class Function>
void assert_follows(std::string_view text, double rounding, const Function& function,
                    Quantity quantity = Quantity::kValueBytes) {
  std::vector<double> draws = draws_of(distribution(text, quantity));
  std::ranges::sort(draws);
  double distance = 0;
  for (size_t i = 0; i < draws.size(); ++i) {
    const bool is_step = i + 1 == draws.size() || draws[i] != draws[i + 1];
    if (!is_step) continue;
    const double share = static_cast<double>(i + 1) / kDraws;
    distance = std::max(distance, std::abs(share - function(draws[i] + rounding)));
  }
  distance *= std::sqrt(kDraws);
  ck_assert_msg(distance < kKolmogorovSmirnovLimit, "%s: %f", std::string(text).c_str(), distance);
}

constexpr double kRounded = 0.5;
constexpr double kFloored = 1;

START_TEST(a_number_is_always_that_number) {
  for (const double draw : draws_of(distribution("100"))) ck_assert_double_eq(draw, 100);
  ck_assert_uint_eq(distribution("1.5k").max(), 1536);
  ck_assert_uint_eq(distribution("1MiB").max(), 1 << 20);
  ck_assert_uint_eq(distribution("90m", Quantity::kTtlSeconds).min(), 5400);
  ck_assert_uint_eq(distribution("0", Quantity::kTtlSeconds).max(), 0);
}
END_TEST

START_TEST(uniform_draws_have_both_ends) {
  std::vector<uint64_t> counts(11);
  for (const double draw : draws_of(distribution("uniform 20 30"))) {
    ++counts.at(static_cast<size_t>(draw) - 20);
  }
  ck_assert_double_lt(chi_square_z(counts, std::vector<double>(11, kDraws / 11.0)),
                      kChiSquareLimit);
}
END_TEST

START_TEST(open_distributions_follow_their_functions) {
  assert_follows("normal 5000 700", kRounded,
                 [](double x) { return test::normal_distribution((x - 5000) / 700); });
  assert_follows("lognormal 8 0.7", kRounded,
                 [](double x) { return test::normal_distribution((std::log(x) - 8) / 0.7); });
  assert_follows("gpareto 1000 3000 0.2", kFloored,
                 [](double x) { return 1 - std::pow(1 + 0.2 * (x - 1000) / 3000, -1 / 0.2); });
  assert_follows("gpareto 0 3000 0", kFloored, [](double x) { return -std::expm1(-x / 3000); });
  assert_follows("gev 9000 800 0.08", kRounded, [](double x) {
    return std::exp(-std::pow(1 + 0.08 * (x - 9000) / 800, -1 / 0.08));
  });
  assert_follows("gev 9000 800 0", kRounded,
                 [](double x) { return std::exp(-std::exp(-(x - 9000) / 800)); });
}
END_TEST

START_TEST(a_list_follows_its_weights) {
  std::vector<uint64_t> counts(3);
  for (const double draw : draws_of(distribution("list 32:50,1k:40,64k:10"))) {
    ck_assert(draw == 32 || draw == 1024 || draw == 65'536);
    ++counts[draw == 32 ? 0 : draw == 1024 ? 1 : 2];
  }
  ck_assert_double_lt(chi_square_z(counts, std::vector<double>{50'000, 40'000, 10'000}),
                      kChiSquareLimit);
}
END_TEST

START_TEST(ttls_follow_their_mix) {
  std::vector<uint64_t> counts(3);
  for (const double draw :
       draws_of(distribution("list 1m:30,1h:60,1d:10", Quantity::kTtlSeconds))) {
    ck_assert(draw == 60 || draw == 3600 || draw == 86'400);
    ++counts[draw == 60 ? 0 : draw == 3600 ? 1 : 2];
  }
  ck_assert_double_lt(chi_square_z(counts, std::vector<double>{30'000, 60'000, 10'000}),
                      kChiSquareLimit);
}
END_TEST

START_TEST(a_drawn_ttl_is_never_that_of_for_ever) {
  const Distribution ttls = distribution("lognormal 0 2", Quantity::kTtlSeconds);
  ck_assert_uint_eq(ttls.min(), 1);
  for (const double draw : draws_of(ttls)) ck_assert_double_ge(draw, 1);
}
END_TEST

// The shares of table 5 of the paper, and of the Pareto behind them.
START_TEST(facebook_values_follow_the_paper) {
  std::vector<uint64_t> counts(17);
  for (const double draw : draws_of(distribution("fb_etc"))) {
    ++counts[draw < 15 ? static_cast<size_t>(draw) : draw < 200 ? 15 : 16];
  }
  std::vector<double> shares = {0.00536, 0.00047, 0.17820, 0.09239, 0.00018,
                                0.02740, 0.00065, 0.00606, 0.00023, 0.00837,
                                0.00837, 0.08989, 0.00092, 0.00326, 0.01980};
  double rest = 1;
  for (const double share : shares) rest -= share;
  const double small = 1 - std::pow(1 + 0.348238 * (200 - 15) / 214.476, -1 / 0.348238);
  shares.push_back(rest * small);
  shares.push_back(rest * (1 - small));
  for (double& share : shares) share *= kDraws;
  ck_assert_double_lt(chi_square_z(counts, shares), kChiSquareLimit);
}
END_TEST

START_TEST(facebook_keys_follow_the_paper) {
  const std::vector<double> draws = draws_of(distribution("fb_etc", Quantity::kKeyBytes));
  double below = 0;
  for (const double draw : draws) below += draw <= 36 ? 1 : 0;
  const double share =
      std::exp(-std::pow(1 + 0.078688 * (36.5 - 30.7984) / 8.20449, -1 / 0.078688));
  ck_assert_double_eq_tol(below / kDraws, share, 0.005);
}
END_TEST

START_TEST(measured_sizes_are_drawn_as_measured) {
  for (const std::string& content :
       {std::string("# from to weight\n0 9 1\n100 100 2\n1k 2k 1\n"),
        test::zstd_packed("{\"valSizeRange\": [0, 10, 100, 101, 1024, 2049],"
                          " \"valSizeRangeProbability\": [5, 0, 0, 0, 5, 0]}")}) {
    const TemporaryFile file(content);
    const Distribution sizes = distribution("file " + file.path());
    const bool is_text = content.starts_with('#');
    std::vector<uint64_t> counts(4);
    for (const double draw : draws_of(sizes)) {
      ++counts[draw < 10 ? 0 : draw == 100 ? 1 : draw >= 1024 && draw <= 2048 ? 2 : 3];
    }
    const std::vector<double> expected = is_text ? std::vector<double>{25'000, 50'000, 25'000, 0}
                                                 : std::vector<double>{50'000, 0, 50'000, 0};
    ck_assert_uint_eq(counts[3], 0);
    ck_assert_double_lt(chi_square_z(counts, expected), kChiSquareLimit);
  }
}
END_TEST

START_TEST(wrong_files_are_refused) {
  const auto refused = [](std::string_view content) {
    const TemporaryFile file(content);
    return !refusal_of([&] { distribution("file " + file.path()); }).empty();
  };
  ck_assert(!refused("1 2 3\n"));
  ck_assert(refused(""));
  ck_assert(refused("1 2\n"));
  ck_assert(refused("2 1 3\n"));
  ck_assert(refused("1 2 0\n"));
  ck_assert(refused("1 2 -1\n"));
  ck_assert(refused("1 2g 1\n"));
  ck_assert(refused("{"));
  ck_assert(refused("{\"valSizeRange\": [1, 2]}"));
  ck_assert(refused("{\"valSizeRange\": [2, 1], \"valSizeRangeProbability\": [1, 1]}"));
  ck_assert(refused("{\"valSizeRange\": [1, 2], \"valSizeRangeProbability\": [1]}"));
  ck_assert(refused("{\"valSizeRange\": [-1, 2], \"valSizeRangeProbability\": [1, 1]}"));
}
END_TEST

START_TEST(what_belongs_to_a_key_stays_the_same) {
  const Distribution sizes = distribution("lognormal 5 1");
  std::vector<double> draws;
  for (uint64_t key = 0; key < kDraws; ++key) {
    draws.push_back(sizes.draw_for(9, key));
    ck_assert_double_eq(draws.back(), sizes.draw_for(9, key));
  }
  ck_assert_uint_ne(sizes.draw_for(9, 1), sizes.draw_for(10, 1));
  double logs = 0;
  for (const double draw : draws) logs += std::log(std::max(draw, 0.5));
  ck_assert_double_eq_tol(logs / kDraws, 5, 0.02);
}
END_TEST

START_TEST(wrong_texts_are_refused) {
  const std::string sentence = refusal_of([] { distribution("uniform 20 10"); });
  ck_assert_text_eq(sentence.substr(0, sentence.find(';')),
                    "value_size: 'uniform 20 10' is refused: B 10 is below 20");
  for (const char* text : {"",
                           "x",
                           "-1",
                           "1 2",
                           "65m",
                           "uniform 1",
                           "normal 10 -1",
                           "lognormal 1 0",
                           "lognormal 1",
                           "gpareto 1 0 1",
                           "gpareto 1 1",
                           "list",
                           "list 1",
                           "list 1:",
                           "list 1:0",
                           "list x:1",
                           "list 1:-1",
                           "list 65m:1",
                           "fb_etc 2",
                           "file",
                           "file /nowhere",
                           "zipf 0.9"}) {
    ck_assert_msg(!refusal_of([text] { distribution(text); }).empty(), "'%s' is taken", text);
  }
  for (const char* text : {"31d", "fb_etc", "list 31d:1", "1w"}) {
    const auto take = [text] { distribution(text, Quantity::kTtlSeconds); };
    ck_assert_msg(!refusal_of(take).empty(), "TTL '%s' is taken", text);
  }
  for (const char* text : {"0", "251", "uniform 0 10"}) {
    const auto take = [text] { distribution(text, Quantity::kKeyBytes); };
    ck_assert_msg(!refusal_of(take).empty(), "key size '%s' is taken", text);
  }
}
END_TEST

}  // namespace
}  // namespace pelikan::load

PELIKAN_TESTS("load/workload/distribution", pelikan::load::a_number_is_always_that_number,
              pelikan::load::uniform_draws_have_both_ends,
              pelikan::load::open_distributions_follow_their_functions,
              pelikan::load::a_list_follows_its_weights, pelikan::load::ttls_follow_their_mix,
              pelikan::load::a_drawn_ttl_is_never_that_of_for_ever,
              pelikan::load::facebook_values_follow_the_paper,
              pelikan::load::facebook_keys_follow_the_paper,
              pelikan::load::measured_sizes_are_drawn_as_measured,
              pelikan::load::wrong_files_are_refused,
              pelikan::load::what_belongs_to_a_key_stays_the_same,
              pelikan::load::wrong_texts_are_refused)
