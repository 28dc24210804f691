#include "core/daemon.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>

#include "check.h"

namespace pelikan {
namespace {

// Starts what `act` does in a process of its own; the status that the starter sees.
template <class Act>
int start(const Act& act) {
  const pid_t starter = ::fork();
  if (starter == 0) {
    act();
    ::_exit(0);
  }
  int status = 0;
  ck_assert_int_eq(::waitpid(starter, &status, 0), starter);
  ck_assert(WIFEXITED(status));
  return WEXITSTATUS(status);
}

struct Pipe {
  Pipe() { ck_assert_int_eq(::pipe(ends), 0); }
  void write(char byte) const { ck_assert_int_eq(::write(ends[1], &byte, 1), 1); }
  [[nodiscard]] char read() const {
    char byte = 0;
    ck_assert_int_eq(::read(ends[0], &byte, 1), 1);
    return byte;
  }
  int ends[2];
};

bool is_dev_null(int descriptor) {
  struct stat null {
  }, status{};
  return ::stat("/dev/null", &null) == 0 && ::fstat(descriptor, &status) == 0 &&
         null.st_rdev == status.st_rdev && S_ISCHR(status.st_mode);
}

START_TEST(the_starter_ends_when_the_daemon_serves_which_lives_on_in_a_session_of_its_own) {
  const Pipe told, go_on;
  const int status = start([&] {
    Daemon daemon;
    daemon.detach();
    (void)go_on.read();
    told.write(::getsid(0) == ::getpid() ? 'y' : 'n');
  });
  ck_assert_int_eq(status, 0);
  go_on.write('!');
  ck_assert_int_eq(told.read(), 'y');
}
END_TEST

START_TEST(a_daemon_that_cannot_serve_gives_the_starter_its_status) {
  ck_assert_int_eq(start([] {
                     const Daemon daemon;
                     ::_exit(78);
                   }),
                   78);
}
END_TEST

START_TEST(a_daemon_that_is_killed_before_it_serves_is_a_failure) {
  ck_assert_int_eq(start([] {
                     const Daemon daemon;
                     ::kill(::getpid(), SIGKILL);
                   }),
                   71);
}
END_TEST

START_TEST(only_a_daemon_that_serves_has_left_the_terminal) {
  const Pipe told;
  const int status = start([&] {
    Daemon daemon;
    const bool early = is_dev_null(STDERR_FILENO);
    daemon.detach();
    const bool late =
        is_dev_null(STDIN_FILENO) && is_dev_null(STDOUT_FILENO) && is_dev_null(STDERR_FILENO);
    told.write(!early && late ? 'y' : 'n');
  });
  ck_assert_int_eq(status, 0);
  ck_assert_int_eq(told.read(), 'y');
}
END_TEST

}  // namespace
}  // namespace pelikan

PELIKAN_TESTS(
    "core/daemon",
    pelikan::the_starter_ends_when_the_daemon_serves_which_lives_on_in_a_session_of_its_own,
    pelikan::a_daemon_that_cannot_serve_gives_the_starter_its_status,
    pelikan::a_daemon_that_is_killed_before_it_serves_is_a_failure,
    pelikan::only_a_daemon_that_serves_has_left_the_terminal)
