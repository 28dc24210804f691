#include "protocol/memcache/scan.h"

#include <string>

#include "padded.h"

#include "check.h"

namespace pelikan::memcache {
namespace {

using test::Padded;

const char* find_naively(const char* p, const char* end) {
  while (p<end&& static_cast<unsigned char>(*p)> ' ') ++p;
  return p;
}

START_TEST(every_byte_value_at_every_place_is_judged_alike_by_both_scanners) {
  for (int byte = 0; byte < 256; ++byte) {
    for (size_t place = 0; place < 40; ++place) {
      std::string text(40, 'k');
      text[place] = static_cast<char>(byte);
      const Padded input(text);
      const char* begin = input.text().data();
      const char* end = begin + input.text().size();
      const char* expected = find_naively(begin, end);
      ck_assert_ptr_eq(find_low_byte(begin, end), expected);
      ck_assert_ptr_eq(find_low_byte_portable(begin, end), expected);
    }
  }
}
END_TEST

START_TEST(the_first_of_several_low_bytes_is_found) {
  const Padded input("key\t with \x01 bytes");
  const char* begin = input.text().data();
  const char* end = begin + input.text().size();
  ck_assert_ptr_eq(find_low_byte(begin, end), begin + 3);
  ck_assert_ptr_eq(find_low_byte_portable(begin, end), begin + 3);
}
END_TEST

START_TEST(bytes_behind_the_input_are_no_separators) {
  for (size_t size = 0; size < 40; ++size) {
    const Padded input(std::string(size, 'k'));
    const char* begin = input.text().data();
    ck_assert_ptr_eq(find_low_byte(begin, begin + size), begin + size);
    ck_assert_ptr_eq(find_low_byte_portable(begin, begin + size), begin + size);
  }
}
END_TEST

size_t word_size(std::string_view text) {
  const Padded input(text);
  const char* begin = input.text().data();
  return static_cast<size_t>(find_word_end(begin, begin + text.size()) - begin);
}

START_TEST(a_word_ends_at_a_space_or_a_line_end_and_holds_control_bytes) {
  ck_assert_uint_eq(word_size("key rest"), 3);
  ck_assert_uint_eq(word_size("key\n"), 3);
  ck_assert_uint_eq(word_size("key\r\n"), 3);
  ck_assert_uint_eq(word_size("k\te\x01y\xff\r\n"), 6);
  ck_assert_uint_eq(word_size("k\ry\r\n"), 3);
  ck_assert_uint_eq(word_size("k\r\r\n"), 2);
}
END_TEST

START_TEST(a_carriage_return_at_the_end_of_the_input_is_left_undecided) {
  ck_assert_uint_eq(word_size("key\r"), 3);
  ck_assert_uint_eq(word_size("key"), 3);
  const Padded cut("\r");
  ck_assert(line_end_at(cut.text().data(), cut.text().data() + 1) == LineEnd::kCut);
}
END_TEST

START_TEST(the_second_word_is_what_may_be_a_key) {
  const auto second = [](std::string_view text) {
    return std::string(second_word(Padded(text).text()));
  };
  ck_assert_text_eq(second("get key\r\n"), "key");
  ck_assert_text_eq(second("set a 0 0 1\r\nb\r\n"), "a");
  ck_assert_text_eq(second("get unfinishe"), "unfinishe");
  ck_assert_text_eq(second("quit"), "");
  ck_assert_text_eq(second(""), "");
  ck_assert_uint_lt(second("get " + std::string(5000, 'k')).size(), 300);
}
END_TEST

}  // namespace
}  // namespace pelikan::memcache

using namespace pelikan::memcache;
PELIKAN_TESTS("protocol/memcache/scan",
              every_byte_value_at_every_place_is_judged_alike_by_both_scanners,
              the_first_of_several_low_bytes_is_found, bytes_behind_the_input_are_no_separators,
              a_word_ends_at_a_space_or_a_line_end_and_holds_control_bytes,
              a_carriage_return_at_the_end_of_the_input_is_left_undecided,
              the_second_word_is_what_may_be_a_key)
