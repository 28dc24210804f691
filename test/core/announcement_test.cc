#include "core/announcement.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/setup_error.h"
#include "base/unique_fd.h"

#include "check.h"

namespace pelikan {
namespace {

namespace fs = std::filesystem;

std::string content(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

START_TEST(the_line_has_every_fact_that_is_known) {
  ck_assert_text_eq(ready_line("pelikan_x", "1.2.3",
                               {{"server", "127.0.0.1:12321,/run/x.sock"},
                                {"memory", "64 MiB in 64 segments"},
                                {"config", ""},
                                {"workers", "4"}}),
                    "pelikan_x 1.2.3 ready: server=127.0.0.1:12321,/run/x.sock "
                    "memory=\"64 MiB in 64 segments\" workers=4");
}
END_TEST

START_TEST(the_ports_file_is_replaced_as_a_whole) {
  char pattern[] = "/tmp/pelikan-ports-XXXXXX";
  ck_assert_ptr_nonnull(mkdtemp(pattern));
  const fs::path path = fs::path(pattern) / "ports";
  std::ofstream(path) << "what was here before, longer than what comes now\n";
  write_ports_file(path, {{"server_port", 12321}, {"admin_port", 40000}});
  ck_assert_text_eq(content(path), "server_port: 12321\nadmin_port: 40000\n");
  ck_assert_int_eq(std::distance(fs::directory_iterator(pattern), fs::directory_iterator()), 1);
  fs::remove_all(pattern);
}
END_TEST

START_TEST(a_pipe_as_ports_file_is_written_to_and_stays) {
  char pattern[] = "/tmp/pelikan-ports-XXXXXX";
  ck_assert_ptr_nonnull(mkdtemp(pattern));
  const fs::path path = fs::path(pattern) / "ports";
  ck_assert_int_eq(::mkfifo(path.c_str(), 0600), 0);
  const UniqueFd reader(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  write_ports_file(path, {{"server_port", 12321}});
  ck_assert(fs::is_fifo(path));
  char text[64];
  const ssize_t size = ::read(reader.get(), text, sizeof text);
  ck_assert_text_eq(std::string(text, size > 0 ? static_cast<size_t>(size) : 0),
                    "server_port: 12321\n");
  fs::remove_all(pattern);
}
END_TEST

START_TEST(a_ports_file_that_cannot_be_written_is_an_error_with_the_reason) {
  try {
    write_ports_file("/nonexistent/ports", {{"server_port", 1}});
    ck_abort_msg("no error");
  } catch (const SetupError& error) {
    ck_assert_text_eq(error.what(), "ports_file /nonexistent/ports: No such file or directory");
    ck_assert(error.code() == ExitCode::kSystem);
  }
}
END_TEST

}  // namespace
}  // namespace pelikan

PELIKAN_TESTS("core/announcement", pelikan::the_line_has_every_fact_that_is_known,
              pelikan::the_ports_file_is_replaced_as_a_whole,
              pelikan::a_pipe_as_ports_file_is_written_to_and_stays,
              pelikan::a_ports_file_that_cannot_be_written_is_an_error_with_the_reason)
