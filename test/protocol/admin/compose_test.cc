#include "protocol/admin/compose.h"

#include <cstdint>

#include "check.h"

namespace pelikan::admin {
namespace {

START_TEST(a_stat_is_a_name_and_a_value_on_a_line) {
  std::string out;
  append_stat(out, "uptime", 12);
  append_stat(out, "bytes", UINT64_MAX);
  append_stat(out, "version", "0.1.0");
  out += kEnd;
  ck_assert_text_eq(
      out, "STAT uptime 12\r\nSTAT bytes 18446744073709551615\r\nSTAT version 0.1.0\r\nEND\r\n");
}
END_TEST

START_TEST(the_version_line_names_the_version) {
  std::string out;
  append_version(out, "0.1.0");
  ck_assert_text_eq(out, "VERSION 0.1.0\r\n");
}
END_TEST

}  // namespace
}  // namespace pelikan::admin

PELIKAN_TESTS("protocol/admin/compose", pelikan::admin::a_stat_is_a_name_and_a_value_on_a_line,
              pelikan::admin::the_version_line_names_the_version)
