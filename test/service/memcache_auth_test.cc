#include "service/memcache_auth.h"

#include <sys/stat.h>

#include <cstring>
#include <fstream>
#include <string>
#include <utility>

#include "base/setup_error.h"
#include "log/temporary_directory.h"
#include "metric/registry.h"

#include "check.h"

namespace pelikan {
namespace {

// A file of names and passwords, and a log beside it.
struct Rig {
  explicit Rig(const std::string& content) {
    log_options.file.set(log_path);
    write(content);
  }
  void write(const std::string& content) const {
    std::ofstream(path) << content;
    ck_assert_int_eq(::chmod(path.c_str(), 0600), 0);
  }
  [[nodiscard]] std::string refusal() {
    Log log(log_options, log_metrics, time);
    try {
      const MemcacheAuth auth(path, log);
    } catch (const SetupError& error) {
      ck_assert(error.code() == ExitCode::kConfig);
      const std::string sentence = error.what();
      const std::string head = "auth_file " + path + ": ";
      ck_assert(sentence.starts_with(head));
      return sentence.substr(head.size());
    }
    return {};
  }

  test::TemporaryDirectory directory;
  std::string path = directory.path("users");
  std::string log_path = directory.path("log");
  FakeTime time;
  MetricRegistry registry;
  LogOptions log_options;
  LogMetrics log_metrics{registry};
};

START_TEST(without_a_file_nobody_has_to_say_who_they_are) {
  Rig rig("");
  Log log(rig.log_options, rig.log_metrics, rig.time);
  ck_assert(!MemcacheAuth("", log).is_required());
}
END_TEST

START_TEST(any_pair_of_the_file_is_admitted_and_no_other) {
  Rig rig("user:pass\nother:a:b\r\nlast:word");
  Log log(rig.log_options, rig.log_metrics, rig.time);
  const MemcacheAuth auth(rig.path, log);
  ck_assert(auth.is_required());
  ck_assert(auth.admits("user", "pass"));
  ck_assert(auth.admits("other", "a:b"));
  ck_assert(auth.admits("last", "word"));
  for (const auto& [user, password] : {std::pair{"user", "pas"},
                                       {"user", "passpass"},
                                       {"user", "passx"},
                                       {"use", "pass"},
                                       {"useruser", "pass"},
                                       {"user", "word"},
                                       {"other:a", "b"},
                                       {"", ""},
                                       {"user", ""}}) {
    ck_assert_msg(!auth.admits(user, password), "%s %s", user, password);
  }
}
END_TEST

START_TEST(what_is_wrong_with_a_file_is_told_with_its_line) {
  ck_assert_text_eq(Rig("").refusal(), "names nobody");
  ck_assert_text_eq(Rig("a:b\nsecret\n").refusal(), "line 2: is not user:password");
  ck_assert_text_eq(Rig("a:b\n\nc:d\n").refusal(), "line 2: is not user:password");
  ck_assert_text_eq(Rig(":b\n").refusal(),
                    "line 1: the name is empty, or has spaces or control bytes");
  ck_assert_text_eq(Rig("a:\n").refusal(),
                    "line 1: the password is empty, or has spaces or control bytes");
  ck_assert_text_eq(Rig("a:b c\n").refusal(),
                    "line 1: the password is empty, or has spaces or control bytes");
  ck_assert_text_eq(Rig("a:" + std::string(1022, 'b') + "\n").refusal(), "");
  ck_assert_text_eq(Rig("a:" + std::string(1023, 'b') + "\n").refusal(),
                    "line 1: has more than 1024 bytes");
}
END_TEST

std::string lines(size_t bytes) {
  std::string text;
  while (text.size() < bytes) text += "user:pass\n";
  return text.substr(0, bytes);
}

START_TEST(a_file_has_64_kibibytes_at_most) {
  ck_assert_text_eq(Rig(lines(65'530)).refusal(), "");
  ck_assert_text_eq(Rig(lines(65'540)).refusal(), "has more than 64 KiB");
}
END_TEST

START_TEST(what_is_no_file_is_refused) {
  Rig rig("");
  rig.path = rig.directory.path("nowhere");
  ck_assert_text_eq(rig.refusal(), "No such file or directory");
  ck_assert_int_eq(::mkfifo(rig.path.c_str(), 0600), 0);
  ck_assert_text_eq(rig.refusal(), "is no regular file");
}
END_TEST

START_TEST(a_new_file_takes_the_place_of_the_old_one) {
  Rig rig("user:old\n");
  Log log(rig.log_options, rig.log_metrics, rig.time);
  MemcacheAuth auth(rig.path, log);
  rig.write("user:new\n");
  ck_assert(auth.admits("user", "old"));
  auth.reload();
  ck_assert(!auth.admits("user", "old"));
  ck_assert(auth.admits("user", "new"));
}
END_TEST

START_TEST(a_bad_new_file_changes_nothing_and_is_told_in_the_log) {
  Rig rig("user:old\n");
  Log log(rig.log_options, rig.log_metrics, rig.time);
  MemcacheAuth auth(rig.path, log);
  rig.write("user:new\nnonsense\n");
  auth.reload();
  ck_assert(auth.admits("user", "old"));
  ck_assert(!auth.admits("user", "new"));
  log.flush();
  ck_assert_ptr_nonnull(strstr(test::content_of(rig.log_path).c_str(),
                               "line 2: is not user:password; the names and passwords stay"));
}
END_TEST

START_TEST(a_file_that_everybody_can_read_is_told_in_the_log) {
  Rig rig("user:pass\n");
  ck_assert_int_eq(::chmod(rig.path.c_str(), 0644), 0);
  Log log(rig.log_options, rig.log_metrics, rig.time);
  const MemcacheAuth auth(rig.path, log);
  log.flush();
  ck_assert_ptr_nonnull(
      strstr(test::content_of(rig.log_path).c_str(), "every user of this machine can read it"));
}
END_TEST

}  // namespace
}  // namespace pelikan

using namespace pelikan;
PELIKAN_TESTS("service/memcache_auth", without_a_file_nobody_has_to_say_who_they_are,
              any_pair_of_the_file_is_admitted_and_no_other,
              what_is_wrong_with_a_file_is_told_with_its_line, a_file_has_64_kibibytes_at_most,
              what_is_no_file_is_refused, a_new_file_takes_the_place_of_the_old_one,
              a_bad_new_file_changes_nothing_and_is_told_in_the_log,
              a_file_that_everybody_can_read_is_told_in_the_log)
