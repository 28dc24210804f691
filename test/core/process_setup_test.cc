#include "core/process_setup.h"

#include <grp.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <string>

#include "base/setup_error.h"
#include "log/temporary_directory.h"

#include "check.h"

namespace pelikan {
namespace {

// What it warns of, or why it refuses; empty when the process could be set up.
std::string complaint_about(const FrameworkOptions& options, bool keeps_secrets = false) {
  try {
    raise_limits(options);
    return confine_process(options, keeps_secrets);
  } catch (const SetupError& error) {
    return error.what();
  }
}

uint64_t locked_kib() {
  std::ifstream status("/proc/self/status");
  std::string word;
  while (status >> word) {
    if (word != "VmLck:") continue;
    uint64_t kib = 0;
    status >> kib;
    return kib;
  }
  return 0;
}

START_TEST(root_becomes_the_user_and_cannot_go_back) {
  if (::getuid() != 0) return;
  FrameworkOptions options;
  options.process.user.set("nobody");
  ck_assert_text_eq(complaint_about(options), "");
  const passwd* nobody = ::getpwnam("nobody");
  ck_assert_uint_eq(::getuid(), nobody->pw_uid);
  ck_assert_uint_eq(::geteuid(), nobody->pw_uid);
  ck_assert_uint_eq(::getegid(), nobody->pw_gid);
  gid_t groups[64];
  const int count = ::getgroups(64, groups);
  ck_assert_int_ge(count, 0);
  for (int i = 0; i < count; ++i) ck_assert_uint_ne(groups[i], 0);
  ck_assert_int_ne(::setuid(0), 0);
}
END_TEST

START_TEST(the_files_that_the_connections_need_are_had_before_root_is_given_up) {
  const rlimit few{.rlim_cur = 400, .rlim_max = 400}, more{.rlim_cur = 500, .rlim_max = 500};
  ck_assert_int_eq(::setrlimit(RLIMIT_NOFILE, &few), 0);
  if (::setrlimit(RLIMIT_NOFILE, &more) != 0) return;  // no root, or one without that right
  FrameworkOptions options;
  options.server.max_connections.set(1000);
  options.process.user.set("nobody");
  ck_assert_text_eq(complaint_about(options), "");
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  ck_assert_uint_gt(limit.rlim_cur, 1000);
}
END_TEST

START_TEST(an_unknown_user_is_named) {
  FrameworkOptions options;
  options.process.user.set("nobody-of-that-name");
  ck_assert_text_eq(complaint_about(options),
                    "user: 'nobody-of-that-name' is no user of this machine");
}
END_TEST

START_TEST(who_is_not_root_becomes_nobody_else) {
  if (::getuid() == 0) ck_assert_int_eq(::setuid(::getpwnam("nobody")->pw_uid), 0);
  FrameworkOptions options;
  options.process.user.set("root");
  ck_assert_text_eq(complaint_about(options),
                    "user: cannot become 'root': Operation not permitted");
  options.process.user.set(::getpwuid(::getuid())->pw_name);
  ck_assert_text_eq(complaint_about(options), "");
}
END_TEST

START_TEST(core_files_are_written_also_after_the_user_has_changed) {
  const rlimit none{.rlim_cur = 0, .rlim_max = 1 << 20};
  ck_assert_int_eq(::setrlimit(RLIMIT_CORE, &none), 0);
  FrameworkOptions options;
  options.process.core_dumps.set(true);
  if (::getuid() == 0) options.process.user.set("nobody");
  ck_assert_text_eq(complaint_about(options), "");
  rlimit limit{};
  ::getrlimit(RLIMIT_CORE, &limit);
  ck_assert_uint_ge(limit.rlim_cur, 1 << 20);
  ck_assert_int_eq(::prctl(PR_GET_DUMPABLE), 1);
}
END_TEST

START_TEST(a_process_with_secrets_leaves_none_to_core_files_and_debuggers) {
  FrameworkOptions options;
  ck_assert_int_eq(::prctl(PR_SET_DUMPABLE, 1), 0);
  ck_assert_text_eq(complaint_about(options, false), "");
  ck_assert_int_eq(::prctl(PR_GET_DUMPABLE), 1);
  ck_assert_text_eq(complaint_about(options, true), "");
  rlimit limit{};
  ::getrlimit(RLIMIT_CORE, &limit);
  ck_assert_uint_eq(limit.rlim_cur, 0);
  ck_assert_uint_eq(limit.rlim_max, 0);
  ck_assert_int_eq(::prctl(PR_GET_DUMPABLE), 0);
}
END_TEST

START_TEST(core_dumps_are_had_with_secrets_when_asked_for) {
  FrameworkOptions options;
  options.process.core_dumps.set(true);
  ck_assert_text_eq(complaint_about(options, true), "");
  ck_assert_int_eq(::prctl(PR_GET_DUMPABLE), 1);
}
END_TEST

START_TEST(no_program_gives_new_privileges) {
  ck_assert_text_eq(complaint_about(FrameworkOptions()), "");
  ck_assert_int_eq(::prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), 1);
}
END_TEST

START_TEST(a_socket_that_root_has_made_is_the_users) {
  if (::getuid() != 0) return;
  const passwd* nobody = ::getpwnam("nobody");
  const test::TemporaryDirectory directory;
  ck_assert_int_eq(::chown(directory.path("").c_str(), nobody->pw_uid, nobody->pw_gid), 0);
  FrameworkOptions options;
  options.server.host.set("");
  options.server.unix_path.set(directory.path("socket"));
  options.process.user.set("nobody");
  const BoundSockets sockets(options.server, options.tls);
  ck_assert_text_eq(complaint_about(options), "");
  struct stat status {};
  ck_assert_int_eq(::lstat(options.server.unix_path.get().c_str(), &status), 0);
  ck_assert_uint_eq(status.st_uid, nobody->pw_uid);
}
END_TEST

START_TEST(memory_is_locked_or_a_warning_given) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  return;  // the sanitizers' mlockall() does nothing
#endif
  ck_assert_uint_eq(locked_kib(), 0);
  FrameworkOptions options;
  options.process.lock_memory.set(true);
  const std::string complaint = complaint_about(options);
  if (complaint.empty()) {
    ck_assert_uint_gt(locked_kib(), 0);
  } else {
    ck_assert_uint_eq(locked_kib(), 0);
    ck_assert(complaint.starts_with("lock_memory: memory is not locked: "));
  }
}
END_TEST

}  // namespace
}  // namespace pelikan

PELIKAN_TESTS("core/process_setup", pelikan::root_becomes_the_user_and_cannot_go_back,
              pelikan::the_files_that_the_connections_need_are_had_before_root_is_given_up,
              pelikan::an_unknown_user_is_named, pelikan::who_is_not_root_becomes_nobody_else,
              pelikan::core_files_are_written_also_after_the_user_has_changed,
              pelikan::a_process_with_secrets_leaves_none_to_core_files_and_debuggers,
              pelikan::core_dumps_are_had_with_secrets_when_asked_for,
              pelikan::no_program_gives_new_privileges,
              pelikan::a_socket_that_root_has_made_is_the_users,
              pelikan::memory_is_locked_or_a_warning_given)
