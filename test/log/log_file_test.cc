#include "log/log_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/setup_error.h"
#include "temporary_directory.h"

#include "check.h"

using namespace pelikan;
using pelikan::test::content_of;
using pelikan::test::TemporaryDirectory;

namespace {

void assert_written(LogFile& file, std::string_view bytes) {
  const LogFile::Written written = file.write(bytes);
  ck_assert(!written.failed);
  ck_assert_uint_eq(written.bytes, bytes.size());
}

START_TEST(a_file_is_appended_to_and_never_truncated) {
  const TemporaryDirectory directory;
  const std::string path = directory.path("log");
  std::ofstream(path) << "old\n";
  LogFile file(path);
  assert_written(file, "new\n");
  ck_assert(file.reopen());
  assert_written(file, "newer\n");
  ck_assert_text_eq(content_of(path), "old\nnew\nnewer\n");
}
END_TEST

START_TEST(a_reopen_after_a_rename_makes_the_file_anew) {
  const TemporaryDirectory directory;
  const std::string path = directory.path("log");
  LogFile file(path);
  assert_written(file, "one\n");
  std::filesystem::rename(path, path + ".1");
  assert_written(file, "two\n");
  ck_assert(file.reopen());
  assert_written(file, "three\n");
  ck_assert_text_eq(content_of(path + ".1"), "one\ntwo\n");
  ck_assert_text_eq(content_of(path), "three\n");
}
END_TEST

START_TEST(a_failed_reopen_keeps_the_old_file) {
  const TemporaryDirectory directory;
  std::filesystem::create_directory(directory.path("d"));
  LogFile file(directory.path("d/log"));
  std::filesystem::rename(directory.path("d"), directory.path("e"));
  ck_assert(!file.reopen());
  assert_written(file, "still\n");
  ck_assert_text_eq(content_of(directory.path("e/log")), "still\n");
}
END_TEST

START_TEST(a_path_that_cannot_be_opened_is_a_setup_error) {
  const TemporaryDirectory directory;
  try {
    const LogFile file(directory.path("no/log"));
    ck_abort_msg("opened");
  } catch (const SetupError& error) {
    ck_assert_text_eq(error.what(),
                      "log file " + directory.path("no/log") + ": No such file or directory");
    ck_assert(error.code() == ExitCode::kSystem);
  }
}
END_TEST

START_TEST(a_full_device_is_a_failure_at_once) {
  LogFile file("/dev/full");
  const LogFile::Written written = file.write("text\n");
  ck_assert(written.failed);
  ck_assert_uint_eq(written.bytes, 0);
}
END_TEST

START_TEST(a_full_pipe_is_a_failure_and_not_a_pause) {
  // stderr as a pipe that blocks and that nobody reads: a write that waits would end in the test's
  // timeout.
  int ends[2];
  ck_assert_int_eq(::pipe(ends), 0);
  ck_assert_int_eq(::dup2(ends[1], STDERR_FILENO), STDERR_FILENO);
  LogFile file("");
  const std::string text(1 << 20, 'x');
  const LogFile::Written first = file.write(text);
  ck_assert(first.failed);
  ck_assert_uint_gt(first.bytes, 0);
  ck_assert_uint_lt(first.bytes, text.size());
  ck_assert_uint_eq(file.write(text).bytes, 0);

  std::string taken(8192, '\0');
  ck_assert_int_eq(::read(ends[0], taken.data(), taken.size()), 8192);
  ck_assert_uint_gt(file.write(text).bytes, 0);
}
END_TEST

START_TEST(a_named_pipe_without_a_reader_is_refused_and_not_waited_for) {
  const TemporaryDirectory directory;
  const std::string path = directory.path("pipe");
  ck_assert_int_eq(::mkfifo(path.c_str(), 0600), 0);
  bool refused = false;
  try {
    const LogFile file(path);
  } catch (const SetupError&) {
    refused = true;
  }
  ck_assert(refused);
}
END_TEST

}  // namespace

PELIKAN_TESTS("log/log_file", a_file_is_appended_to_and_never_truncated,
              a_reopen_after_a_rename_makes_the_file_anew, a_failed_reopen_keeps_the_old_file,
              a_path_that_cannot_be_opened_is_a_setup_error, a_full_device_is_a_failure_at_once,
              a_full_pipe_is_a_failure_and_not_a_pause,
              a_named_pipe_without_a_reader_is_refused_and_not_waited_for)
