#include "log/klog_line.h"

#include <string>

#include "check.h"

using namespace pelikan;

namespace {

std::string escaped_by_klog(std::string_view text) {
  KlogLine line("tcp:1", " ");
  line.put_escaped(text);
  return std::string(line.text().substr(6));
}

START_TEST(printable_text_stays_at_every_length) {
  std::string text;
  for (size_t size = 0; size <= 250; ++size) {
    ck_assert_text_eq(escaped_by_klog(text), text);
    const char next = static_cast<char>('!' + size % 94);
    text += next == '"' || next == '\\' ? '_' : next;
  }
}
END_TEST

START_TEST(each_byte_that_is_not_plain_is_escaped_wherever_it_stands) {
  for (int byte = 0; byte < 256; ++byte) {
    const char c = static_cast<char>(byte);
    char escape[8];
    std::snprintf(escape, sizeof escape, "\\x%02x", static_cast<unsigned>(byte));
    const bool is_plain = byte > ' ' && byte < 0x7f && c != '"' && c != '\\';
    const std::string expected = is_plain ? std::string(1, c) : escape;
    for (size_t size = 0; size < 40; ++size) {
      for (const size_t before : {size_t{0}, size / 2, size}) {
        const std::string left(before, 'l');
        const std::string right(size - before, 'r');
        ck_assert_text_eq(escaped_by_klog(left + c + right), left + expected + right);
      }
    }
  }
}
END_TEST

START_TEST(the_longest_peer_and_key_fit_with_every_byte_escaped) {
  const std::string peer = "unix:" + std::string(108, '\1');
  KlogLine line(peer, " - [31/Jan/2026:09:30:00 +0000] \"");
  line.put("prepend ");
  const std::string key(250, '\xff');
  line.put_escaped(key);
  line.put_number(uint64_t{18446744073709551615U});
  std::string expected = "unix:";
  for (size_t i = 0; i < 108; ++i) expected += "\\x01";
  expected += " - [31/Jan/2026:09:30:00 +0000] \"prepend ";
  for (size_t i = 0; i < 250; ++i) expected += "\\xff";
  ck_assert_text_eq(line.text(), expected + "18446744073709551615");
}
END_TEST

START_TEST(a_text_without_end_leaves_room_for_the_rest) {
  KlogLine line("tcp:1", " ");
  line.put_escaped(std::string(100'000, 'k'));
  for (int i = 0; i < 4; ++i) line.put_number(int64_t{-9223372036854775807});
  ck_assert(line.text().find("kkk...-9223372036854775807") != std::string_view::npos);
  ck_assert_uint_lt(line.text().size(), 2048);
}
END_TEST

}  // namespace

PELIKAN_TESTS("log/klog_line", printable_text_stays_at_every_length,
              each_byte_that_is_not_plain_is_escaped_wherever_it_stands,
              the_longest_peer_and_key_fit_with_every_byte_escaped,
              a_text_without_end_leaves_room_for_the_rest)
