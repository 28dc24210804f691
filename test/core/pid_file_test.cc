#include "core/pid_file.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>

#include "base/setup_error.h"

#include "check.h"

namespace pelikan {
namespace {

namespace fs = std::filesystem;

struct Folder {
  Folder() {
    char pattern[] = "/tmp/pelikan-pid-XXXXXX";
    ck_assert_ptr_nonnull(mkdtemp(pattern));
    path = pattern;
  }
  ~Folder() { fs::remove_all(path); }
  fs::path path;
};

std::string content(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

std::string refusal(const fs::path& path) {
  try {
    const PidFile file(path);
  } catch (const SetupError& error) {
    ck_assert(error.code() == ExitCode::kSystem);
    return error.what();
  }
  return {};
}

START_TEST(it_holds_the_process_id_and_goes_with_the_process) {
  const Folder folder;
  const fs::path path = folder.path / "pid";
  {
    const PidFile file(path);
    ck_assert_text_eq(content(path), std::to_string(getpid()) + "\n");
  }
  ck_assert(!fs::exists(path));
}
END_TEST

START_TEST(what_a_dead_process_left_is_written_over) {
  const Folder folder;
  const fs::path path = folder.path / "pid";
  std::ofstream(path) << "1234567890123\n";
  const PidFile file(path);
  ck_assert_text_eq(content(path), std::to_string(getpid()) + "\n");
}
END_TEST

START_TEST(a_file_in_use_is_refused_and_left_alone) {
  const Folder folder;
  const fs::path path = folder.path / "pid";
  const PidFile file(path);
  ck_assert_text_eq(refusal(path), "pid_file " + path.string() + ": a running process holds it");
  ck_assert_text_eq(content(path), std::to_string(getpid()) + "\n");
}
END_TEST

START_TEST(what_is_no_regular_file_is_refused_and_stays) {
  const Folder folder;
  const fs::path path = folder.path / "pipe";
  ck_assert_int_eq(::mkfifo(path.c_str(), 0600), 0);
  ck_assert_text_eq(refusal(path), "pid_file " + path.string() + ": not a regular file");
  ck_assert(fs::is_fifo(path));
}
END_TEST

START_TEST(a_place_that_cannot_be_written_is_refused_with_the_reason) {
  const Folder folder;
  const fs::path path = folder.path / "missing" / "pid";
  ck_assert_text_eq(refusal(path), "pid_file " + path.string() + ": No such file or directory");
}
END_TEST

}  // namespace
}  // namespace pelikan

PELIKAN_TESTS("core/pid_file", pelikan::it_holds_the_process_id_and_goes_with_the_process,
              pelikan::what_a_dead_process_left_is_written_over,
              pelikan::a_file_in_use_is_refused_and_left_alone,
              pelikan::what_is_no_regular_file_is_refused_and_stays,
              pelikan::a_place_that_cannot_be_written_is_refused_with_the_reason)
