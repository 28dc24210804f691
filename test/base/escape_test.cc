#include "base/escape.h"

#include "check.h"

using namespace pelikan;

namespace {

std::string_view write_into(std::string_view text, char* out, size_t room) {
  return {out, static_cast<size_t>(write_escaped(text, out, out + room).out - out)};
}

START_TEST(printable_ascii_stays) {
  std::string all;
  for (char c = 0x20; c < 0x7f; ++c) all.push_back(c);
  ck_assert_text_eq(escaped(all, 100), all);
}
END_TEST

START_TEST(every_other_byte_becomes_four) {
  using namespace std::string_view_literals;
  ck_assert_text_eq(escaped("a\r\n\0\x7f\x80\xff\x1b[0m"sv),
                    "a\\x0d\\x0a\\x00\\x7f\\x80\\xff\\x1b[0m");
}
END_TEST

START_TEST(text_that_does_not_fit_is_cut_between_two_escapes) {
  char room[16];
  ck_assert_text_eq(write_into("ab\ncd", room, 7), "ab\\x0ac");
  ck_assert_text_eq(write_into("ab\ncd", room, 6), "ab\\x0a");
  ck_assert_text_eq(write_into("ab\ncd", room, 5), "ab");
  ck_assert_text_eq(write_into("ab\ncd", room, 0), "");
  ck_assert(write_escaped("ab\n", room, room + 6).is_whole);
  ck_assert(!write_escaped("ab\n", room, room + 5).is_whole);
}
END_TEST

START_TEST(a_long_text_ends_in_dots) {
  ck_assert_text_eq(escaped("0123456789", 10), "0123456789");
  ck_assert_text_eq(escaped("0123456789a", 10), "0123456...");
}
END_TEST

}  // namespace

PELIKAN_TESTS("base/escape", printable_ascii_stays, every_other_byte_becomes_four,
              text_that_does_not_fit_is_cut_between_two_escapes, a_long_text_ends_in_dots)
