// Check, wrapped: include this one LAST in a test. <check.h> defines `fail` and friends as macros,
// which breaks every standard header included behind it; they are undefined again here.
//
//   START_TEST(set_replaces_the_value) { ck_assert_uint_eq(1, 1); } END_TEST
//   PELIKAN_TESTS("storage/seg", set_replaces_the_value, another_sentence)
#pragma once

#include <check.h>
#undef fail
#undef fail_if
#undef fail_unless

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <span>
#include <string>
#include <string_view>

// Two string views (or anything that converts), compared whole and shown on failure.
#define ck_assert_text_eq(actual, expected)                                               \
  do {                                                                                    \
    const std::string actual_text = pelikan::test::copy_of(actual);                       \
    const std::string expected_text = pelikan::test::copy_of(expected);                   \
    ck_assert_msg(actual_text == expected_text, "%s is '%.*s', expected '%.*s'", #actual, \
                  static_cast<int>(actual_text.size()), actual_text.data(),               \
                  static_cast<int>(expected_text.size()), expected_text.data());          \
  } while (false)

// The statement ends the process by a failed CHECK.
#define ck_assert_aborts(statement) \
  ck_assert_msg(pelikan::test::aborts([&] { statement; }), "%s does not abort", #statement)

namespace pelikan::test {

// What is compared may be a view of a temporary.
inline std::string copy_of(std::string_view text) { return std::string(text); }

// Runs `act` in a child process, whose stderr is closed: its last words are expected.
template <class Act>
bool aborts(const Act& act) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(STDERR_FILENO);
    act();
    ::_exit(EXIT_SUCCESS);
  }
  int status = 0;
  return ::waitpid(child, &status, 0) == child && WIFSIGNALED(status) &&
         WTERMSIG(status) == SIGABRT;
}

// Runs the tests, each in a process of its own (CK_FORK); 0 when all passed.
inline int run_suite(const char* name, std::span<const TTest* const> tests) {
  Suite* suite = suite_create(name);
  TCase* cases = tcase_create(name);
  tcase_set_timeout(cases, 240);
  for (const TTest* test : tests) tcase_add_test(cases, test);
  suite_add_tcase(suite, cases);
  SRunner* runner = srunner_create(suite);
  srunner_run_all(runner, CK_NORMAL);
  const int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

}  // namespace pelikan::test

#define PELIKAN_TESTS(name, ...) \
  int main() { return pelikan::test::run_suite(name, std::array{__VA_ARGS__}); }
