#include "log/klog.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "base/setup_error.h"
#include "log/klog_rig.h"

#include "check.h"

using namespace pelikan;
using pelikan::test::content_of;
using pelikan::test::KlogRig;

namespace {

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const size_t end = text.find('\n');
    ck_assert(end != std::string_view::npos);  // a line that is not whole
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  return lines;
}

// The last number of each line, which says which command it was.
std::vector<size_t> numbers_of(std::string_view text) {
  std::vector<size_t> numbers;
  for (const std::string& line : lines_of(text)) {
    numbers.push_back(std::stoul(line.substr(line.rfind(' ') + 1)));
  }
  return numbers;
}

void set_zone(const char* zone) {
  ::setenv("TZ", zone, 1);
  ::tzset();
}

START_TEST(a_line_is_written_byte_for_byte_as_the_reference_has_it) {
  set_zone("UTC");
  KlogRig rig;
  rig.options.sample.set(1);
  KlogWriter& writer = rig.open();
  KlogLine line = writer.begin("tcp:127.0.0.1:53920");
  line.put("set ");
  line.put_escaped("user:17");
  line.put(' ');
  line.put_number(-1);
  writer.end(line, 5, 8);
  rig.klog->flush();
  ck_assert_text_eq(content_of(rig.path),
                    "tcp:127.0.0.1:53920 - [14/Nov/2023:22:13:20 +0000] \"set user:17 -1\" 5 8\n");
}
END_TEST

START_TEST(the_time_is_local_with_its_zone) {
  const auto line_in = [](const char* zone) {
    set_zone(zone);
    KlogRig rig;
    rig.options.sample.set(1);
    KlogWriter& writer = rig.open();
    KlogRig::command(writer, "k");
    rig.klog->flush();
    const std::string text = content_of(rig.path);
    return text.substr(text.find('['), text.find(']') - text.find('[') + 1);
  };
  // POSIX counts zones westwards.
  ck_assert_text_eq(line_in("IST-5:30"), "[15/Nov/2023:03:43:20 +0530]");
  ck_assert_text_eq(line_in("NST3:30"), "[14/Nov/2023:18:43:20 -0330]");
}
END_TEST

START_TEST(the_time_goes_on_between_lines) {
  set_zone("UTC");
  KlogRig rig;
  rig.options.sample.set(1);
  KlogWriter& writer = rig.open();
  KlogRig::command(writer, "a");
  rig.time.advance_ms(999);
  KlogRig::command(writer, "b");
  rig.time.advance_ms(1);
  KlogRig::command(writer, "c");
  rig.klog->flush();
  const auto lines = lines_of(content_of(rig.path));
  ck_assert(lines[0].find(":22:13:20 ") != std::string::npos);
  ck_assert(lines[1].find(":22:13:20 ") != std::string::npos);
  ck_assert(lines[2].find(":22:13:21 ") != std::string::npos);
}
END_TEST

START_TEST(of_each_row_of_commands_one_is_logged) {
  KlogRig rig;
  rig.options.sample.set(10);
  KlogWriter& writer = rig.open();
  for (size_t i = 0; i < 1000; ++i) KlogRig::command(writer, "k", i);
  rig.klog->flush();
  const auto numbers = numbers_of(content_of(rig.path));
  ck_assert_uint_eq(numbers.size(), 100);
  std::set<size_t> places;
  for (size_t row = 0; row < 100; ++row) {
    ck_assert_uint_eq(numbers[row] / 10, row);
    places.insert(numbers[row] % 10);
  }
  ck_assert_uint_eq(places.size(), 10);  // a client's rhythm of ten does not hide from it
  ck_assert_int_eq(rig.count("klog_logged"), 100);
  ck_assert_int_eq(rig.count("klog_skip"), static_cast<int64_t>(numbers.back()) - 99);
}
END_TEST

START_TEST(without_a_file_nothing_is_logged_or_counted) {
  KlogRig rig;
  rig.options.file.set("");
  rig.options.sample.set(1);
  KlogWriter& writer = rig.open();
  ck_assert_uint_gt(writer.ahead(), size_t{1} << 62);
  writer.pass(1'000'000);
  rig.klog->flush();
  rig.klog->reopen();
  ck_assert_int_eq(rig.count("klog_skip"), 0);
}
END_TEST

