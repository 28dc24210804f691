#include "event/http_head.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "check.h"

namespace pelikan {
namespace {

using namespace std::string_view_literals;

bool is_ambiguous(std::string_view bytes, size_t piece) {
  HttpHead head;
  while (!bytes.empty()) {
    head.read(bytes.substr(0, piece));
    bytes.remove_prefix(std::min(piece, bytes.size()));
  }
  return head.is_ambiguous();
}

void expect(std::string_view bytes, bool ambiguous) {
  for (const size_t piece : {size_t{1}, size_t{3}, bytes.size()}) {
    ck_assert_msg(is_ambiguous(bytes, piece) == ambiguous, "%s in pieces of %zu",
                  std::string(bytes).c_str(), piece);
  }
}

START_TEST(lines_that_end_in_cr_lf_are_plain) {
  expect("GET / HTTP/1.1\r\nHost: a\r\nX:\r\n\r\n", false);
  expect("GET / HTTP/1.1\r\nHost: a", false);  // not all there
}
END_TEST

START_TEST(whatever_ends_a_line_for_some_readers_alone_is_ambiguous) {
  expect("GET / HTTP/1.1\nHost: a\r\n\r\n", true);
  expect("GET / HTTP/1.1\r\nHost: a\n\n", true);
  expect("GET / HTTP/1.1\r\nHost: a\r\n\n", true);
  expect("GET / HTTP/1.1\r\nHost: a\rX: b\r\n\r\n", true);
  expect("GET / HTTP/1.1\r\nHost: a\r\r\n\r\n", true);
  expect("GET / HTTP/1.1\r\nHost: a\r\n\rX", true);
}
END_TEST

START_TEST(a_folded_line_is_ambiguous) {
  expect("GET / HTTP/1.1\r\n Host: a\r\n\r\n", true);
  expect("GET / HTTP/1.1\r\nHost: a\r\n\tb\r\n\r\n", true);
}
END_TEST

START_TEST(a_zero_byte_is_ambiguous) { expect("GET /\0 HTTP/1.1\r\n\r\n"sv, true); }
END_TEST

START_TEST(what_follows_the_head_is_not_looked_at) {
  expect("POST / HTTP/1.1\r\n\r\nany\nbody\0 \r"sv, false);
}
END_TEST

}  // namespace
}  // namespace pelikan

PELIKAN_TESTS("event/http_head", pelikan::lines_that_end_in_cr_lf_are_plain,
              pelikan::whatever_ends_a_line_for_some_readers_alone_is_ambiguous,
              pelikan::a_folded_line_is_ambiguous, pelikan::a_zero_byte_is_ambiguous,
              pelikan::what_follows_the_head_is_not_looked_at)
