#include "structure/cell.h"

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "check.h"

namespace {

using namespace pelikan;
using namespace pelikan::structure;

std::string cell_of(const Element& element) {
  std::string bytes(element.size(), '\0');
  ck_assert_ptr_eq(element.write(bytes.data()), bytes.data() + bytes.size());
  return bytes;
}
std::string cell_of(std::string_view text) { return cell_of(Element(text)); }

size_t cell_size(std::string_view text) { return cell_of(text).size(); }

}  // namespace

START_TEST(an_element_comes_out_as_it_went_in) {
  std::vector<std::string> texts{"",
                                 "a",
                                 "00",
                                 "-0",
                                 "+1",
                                 "01",
                                 " 1",
                                 "1 ",
                                 "-",
                                 "9223372036854775808",
                                 "-9223372036854775809",
                                 "1e3",
                                 "0x10",
                                 std::string("\0\xff", 2)};
  for (const size_t size : {127U, 128U, 4223U, 4224U, 70'000U}) texts.emplace_back(size, 'x');
  for (const int64_t number : {int64_t{0}, int64_t{63}, int64_t{64}, int64_t{8255}, int64_t{8256},
                               int64_t{32'767}, int64_t{32'768}, int64_t{1} << 23, int64_t{1} << 31,
                               int64_t{1} << 39, int64_t{1} << 55, INT64_MAX}) {
    texts.push_back(std::to_string(number));
    texts.push_back(std::to_string(-number));
  }
  texts.push_back(std::to_string(INT64_MIN));
  for (const std::string& text : texts) {
    const std::string bytes = cell_of(text);
    ck_assert(Cell::is_valid(bytes.data(), bytes.data() + bytes.size()));
    const Cell cell(bytes.data());
    ck_assert_uint_eq(cell.size(), bytes.size());
    ck_assert_text_eq(cell.text().view(), text);
    ck_assert(Element(std::string_view(text)).is_in(cell));
    ck_assert_text_eq(cell_of(Element(cell)), bytes);
    ck_assert_text_eq(Element(std::string_view(text)).text().view(), text);
  }
}
END_TEST

START_TEST(numbers_take_few_bytes) {
  ck_assert_uint_eq(cell_size("0"), 1);
  ck_assert_uint_eq(cell_size("63"), 1);
  ck_assert_uint_eq(cell_size("64"), 2);
  ck_assert_uint_eq(cell_size("8255"), 2);
  ck_assert_uint_eq(cell_size("-1"), 2);
  ck_assert_uint_eq(cell_size("-128"), 2);
  ck_assert_uint_eq(cell_size("-129"), 3);
  ck_assert_uint_eq(cell_size("32767"), 3);
  ck_assert_uint_eq(cell_size("32768"), 4);
  ck_assert_uint_eq(cell_size("1763740800"), 5);
  ck_assert_uint_eq(cell_size("9223372036854775807"), 9);
}
END_TEST

START_TEST(texts_take_one_two_or_five_bytes_more) {
  ck_assert_uint_eq(cell_size(""), 1);
  ck_assert_uint_eq(cell_size(std::string(127, 'x')), 128);
  ck_assert_uint_eq(cell_size(std::string(128, 'x')), 130);
  ck_assert_uint_eq(cell_size(std::string(4223, 'x')), 4225);
  ck_assert_uint_eq(cell_size(std::string(4224, 'x')), 4229);
}
END_TEST

START_TEST(only_the_same_element_is_in_a_cell) {
  const std::vector<std::string> texts{"", "a", "ab", "1", "11", "01", std::string(128, 'a')};
  for (const std::string& stored : texts) {
    const std::string bytes = cell_of(stored);
    for (const std::string& asked : texts) {
      ck_assert_int_eq(Element(std::string_view(asked)).is_in(Cell(bytes.data())), asked == stored);
    }
  }
}
END_TEST

START_TEST(equal_elements_have_equal_hashes_wherever_they_stand) {
  const KeyedHash hash(7);
  for (const std::string_view text : {"name", "12", "-70000", ""}) {
    const std::string bytes = cell_of(text);
    ck_assert_uint_eq(Element(text).hash(hash), Cell(bytes.data()).hash(hash));
    ck_assert_uint_eq(Element(Cell(bytes.data())).hash(hash), Element(text).hash(hash));
    ck_assert_uint_ne(Element(text).hash(hash), Element(text).hash(KeyedHash(8)));
  }
}
END_TEST

START_TEST(cells_are_ordered_as_their_texts) {
  const std::vector<std::string> ascending{"", "-1", "-2", "10", "9", "9a", "\xff"};
  for (size_t i = 0; i < ascending.size(); ++i) {
    for (size_t j = 0; j < ascending.size(); ++j) {
      const std::string left = cell_of(ascending[i]);
      const std::string right = cell_of(ascending[j]);
      const int order = Cell(left.data()).compare(Cell(right.data()));
      ck_assert_int_eq(order < 0, i < j);
      ck_assert_int_eq(order > 0, i > j);
    }
  }
}
END_TEST

START_TEST(a_score_keeps_every_bit) {
  const double infinity = std::numeric_limits<double>::infinity();
  for (const double score : {0.0, 1.0, -1.0, 0.1, 1e20, 9007199254740991.0, 9007199254740992.0,
                             -9223372036854775808.0, infinity, -infinity, 5e-324}) {
    const std::string bytes = cell_of(Element::of_score(score));
    ck_assert(Cell(bytes.data()).is_score());
    ck_assert(Cell(bytes.data()).score() == score);
  }
  const std::string zero = cell_of(Element::of_score(-0.0));
  ck_assert(std::signbit(Cell(zero.data()).score()));
  ck_assert_uint_eq(cell_of(Element::of_score(42)).size(), 1);
  ck_assert_uint_eq(cell_of(Element::of_score(1.5)).size(), 9);
}
END_TEST

START_TEST(a_cell_that_is_cut_off_is_not_valid) {
  for (const std::string& text :
       {std::string("abc"), std::string("12345678"), std::string(200, 'x'), std::string(5000, 'x'),
        std::string("100")}) {
    const std::string bytes = cell_of(text);
    for (size_t size = 0; size < bytes.size(); ++size) {
      const std::string cut = bytes.substr(0, size);  // so that a sanitizer sees its end
      ck_assert(!Cell::is_valid(cut.data(), cut.data() + cut.size()));
    }
  }
  for (unsigned first = 0xea; first < 0xf0; ++first) {
    const std::string bytes(64, static_cast<char>(first));
    ck_assert(!Cell::is_valid(bytes.data(), bytes.data() + bytes.size()));
  }
}
END_TEST

PELIKAN_TESTS("structure/cell", an_element_comes_out_as_it_went_in, numbers_take_few_bytes,
              texts_take_one_two_or_five_bytes_more, only_the_same_element_is_in_a_cell,
              equal_elements_have_equal_hashes_wherever_they_stand,
              cells_are_ordered_as_their_texts, a_score_keeps_every_bit,
              a_cell_that_is_cut_off_is_not_valid)
