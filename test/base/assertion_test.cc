#include "base/assertion.h"

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <string>

#include "check.h"

using namespace pelikan;

namespace {

START_TEST(a_failed_check_names_its_place_and_condition_and_aborts) {
  int ends[2];
  ck_assert_int_eq(::pipe(ends), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(ends[1], STDERR_FILENO);
    check_failed("src/x.cc", 1204, "a == b");
  }
  ::close(ends[1]);
  int status = 0;
  ck_assert_int_eq(::waitpid(child, &status, 0), child);
  ck_assert(WIFSIGNALED(status));
  ck_assert_int_eq(WTERMSIG(status), SIGABRT);
  std::string text(100, '\0');
  const ssize_t size = ::read(ends[0], text.data(), text.size());
  ck_assert_int_gt(size, 0);
  ck_assert_text_eq(text.substr(0, static_cast<size_t>(size)),
                    "src/x.cc:1204: CHECK failed: a == b\n");
}
END_TEST

START_TEST(check_aborts_only_when_its_condition_is_false) {
  int evaluated = 0;
  CHECK(++evaluated == 1);
  ck_assert_int_eq(evaluated, 1);
  ck_assert_aborts(CHECK(++evaluated == 1));
}
END_TEST

START_TEST(dcheck_is_for_debug_builds) {
  int evaluated = 0;
  DCHECK(++evaluated == 1);
#ifdef NDEBUG
  ck_assert_int_eq(evaluated, 0);
#else
  ck_assert_int_eq(evaluated, 1);
  ck_assert_aborts(DCHECK(evaluated == 0));
#endif
}
END_TEST

}  // namespace

PELIKAN_TESTS("base/assertion", a_failed_check_names_its_place_and_condition_and_aborts,
              check_aborts_only_when_its_condition_is_false, dcheck_is_for_debug_builds)
