// Numbers in text. Expected texts are what redis-server answers to INCR and INCRBYFLOAT.
#include "protocol/resp/numbers.h"

#include <array>
#include <limits>
#include <string>
#include <string_view>

#include "check.h"

using namespace pelikan::resp;

namespace {

std::string long_double_text(long double number) {
  std::string text(kMaxLongDouble, '\0');
  text.resize(static_cast<size_t>(write_long_double(text.data(), number) - text.data()));
  return text;
}

std::string double_text(double number) {
  std::array<char, kMaxDouble> text;
  return {text.data(), write_double(text.data(), number)};
}

std::string sum(std::string_view a, std::string_view b) {
  return long_double_text(*parse_long_double(a) + *parse_long_double(b));
}

}  // namespace

START_TEST(integers_are_taken_strictly) {
  struct Case {
    const char* text;
    int64_t number;
  };
  for (const Case& expected : {Case{"0", 0}, Case{"-1", -1}, Case{"10", 10},
                               Case{"9223372036854775807", std::numeric_limits<int64_t>::max()},
                               Case{"-9223372036854775808", std::numeric_limits<int64_t>::min()}}) {
    const auto number = parse_integer(expected.text);
    ck_assert_msg(number == expected.number, "%s", expected.text);
    std::array<char, kMaxInteger> text;
    ck_assert_text_eq(std::string(text.data(), write_integer(text.data(), *number)), expected.text);
  }
  for (const char* text :
       {"", "-", "+1", "01", "-0", "-01", " 1", "1 ", "1.0", "1e2", "0x1", "x", "--1",
        "9223372036854775808", "-9223372036854775809", "123456789012345678901"}) {
    ck_assert_msg(!parse_integer(text), "'%s' is not an integer", text);
  }
}
END_TEST

START_TEST(floats_are_what_strtold_takes_without_blanks_and_nan) {
  for (const char* text :
       {"1", "-1.5", "+1", "1e5", ".5", "5.", "0x10", "inf", "-infinity", "1 e"}) {
    const bool is_float = std::string_view(text) != "1 e";
    ck_assert_msg(parse_long_double(text).has_value() == is_float, "'%s'", text);
  }
  for (const char* text : {"", " 1", "1 ", "abc", "1.2.3", "nan", "-nan", "1e100000"}) {
    ck_assert_msg(!parse_long_double(text), "'%s' is not a float", text);
  }
  ck_assert(!parse_long_double(std::string(6'000, '1')));
  ck_assert(!parse_long_double(std::string_view("1\0", 2)));
}
END_TEST

START_TEST(long_doubles_are_written_without_exponent_and_trailing_zeros) {
  ck_assert_text_eq(sum("0.1", "0.2"), "0.3");
  ck_assert_text_eq(sum("10.50", "0.1"), "10.6");
  ck_assert_text_eq(sum("5.0e3", "200"), "5200");
  ck_assert_text_eq(sum("3", "-3"), "0");
  ck_assert_text_eq(sum("1e20", "0"), "100000000000000000000");
  ck_assert_text_eq(sum("0", "1e-10"), "0.0000000001");
  ck_assert_text_eq(sum("0", "-1e-30"), "0");
  ck_assert_text_eq(sum("0", "inf"), "inf");
  const std::string longest = long_double_text(std::numeric_limits<long double>::max());
  ck_assert_uint_eq(longest.size(), 4'933);
}
END_TEST

START_TEST(doubles_are_written_in_their_shortest_form) {
  ck_assert_text_eq(double_text(0.1), "0.1");
  ck_assert_text_eq(double_text(3), "3");
  ck_assert_text_eq(double_text(1e20), "1e+20");
  ck_assert_text_eq(double_text(-0.25), "-0.25");
  ck_assert_text_eq(double_text(std::numeric_limits<double>::infinity()), "inf");
  ck_assert_text_eq(double_text(-std::numeric_limits<double>::infinity()), "-inf");
  ck_assert_uint_le(double_text(-std::numeric_limits<double>::min()).size(), kMaxDouble);
}
END_TEST

PELIKAN_TESTS("protocol/resp/numbers", integers_are_taken_strictly,
              floats_are_what_strtold_takes_without_blanks_and_nan,
              long_doubles_are_written_without_exponent_and_trailing_zeros,
              doubles_are_written_in_their_shortest_form)
