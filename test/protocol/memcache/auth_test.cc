#include "protocol/memcache/auth.h"

#include <string>

#include "padded.h"

#include "check.h"

namespace pelikan::memcache {
namespace {

struct Seen {
  AuthStatus status;
  size_t size;
  std::string user;
  std::string password;
};

Seen parse(std::string_view text) {
  const test::Padded input(text);
  AuthAttempt attempt;
  const AuthStatus status = parse_auth(input.text(), attempt);
  return {status, attempt.size, std::string(attempt.user), std::string(attempt.password)};
}

void expect_status(std::string_view text, AuthStatus status) {
  ck_assert_msg(parse(text).status == status, "%.*s", static_cast<int>(text.size()), text.data());
}

START_TEST(a_set_tells_name_and_password) {
  const Seen seen = parse("set any 1 2 9\r\nuser pass\r\nget a\r\n");
  ck_assert(seen.status == AuthStatus::kAttempt);
  ck_assert_text_eq(seen.user, "user");
  ck_assert_text_eq(seen.password, "pass");
  ck_assert_uint_eq(seen.size, 26);
}
END_TEST

START_TEST(every_beginning_of_an_attempt_waits_for_the_rest) {
  const std::string whole = "set a 0 0 9\r\nuser pass\r\n";
  for (size_t size = 0; size < whole.size(); ++size) {
    expect_status(std::string_view(whole).substr(0, size), AuthStatus::kIncomplete);
  }
  expect_status(whole, AuthStatus::kAttempt);
}
END_TEST

START_TEST(a_line_of_anything_else_is_passed_over_whole) {
  for (const std::string_view line : {"get a\r\n", "\r\n", "\n", "set a 0 0\r\n", "set a 0 0 x\r\n",
                                      "add a 0 0 9\r\n", "settle a 0 0 9\r\n"}) {
    const Seen seen = parse(std::string(line) + "more\r\n");
    ck_assert(seen.status == AuthStatus::kOther);
    ck_assert_uint_eq(seen.size, line.size());
  }
}
END_TEST

START_TEST(tokens_have_a_limit_that_is_checked_before_they_come) {
  const std::string at_limit = "set a 0 0 " + std::to_string(kMaxAuthToken) + "\r\n";
  expect_status(at_limit, AuthStatus::kIncomplete);
  expect_status("set a 0 0 " + std::to_string(kMaxAuthToken + 1) + "\r\n", AuthStatus::kTooLong);
  expect_status("set a 0 0 18446744073709551615\r\n", AuthStatus::kTooLong);
}
END_TEST

START_TEST(a_line_without_end_is_hung_up_on) {
  expect_status(std::string(2048, 'a'), AuthStatus::kIncomplete);
  expect_status(std::string(2049, 'a'), AuthStatus::kHangUp);
  expect_status(std::string(2049, 'a') + "\r\n", AuthStatus::kHangUp);
}
END_TEST

START_TEST(other_protocols_are_hung_up_on) {
  expect_status("\x80", AuthStatus::kHangUp);
  expect_status("\x16\x03\x01", AuthStatus::kHangUp);
}
END_TEST

}  // namespace
}  // namespace pelikan::memcache

using namespace pelikan::memcache;
PELIKAN_TESTS("protocol/memcache/auth", a_set_tells_name_and_password,
              every_beginning_of_an_attempt_waits_for_the_rest,
              a_line_of_anything_else_is_passed_over_whole,
              tokens_have_a_limit_that_is_checked_before_they_come,
              a_line_without_end_is_hung_up_on, other_protocols_are_hung_up_on)