START_TEST(a_sample_of_one_in_none_is_refused) {
  KlogRig rig;
  ck_assert(!rig.options.sample.parse("0").empty());
}
END_TEST

START_TEST(a_backup_that_is_the_file_itself_is_refused) {
  KlogRig rig;
  rig.options.backup.set(rig.path);
  try {
    rig.open();
    ck_abort_msg("accepted");
  } catch (const SetupError& error) {
    ck_assert(error.code() == ExitCode::kConfig);
  }
}
END_TEST

START_TEST(lines_wait_for_the_period_and_no_longer) {
  KlogRig rig;
  rig.options.sample.set(1);
  KlogWriter& writer = rig.open();
  KlogRig::command(writer, "k");
  rig.time.advance_ms(99);
  rig.klog->tick();
  ck_assert_text_eq(content_of(rig.path), "");
  rig.time.advance_ms(1);
  rig.klog->tick();
  ck_assert_uint_eq(lines_of(content_of(rig.path)).size(), 1);
}
END_TEST

START_TEST(what_waits_is_written_at_the_end) {
  KlogRig rig;
  rig.options.sample.set(1);
  KlogRig::command(rig.open(), "k");
  rig.klog.reset();
  ck_assert_uint_eq(lines_of(content_of(rig.path)).size(), 1);
}
END_TEST

START_TEST(a_full_ring_drops_the_line_and_counts_it) {
  KlogRig rig;
  rig.options.sample.set(1);
  rig.options.nbuf.set({4 * kKiB});
  KlogWriter& writer = rig.open();
  for (size_t i = 0; i < 1000; ++i) KlogRig::command(writer, "k", i);
  rig.klog->flush();
  const auto numbers = numbers_of(content_of(rig.path));
  ck_assert_uint_gt(numbers.size(), 40);
  ck_assert_int_eq(rig.count("klog_logged"), static_cast<int64_t>(numbers.size()));
  ck_assert_int_eq(rig.count("klog_discard"), 1000 - static_cast<int64_t>(numbers.size()));
  KlogRig::command(writer, "k", 1000);
  rig.klog->flush();
  ck_assert_uint_eq(numbers_of(content_of(rig.path)).back(), 1000);
}
END_TEST

START_TEST(a_file_that_is_there_is_appended_to) {
  KlogRig rig;
  rig.options.sample.set(1);
  std::ofstream(rig.path) << "old\n";
  KlogWriter& writer = rig.open();
  KlogRig::command(writer, "k");
  rig.klog->reopen();
  KlogRig::command(writer, "k");
  rig.klog->flush();
  ck_assert_uint_eq(lines_of(content_of(rig.path)).size(), 3);
}
END_TEST

START_TEST(rotation_loses_no_line_and_keeps_one_generation) {
  KlogRig rig;
  rig.options.sample.set(1);
  rig.options.max.set({4 * kKiB});
  KlogWriter& writer = rig.open();
  std::vector<size_t> taken;  // from backups, as they came to be
  int64_t rotations = 0;
  for (size_t i = 0; i < 1000; ++i) {
    KlogRig::command(writer, "k", i);
    if (i % 7 == 0) rig.klog->flush();
    if (rig.count("klog_rotate") == rotations) continue;
    rotations = rig.count("klog_rotate");
    const std::string backup = content_of(rig.path + ".1");
    ck_assert_uint_ge(backup.size(), 4 * kKiB);
    std::ranges::copy(numbers_of(backup), std::back_inserter(taken));
  }
  rig.klog->flush();
  std::ranges::copy(numbers_of(content_of(rig.path)), std::back_inserter(taken));
  ck_assert_int_gt(rotations, 10);
  ck_assert_uint_eq(taken.size(), 1000);
  for (size_t i = 0; i < 1000; ++i) ck_assert_uint_eq(taken[i], i);
}
END_TEST

