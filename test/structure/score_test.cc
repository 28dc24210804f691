#include "structure/score.h"

#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <random>
#include <string>
#include <string_view>

#include "check.h"

namespace {

using namespace pelikan::structure;

std::string text_of(double score) {
  char bytes[kMaxScore];
  return {bytes, write_score(bytes, score)};
}

constexpr double kInfinity = std::numeric_limits<double>::infinity();

}  // namespace

START_TEST(scores_are_written_as_new_redis_writes_them) {
  ck_assert_text_eq(text_of(0), "0");
  ck_assert_text_eq(text_of(-0.0), "-0");
  ck_assert_text_eq(text_of(3), "3");
  ck_assert_text_eq(text_of(-17), "-17");
  ck_assert_text_eq(text_of(0.1), "0.1");
  ck_assert_text_eq(text_of(0.1 + 0.2), "0.30000000000000004");
  ck_assert_text_eq(text_of(-2.5), "-2.5");
  ck_assert_text_eq(text_of(1234.5678), "1234.5678");
  ck_assert_text_eq(text_of(0.000001), "0.000001");
  ck_assert_text_eq(text_of(0.0000001), "1e-7");
  ck_assert_text_eq(text_of(0.0015), "0.0015");
  ck_assert_text_eq(text_of(123456.789012345), "1.23456789012345e+5");
  ck_assert_text_eq(text_of(1e7), "10000000");
  ck_assert_text_eq(text_of(1e18), "1000000000000000000");
  ck_assert_text_eq(text_of(1e20), "1e+20");
  ck_assert_text_eq(text_of(1.5e300), "1.5e+300");
  ck_assert_text_eq(text_of(12345678901234567e5), "1234567890123456800000");
  ck_assert_text_eq(text_of(5e-324), "5e-324");
  ck_assert_text_eq(text_of(kInfinity), "inf");
  ck_assert_text_eq(text_of(-kInfinity), "-inf");
}
END_TEST

START_TEST(what_is_written_reads_back_as_the_same_number) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 20'000; ++i) {
    const uint64_t bits = random();
    double score = 0;
    std::memcpy(&score, &bits, sizeof score);
    if (i % 2 == 0) score = static_cast<double>(static_cast<int64_t>(bits) >> 20) / 1000;
    if (std::isnan(score)) continue;
    const std::string text = text_of(score);
    ck_assert_uint_le(text.size(), kMaxScore);
    const auto back = parse_score(text);
    ck_assert_msg(back && *back == score, "%s", text.c_str());
  }
}
END_TEST

START_TEST(texts_that_redis_takes_are_scores) {
  ck_assert(parse_score("1") == 1.0);
  ck_assert(parse_score("+1.5") == 1.5);
  ck_assert(parse_score("-.5") == -0.5);
  ck_assert(parse_score("5.") == 5.0);
  ck_assert(parse_score("1e3") == 1000.0);
  ck_assert(parse_score("0x1f") == 31.0);
  ck_assert(parse_score("-0X1p4") == -16.0);
  for (const std::string_view text : {"inf", "+inf", "INF", "infinity", "+Infinity"}) {
    ck_assert(parse_score(text) == kInfinity);
  }
  ck_assert(parse_score("-inf") == -kInfinity);
  ck_assert(std::signbit(*parse_score("-0")));
}
END_TEST

START_TEST(other_texts_are_no_scores) {
  for (const std::string_view text :
       {"",   "-",  "+",   " 1",    "1 ",     "1a",     "nan", "-nan", "NaN", "--1", "+-1", "-+1",
        "1e", "0x", "0xg", "1e400", "-1e400", "1e-400", "i",   "in",   "(1",  "1,5", "."}) {
    ck_assert_msg(!parse_score(text), "%s", std::string(text).c_str());
  }
}
END_TEST

PELIKAN_TESTS("structure/score", scores_are_written_as_new_redis_writes_them,
              what_is_written_reads_back_as_the_same_number, texts_that_redis_takes_are_scores,
              other_texts_are_no_scores)
