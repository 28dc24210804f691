#include "core/signals.h"

#include <pthread.h>
#include <unistd.h>

#include "check.h"

namespace pelikan {
namespace {

bool is_blocked(int number) {
  sigset_t mask;
  pthread_sigmask(SIG_SETMASK, nullptr, &mask);
  return sigismember(&mask, number) == 1;
}

START_TEST(without_a_signal_there_is_nothing_and_no_waiting) {
  Signals signals;
  ck_assert(!signals.next());
}
END_TEST

START_TEST(each_signal_has_its_meaning) {
  Signals signals;
  kill(getpid(), SIGTERM);
  ck_assert(signals.next() == Signal::kStop);
  kill(getpid(), SIGINT);
  ck_assert(signals.next() == Signal::kStop);
  kill(getpid(), SIGHUP);
  ck_assert(signals.next() == Signal::kReopenLogs);
  kill(getpid(), SIGUSR1);
  ck_assert(signals.next() == Signal::kDumpStats);
  ck_assert(!signals.next());
}
END_TEST

START_TEST(a_pending_signal_is_taken_once) {
  Signals signals;
  kill(getpid(), SIGHUP);
  kill(getpid(), SIGHUP);
  ck_assert(signals.next() == Signal::kReopenLogs);
  ck_assert(!signals.next());
}
END_TEST

START_TEST(what_came_and_was_not_taken_ends_nothing) {
  {
    const Signals signals;
    kill(getpid(), SIGTERM);
    kill(getpid(), SIGUSR1);
  }
  ck_assert(!is_blocked(SIGTERM));
}
END_TEST

START_TEST(a_broken_pipe_does_not_end_the_process) {
  const Signals signals;
  int ends[2];
  ck_assert_int_eq(pipe(ends), 0);
  close(ends[0]);
  ck_assert_int_eq(write(ends[1], "x", 1), -1);
  close(ends[1]);
}
END_TEST

START_TEST(afterwards_everything_is_as_it_was) {
  ck_assert(!is_blocked(SIGTERM));
  {
    const Signals signals;
    ck_assert(is_blocked(SIGTERM) && is_blocked(SIGINT) && is_blocked(SIGHUP) &&
              is_blocked(SIGUSR1));
  }
  ck_assert(!is_blocked(SIGTERM));
  struct sigaction action;
  sigaction(SIGPIPE, nullptr, &action);
  ck_assert(action.sa_handler == SIG_DFL);
}
END_TEST

}  // namespace
}  // namespace pelikan

PELIKAN_TESTS("core/signals", pelikan::without_a_signal_there_is_nothing_and_no_waiting,
              pelikan::each_signal_has_its_meaning, pelikan::a_pending_signal_is_taken_once,
              pelikan::what_came_and_was_not_taken_ends_nothing,
              pelikan::a_broken_pipe_does_not_end_the_process,
              pelikan::afterwards_everything_is_as_it_was)