START_TEST(a_rename_that_fails_is_told_once_and_loses_nothing) {
  KlogRig rig;
  rig.options.sample.set(1);
  rig.options.max.set({1});
  rig.options.backup.set(rig.directory.path("backup"));
  std::filesystem::create_directories(
      rig.directory.path("backup/full"));  // no file takes its place
  KlogWriter& writer = rig.open();
  for (size_t i = 0; i < 5; ++i) {
    KlogRig::command(writer, "k", i);
    rig.klog->flush();
  }
  ck_assert_uint_eq(lines_of(content_of(rig.path)).size(), 5);
  ck_assert_int_eq(rig.count("klog_error"), 4);
  ck_assert_int_eq(rig.count("klog_rotate"), 0);
  rig.log.flush();
  const auto told = lines_of(content_of(rig.log_path));
  ck_assert_uint_eq(told.size(), 1);
  ck_assert(told[0].find("cannot rename the command log, it goes on growing: Is a directory") !=
            std::string::npos);
}
END_TEST

START_TEST(a_file_that_somebody_took_away_is_begun_anew_when_it_is_full) {
  KlogRig rig;
  rig.options.sample.set(1);
  rig.options.max.set({1});
  KlogWriter& writer = rig.open();
  KlogRig::command(writer, "k", 1);
  rig.klog->flush();
  std::filesystem::rename(rig.path, rig.path + ".taken");
  KlogRig::command(writer, "k", 2);
  rig.klog->flush();
  ck_assert_uint_eq(numbers_of(content_of(rig.path + ".taken")).at(0), 1);
  ck_assert_uint_eq(numbers_of(content_of(rig.path)).at(0), 2);
}
END_TEST

START_TEST(a_full_device_keeps_lines_waiting_and_then_drops_them) {
  KlogRig rig;
  rig.options.file.set("/dev/full");
  rig.options.sample.set(1);
  rig.options.nbuf.set({4 * kKiB});
  KlogWriter& writer = rig.open();
  for (size_t i = 0; i < 1000; ++i) {
    KlogRig::command(writer, "k", i);
    rig.klog->flush();
  }
  ck_assert_int_ge(rig.count("klog_error"), 1000);
  ck_assert_int_eq(rig.count("klog_logged") + rig.count("klog_discard"), 1000);
  ck_assert_int_gt(rig.count("klog_discard"), 900);
}
END_TEST

// What a pipe took of a line that did not fit is not repeated, and nothing comes between.
START_TEST(a_slow_pipe_gets_every_line_that_found_room_whole_and_in_order) {
  KlogRig rig;
  const std::string pipe = rig.directory.path("pipe");
  ck_assert_int_eq(::mkfifo(pipe.c_str(), 0600), 0);
  const int reader = ::open(pipe.c_str(), O_RDONLY | O_NONBLOCK);
  ::fcntl(reader, F_SETPIPE_SZ, 4096);
  rig.options.file.set(pipe);
  rig.options.sample.set(1);
  rig.options.nbuf.set({16 * kKiB});
  KlogWriter& one = rig.open();
  KlogWriter& two = rig.klog->writer(rig.clock);
  std::string text;
  for (size_t i = 0; i < 4000; ++i) {
    KlogRig::command(one, "one", i);
    KlogRig::command(two, "two", i);
    if (i % 20 == 0) rig.klog->flush();
    char part[700];
    const ssize_t got = i % 8 == 0 ? ::read(reader, part, sizeof part) : 0;
    if (got > 0) text.append(part, static_cast<size_t>(got));
  }
  for (int empty = 0; empty < 3;) {
    rig.klog->flush();
    char part[4096];
    const ssize_t got = ::read(reader, part, sizeof part);
    got > 0 ? void(text.append(part, static_cast<size_t>(got))) : void(++empty);
  }
  ::close(reader);
  const auto lines = lines_of(text);
  for (const std::string& line : lines) ck_assert_uint_eq(std::ranges::count(line, '['), 1);
  ck_assert_int_gt(rig.count("klog_discard"), 0);
  ck_assert_int_eq(rig.count("klog_logged"), static_cast<int64_t>(lines.size()));
}
END_TEST

