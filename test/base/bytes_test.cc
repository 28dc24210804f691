#include "base/bytes.h"

#include <string>

#include "check.h"

using namespace pelikan;

namespace {

START_TEST(a_number_without_sign_is_the_whole_text_in_64_bits) {
  ck_assert_uint_eq(parse_u64("0").value_or(1), 0);
  ck_assert_uint_eq(parse_u64("007").value_or(0), 7);
  ck_assert_uint_eq(parse_u64("18446744073709551615").value_or(0), UINT64_MAX);
  for (const char* text : {"", " 1", "1 ", "+1", "-1", "-0", "1.0", "0x1", "1k",
                           "18446744073709551616", "99999999999999999999999"}) {
    ck_assert_msg(!parse_u64(text), "'%s'", text);
  }
}
END_TEST

START_TEST(a_number_with_sign_reaches_both_ends) {
  ck_assert_int_eq(parse_i64("-9223372036854775808").value_or(0), INT64_MIN);
  ck_assert_int_eq(parse_i64("9223372036854775807").value_or(0), INT64_MAX);
  ck_assert_int_eq(parse_i64("-0").value_or(1), 0);
  for (const char* text :
       {"", "-", "--1", "+1", " -1", "9223372036854775808", "-9223372036854775809"}) {
    ck_assert_msg(!parse_i64(text), "'%s'", text);
  }
}
END_TEST

START_TEST(a_number_is_written_in_its_digits) {
  char digits[kMaxDecimal];
  for (const uint64_t number : {uint64_t{0}, uint64_t{9}, uint64_t{10}, UINT64_MAX}) {
    const char* end = write_u64(digits, number);
    ck_assert_text_eq(std::string_view(digits, static_cast<size_t>(end - digits)),
                      std::to_string(number));
    const Decimal decimal(number);
    ck_assert_text_eq(decimal.text(), std::to_string(number));
  }
}
END_TEST

}  // namespace

PELIKAN_TESTS("base/bytes", a_number_without_sign_is_the_whole_text_in_64_bits,
              a_number_with_sign_reaches_both_ends, a_number_is_written_in_its_digits)
