#include "log/log.h"

#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

#include "metric/registry.h"
#include "temporary_directory.h"

#include "check.h"

using namespace pelikan;
using pelikan::test::content_of;
using pelikan::test::TemporaryDirectory;

namespace {

// 2026-01-31T09:30:00.125Z
constexpr int64_t kUnixMs = 1769851800125;

// A log with its file, its metrics and a clock that stands.
struct Diary {
  explicit Diary(uint64_t buffer_bytes = 64 * kKiB) {
    options.buffer.set({buffer_bytes});
    options.file.set(path);
    ::pthread_setname_np(::pthread_self(), "tester");
    log.emplace(options, metrics, time);
  }

  std::string text() const { return content_of(path); }
  // The text without the part that is the same in each line.
  std::string messages() const {
    std::string all = text();
    const std::string_view same = "2026-01-31T09:30:00.125Z info tester: ";
    for (size_t at = all.find(same); at != all.npos; at = all.find(same, at))
      all.erase(at, same.size());
    return all;
  }

  TemporaryDirectory directory;
  std::string path = directory.path("log");
  FakeTime time{1'000'000, kUnixMs};
  MetricRegistry registry;
  LogOptions options;
  LogMetrics metrics{registry};
  std::optional<Log> log;
};

START_TEST(a_line_has_time_level_thread_and_text) {
  Diary diary;
  LOG_WARN(*diary.log, "port {} is busy: {}", 11211, "Address already in use");
  ck_assert_text_eq(diary.text(), "");
  ck_assert_uint_eq(diary.log->flush(), 1);
  ck_assert_text_eq(
      diary.text(),
      "2026-01-31T09:30:00.125Z warn tester: port 11211 is busy: Address already in use\n");
  ck_assert_uint_eq(diary.metrics.write.value(), 1);
}
END_TEST

START_TEST(only_levels_up_to_the_set_one_are_written) {
  Diary diary;
  Log& log = *diary.log;
  const auto write_all = [&log] {
    LOG_CRITICAL(log, "0");
    LOG_ERROR(log, "1");
    LOG_WARN(log, "2");
    LOG_INFO(log, "3");
    LOG_DEBUG(log, "4");
    LOG_VERBOSE(log, "5");
    return log.flush();
  };
  ck_assert(log.level() == LogLevel::kInfo);
  ck_assert_uint_eq(write_all(), 4);
  log.set_level(LogLevel::kVerbose);
  ck_assert_uint_eq(write_all(), 6);
  log.set_level(LogLevel::kCritical);
  ck_assert_uint_eq(write_all(), 1);
  diary.options.level.set("debug");
  ck_assert(Log(diary.options, diary.metrics, diary.time).level() == LogLevel::kDebug);
}
END_TEST

START_TEST(bytes_that_are_not_printable_are_escaped) {
  Diary diary;
  using namespace std::string_view_literals;
  LOG_INFO(*diary.log, "key '{}'", "a\r\n2026 forged\0\xc3\xa9\x1b[2J"sv);
  diary.log->flush();
  ck_assert_text_eq(diary.messages(), "key 'a\\x0d\\x0a2026 forged\\x00\\xc3\\xa9\\x1b[2J'\n");
}
END_TEST

START_TEST(a_long_line_is_cut_and_says_so) {
  Diary diary;
  LOG_INFO(*diary.log, "{}", std::string(5000, 'x'));
  LOG_INFO(*diary.log, "{}", std::string(900, '\n'));
  diary.log->flush();
  const std::string text = diary.text();
  ck_assert_int_eq(std::ranges::count(text, '\n'), 2);
  ck_assert_uint_le(text.find('\n') + 1, Log::kLineMax);
  ck_assert_uint_le(text.size() - text.find('\n') - 1, Log::kLineMax);
  ck_assert(text.find("xxx...\n") != text.npos);
  ck_assert(text.ends_with("\\x0a...\n"));
}
END_TEST

START_TEST(a_full_ring_drops_lines_counts_them_and_says_where) {
  Diary diary(4 * kKiB);
  const std::string text(1000, 'x');
  for (int n = 0; n < 10; ++n) diary.log->write(LogLevel::kInfo, text);
  const size_t kept = diary.log->flush();
  ck_assert_uint_ge(kept, 4);
  ck_assert_uint_lt(kept, 10);
  ck_assert_uint_eq(diary.metrics.skip.value(), 10 - kept);
  diary.log->write(LogLevel::kInfo, "first again");
  diary.log->write(LogLevel::kInfo, "second");
  diary.log->flush();
  const std::string expected =
      fmt::format("first again [{} lines lost before this one]\nsecond\n", 10 - kept);
  ck_assert_msg(diary.messages().ends_with(expected), "%s", diary.messages().c_str());
  ck_assert_uint_eq(diary.metrics.skip.value(), 10 - kept);
  ck_assert_uint_eq(diary.metrics.write.value(), kept + 2);
}
END_TEST

START_TEST(one_place_writes_ten_lines_a_second_and_then_tells_the_rest) {
  Diary diary;
  const auto fail = [&diary](int n) { LOG_INFO(*diary.log, "request {} failed", n); };
  for (int n = 0; n < 47; ++n) fail(n);
  LOG_INFO(*diary.log, "another place");
  ck_assert_uint_eq(diary.log->flush(), 11);
  ck_assert_uint_eq(diary.metrics.limit.value(), 37);
  diary.time = FakeTime(1'001'000, kUnixMs);
  fail(47);
  fail(48);
  diary.log->flush();
  ck_assert_msg(diary.messages().ends_with("request 9 failed\nanother place\n"
                                           "request 47 failed [37 more like this left out]\n"
                                           "request 48 failed\n"),
                "%s", diary.messages().c_str());
  ck_assert_uint_eq(diary.metrics.limit.value(), 37);
  ck_assert_uint_eq(diary.metrics.skip.value(), 0);
}
END_TEST

START_TEST(a_rotated_file_is_made_anew_and_nothing_is_lost) {
  Diary diary;
  diary.log->write(LogLevel::kInfo, "before");
  std::filesystem::rename(diary.path, diary.path + ".1");
  diary.log->reopen();
  diary.log->write(LogLevel::kInfo, "after");
  diary.log->reopen();  // without a move: appends
  diary.log->write(LogLevel::kInfo, "last");
  diary.log->flush();
  ck_assert_text_eq(diary.messages(), "after\nlast\n");
  ck_assert(content_of(diary.path + ".1").ends_with(" before\n"));
}
END_TEST

START_TEST(a_failed_reopen_is_told_in_the_old_file) {
  Diary diary;
  const std::string moved = diary.directory.path("moved");
  std::filesystem::rename(diary.path, moved);
  std::filesystem::create_directory(diary.path);
  diary.log->reopen();
  diary.log->flush();
  ck_assert(content_of(moved).ends_with(
      "error tester: cannot reopen the log, the old file stays: Is a directory\n"));
  ck_assert_uint_eq(diary.metrics.error.value(), 1);
}
END_TEST

START_TEST(a_full_disk_is_counted_and_tried_once_a_flush) {
  Diary diary;
  diary.options.file.set("/dev/full");
  diary.log.emplace(diary.options, diary.metrics, diary.time);
  diary.log->write(LogLevel::kInfo, "waits");
  ck_assert_uint_eq(diary.log->flush(), 0);
  ck_assert_uint_eq(diary.metrics.error.value(), 1);
  ck_assert_uint_eq(diary.log->flush(), 0);
  ck_assert_uint_eq(diary.metrics.error.value(), 2);
  ck_assert_uint_eq(diary.metrics.write.value(), 0);
}
END_TEST

START_TEST(a_pipe_nobody_reads_slows_neither_writer_nor_flush) {
  int ends[2];
  ck_assert_int_eq(::pipe(ends), 0);
  ck_assert_int_eq(::dup2(ends[1], STDERR_FILENO), STDERR_FILENO);
  Diary diary;
  diary.options.file.set("");
  diary.log.emplace(diary.options, diary.metrics, diary.time);
  constexpr uint64_t kLines = 4000;
  for (uint64_t n = 0; n < kLines; ++n) {
    diary.log->write(LogLevel::kInfo, std::string(200, 'x'));
    if (n % 100 == 0) diary.log->flush();
  }
  diary.log->flush();
  ck_assert_uint_gt(diary.metrics.write.value(), 0);
  ck_assert_uint_gt(diary.metrics.skip.value(), 0);
  ck_assert_uint_gt(diary.metrics.error.value(), 0);
  ck_assert_uint_lt(diary.metrics.write.value() + diary.metrics.skip.value(), kLines);

  // What waited goes on as soon as there is room.
  std::string taken(8192, '\0');
  ck_assert_int_eq(::read(ends[0], taken.data(), taken.size()), 8192);
  ck_assert_uint_gt(diary.log->flush(), 0);
}
END_TEST

START_TEST(a_line_written_in_halves_is_not_broken_by_another_thread) {
  int ends[2];
  ck_assert_int_eq(::pipe(ends), 0);
  ck_assert_int_eq(::fcntl(ends[1], F_SETPIPE_SZ, 4096), 4096);
  ck_assert_int_eq(::dup2(ends[1], STDERR_FILENO), STDERR_FILENO);
  Diary diary;
  diary.options.file.set("");
  diary.log.emplace(diary.options, diary.metrics, diary.time);
  diary.log->join();
  diary.log
      ->flush();  // this thread's ring is the first of all flushes, but for the rule under test
  std::thread([&diary] {
    for (int n = 0; n < 300; ++n) diary.log->write(LogLevel::kInfo, "the other thread's");
  }).join();
  std::string all;
  std::string part(4096, '\0');
  for (int n = 0; n < 200; ++n) {
    diary.log->write(LogLevel::kInfo, "this thread's");
    diary.log->flush();
    const ssize_t size = ::read(ends[0], part.data(), part.size());
    ck_assert_int_gt(size, 0);
    all.append(part, 0, static_cast<size_t>(size));
  }
  ck_assert_uint_eq(diary.metrics.write.value(), 500);
  size_t lines = 0;
  for (size_t at = 0; at < all.size(); ++lines) {
    const size_t end = all.find('\n', at);
    const std::string line = all.substr(at, end - at);
    const bool is_whole =
        line.starts_with("2026-") && line.ends_with(" thread's") && line.size() < 70;
    ck_assert_msg(is_whole, "%s", line.c_str());
    at = end + 1;
  }
  ck_assert_uint_eq(lines, 500);
}
END_TEST

START_TEST(the_destructor_writes_what_is_left) {
  Diary diary;
  diary.log->write(LogLevel::kInfo, "last words");
  diary.log.reset();
  ck_assert_text_eq(diary.messages(), "last words\n");
}
END_TEST

START_TEST(lines_of_an_ended_thread_come_out) {
  Diary diary;
  for (int n = 0; n < 3; ++n) {
    std::thread([&diary, n] {
      ::pthread_setname_np(::pthread_self(), "worker");
      diary.log->join();
      diary.log->write(LogLevel::kInfo, fmt::format("thread {}", n));
    }).join();
    ck_assert_uint_eq(diary.log->flush(), 1);
  }
  ck_assert_text_eq(diary.text(),
                    "2026-01-31T09:30:00.125Z info worker: thread 0\n"
                    "2026-01-31T09:30:00.125Z info worker: thread 1\n"
                    "2026-01-31T09:30:00.125Z info worker: thread 2\n");
}
END_TEST

START_TEST(a_thread_may_outlive_the_log_it_wrote_to) {
  Diary first;
  Diary second;
  std::atomic<int> stage{0};
  std::thread thread([&] {
    first.log->write(LogLevel::kInfo, "one");
    second.log->write(LogLevel::kInfo, "two");
    stage.store(1);
    while (stage.load() != 2) std::this_thread::yield();
    second.log->write(LogLevel::kInfo, "three");
  });
  while (stage.load() != 1) std::this_thread::yield();
  first.log.reset();
  stage.store(2);
  thread.join();
  ck_assert_uint_eq(second.log->flush(), 2);
}
END_TEST

START_TEST(lines_of_many_threads_come_out_whole_and_in_order) {
  constexpr int kThreads = 4, kLines = 5000;
  Diary diary(16 * kKiB);
  std::atomic<int> running{kThreads};
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i] {
      for (int n = 0; n < kLines; ++n) {
        diary.log->set_level(n % 2 == 0 ? LogLevel::kInfo : LogLevel::kDebug);
        diary.log->write(LogLevel::kInfo, fmt::format("{} {}", i, n));
      }
      running.fetch_sub(1);
    });
  }
  size_t lines = 0;
  while (running.load() > 0) lines += diary.log->flush();
  for (std::thread& thread : threads) thread.join();
  lines += diary.log->flush();
  ck_assert_uint_eq(lines, diary.metrics.write.value());
  ck_assert_uint_eq(lines + diary.metrics.skip.value(), kThreads * kLines);

  int last[kThreads] = {-1, -1, -1, -1};
  size_t seen = 0;
  std::ifstream file(diary.path);
  for (std::string line; std::getline(file, line); ++seen) {
    int thread = -1, number = -1;
    const size_t at = line.find(": ");
    ck_assert_uint_ne(at, line.npos);
    ck_assert_int_eq(std::sscanf(line.c_str() + at, ": %d %d", &thread, &number), 2);
    ck_assert_int_gt(number, last[thread]);
    last[thread] = number;
  }
  ck_assert_uint_eq(seen, lines);
}
END_TEST

}  // namespace

PELIKAN_TESTS("log/log", a_line_has_time_level_thread_and_text,
              only_levels_up_to_the_set_one_are_written, bytes_that_are_not_printable_are_escaped,
              a_long_line_is_cut_and_says_so, a_full_ring_drops_lines_counts_them_and_says_where,
              one_place_writes_ten_lines_a_second_and_then_tells_the_rest,
              a_rotated_file_is_made_anew_and_nothing_is_lost,
              a_failed_reopen_is_told_in_the_old_file,
              a_full_disk_is_counted_and_tried_once_a_flush,
              a_pipe_nobody_reads_slows_neither_writer_nor_flush,
              a_line_written_in_halves_is_not_broken_by_another_thread,
              the_destructor_writes_what_is_left, lines_of_an_ended_thread_come_out,
              a_thread_may_outlive_the_log_it_wrote_to,
              lines_of_many_threads_come_out_whole_and_in_order)
