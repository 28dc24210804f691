#include "base/text_table.h"

#include "check.h"

using namespace pelikan;

namespace {

START_TEST(columns_are_as_wide_as_their_widest_cell) {
  TextTable table({"a", "long header", "meaning"});
  table.add({"1234", "x", "one"});
  table.add({"", "", ""});
  ck_assert_text_eq(table.plain(),
                    "a     long header  meaning\n"
                    "1234  x            one\n"
                    "                   \n");
}
END_TEST

START_TEST(the_last_column_breaks_between_words) {
  TextTable table({"name", "meaning"});
  table.add({"key",
             "0123456789 0123456789 01234567 exactly_thirty_letters_long_ab "
             "anything_longer_stays_as_it_is_here x"});
  ck_assert_text_eq(table.plain(20),
                    "name  meaning\n"
                    "key   0123456789 0123456789 01234567\n"
                    "      exactly_thirty_letters_long_ab\n"
                    "      anything_longer_stays_as_it_is_here\n"
                    "      x\n");
}
END_TEST

START_TEST(a_row_with_too_few_cells_aborts) {
  TextTable table({"name", "type"});
  ck_assert_aborts(table.add({"a"}));
}
END_TEST

}  // namespace

PELIKAN_TESTS("base/text_table", columns_are_as_wide_as_their_widest_cell,
              the_last_column_breaks_between_words, a_row_with_too_few_cells_aborts)