// A line that is half written stays with its file, wherever the name goes meanwhile.
START_TEST(a_reopen_waits_for_the_end_of_a_line) {
  KlogRig rig;
  const std::string pipe = rig.directory.path("pipe");
  ck_assert_int_eq(::mkfifo(pipe.c_str(), 0600), 0);
  const int reader = ::open(pipe.c_str(), O_RDONLY | O_NONBLOCK);
  ::fcntl(reader, F_SETPIPE_SZ, 4096);
  rig.options.file.set(pipe);
  rig.options.sample.set(1);
  KlogWriter& writer = rig.open();
  for (size_t i = 0; i < 100; ++i) KlogRig::command(writer, "k", i);
  rig.klog->flush();
  std::filesystem::rename(pipe, pipe + ".1");
  rig.klog->reopen();
  ck_assert(!std::filesystem::exists(pipe));
  std::string text(4096, '\0');
  ck_assert_int_eq(::read(reader, text.data(), text.size()), 4096);
  for (int i = 0; i < 3; ++i) rig.klog->flush();
  char part[4096];
  const ssize_t got = ::read(reader, part, sizeof part);
  text.append(part, static_cast<size_t>(std::max<ssize_t>(got, 0)));
  ::close(reader);
  std::string all = text + content_of(pipe);
  const auto numbers = numbers_of(all);
  ck_assert_uint_eq(numbers.size(), 100);
  for (size_t i = 0; i < 100; ++i) ck_assert_uint_eq(numbers[i], i);
}
END_TEST

START_TEST(a_thread_that_logs_while_files_rotate_loses_no_line) {
  constexpr size_t kCommands = 50'000;
  KlogRig rig;
  rig.options.sample.set(1);
  rig.options.nbuf.set({16 * kMiB});  // no line is dropped, and none comes to the ring's end
  rig.options.max.set({64 * kKiB});
  KlogWriter& writer = rig.open();
  std::atomic<bool> is_done{false};
  std::thread worker([&] {
    for (size_t i = 0; i < kCommands; ++i) KlogRig::command(writer, "key", i);
    is_done.store(true, std::memory_order_release);
  });
  std::vector<size_t> taken;
  int64_t rotations = 0;
  const auto flush = [&] {
    rig.klog->flush();
    if (rig.count("klog_rotate") == rotations) return;
    rotations = rig.count("klog_rotate");
    std::ranges::copy(numbers_of(content_of(rig.path + ".1")), std::back_inserter(taken));
  };
  while (!is_done.load(std::memory_order_acquire)) flush();
  worker.join();
  flush();
  std::ranges::copy(numbers_of(content_of(rig.path)), std::back_inserter(taken));
  ck_assert_uint_eq(taken.size(), kCommands);
  for (size_t i = 0; i < kCommands; ++i) ck_assert_uint_eq(taken[i], i);
}
END_TEST

}  // namespace

PELIKAN_TESTS("log/klog", a_line_is_written_byte_for_byte_as_the_reference_has_it,
              the_time_is_local_with_its_zone, the_time_goes_on_between_lines,
              of_each_row_of_commands_one_is_logged, without_a_file_nothing_is_logged_or_counted,
              a_sample_of_one_in_none_is_refused, a_backup_that_is_the_file_itself_is_refused,
              lines_wait_for_the_period_and_no_longer, what_waits_is_written_at_the_end,
              a_full_ring_drops_the_line_and_counts_it, a_file_that_is_there_is_appended_to,
              rotation_loses_no_line_and_keeps_one_generation,
              a_rename_that_fails_is_told_once_and_loses_nothing,
              a_file_that_somebody_took_away_is_begun_anew_when_it_is_full,
              a_full_device_keeps_lines_waiting_and_then_drops_them,
              a_slow_pipe_gets_every_line_that_found_room_whole_and_in_order,
              a_reopen_waits_for_the_end_of_a_line,
              a_thread_that_logs_while_files_rotate_loses_no_line)
