#include "log/log.h"

#include <pthread.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <iterator>
#include <memory>
#include <new>

#include "base/assertion.h"
#include "base/escape.h"
#include "log/line_ring.h"

namespace pelikan {
namespace {

constexpr std::string_view kLevelNames[] = {"critical", "error", "warn",
                                            "info",     "debug", "verbose"};

// What may follow the text of a line: that it was cut, two counts of lost lines, the line's end.
constexpr size_t kSuffixMax = 128;

LogLevel level_of(const Choice& choice) noexcept {
  const auto name = std::ranges::find(kLevelNames, choice.word);
  CHECK(name != std::end(kLevelNames));
  return static_cast<LogLevel>(name - std::begin(kLevelNames));
}

uint64_t next_log_id() noexcept {
  static std::atomic<uint64_t> last{0};
  return last.fetch_add(1, std::memory_order_relaxed) + 1;
}

// For counters with one writer.
void bump(std::atomic<uint64_t>& counter) noexcept {
  counter.store(counter.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
}

// 2026-01-31T09:30:00.125Z
char* write_time(char* out, int64_t unix_ms) noexcept {
  using namespace std::chrono;
  const sys_time<milliseconds> now{milliseconds(unix_ms)};
  const auto midnight = floor<days>(now);
  const year_month_day date(midnight);
  const hh_mm_ss time(now - midnight);
  return fmt::format_to(out, "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
                        static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                        static_cast<unsigned>(date.day()), time.hours().count(),
                        time.minutes().count(), time.seconds().count(), time.subseconds().count());
}

}  // namespace

// One thread's lines for one log. It has two owners, the thread and the log; whoever lets go last
// frees it.
struct Log::ThreadRing : ListHook<ThreadRing> {
  ThreadRing(uint64_t log, size_t bytes) : log_id(log), lines(bytes) {
    char name[16];  // the kernel's limit
    if (::pthread_getname_np(::pthread_self(), name, sizeof name) != 0) name[0] = '\0';
    *write_escaped(name, thread_name, std::end(thread_name) - 1).out = '\0';
  }

  // acq_rel: whoever frees the ring comes after everything the other owner did with it.
  void let_go() noexcept {
    if (owners.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
  }

  const uint64_t log_id;
  LineRing lines;
  char thread_name[16 * kEscapeMax + 1];
  std::atomic<int> owners{2};

  // The thread counts, the log reads.
  std::atomic<uint64_t> skipped{0};
  std::atomic<uint64_t> limited{0};
  uint64_t skipped_told = 0;     // the thread's: so many its lines have mentioned
  uint64_t skipped_counted = 0;  // the log's: so many its metrics have
  uint64_t limited_counted = 0;

  ThreadRing* next_newcomer = nullptr;
  ThreadRing* next_of_thread = nullptr;
};

// The rings of a thread, one for each log it has written to. Not an object with a destructor of its
// own: to note that down the C library allocates, and aborts when it cannot.
struct Log::ThreadRings {
  // At the end of the thread, with the last value of remember().
  static void let_go(void* chain) noexcept {
    for (auto* ring = static_cast<ThreadRing*>(chain); ring != nullptr;) {
      ThreadRing* next = ring->next_of_thread;
      ring->let_go();
      ring = next;
    }
  }
  static void remember(ThreadRing* ring) noexcept {
    static const pthread_key_t key = [] {
      pthread_key_t fresh{};
      CHECK(::pthread_key_create(&fresh, &let_go) == 0);
      return fresh;
    }();
    ring->next_of_thread = first;
    first = ring;
    CHECK(::pthread_setspecific(key, first) == 0);  // of the first 32 keys: allocates nothing
  }

  static inline thread_local ThreadRing* first = nullptr;
};

Log::Log(const LogOptions& options, LogMetrics& metrics, const TimeSource& time)
    : id_(next_log_id()),
      ring_bytes_(options.buffer.get().value),
      lines_per_second_(options.rate.get()),
      metrics_(metrics),
      time_(time),
      file_(options.file.get()),
      level_(level_of(options.level.get())) {}

Log::~Log() {
  flush();
  for (ThreadRing* ring = first_ring(); ring != nullptr;) {
    ThreadRing* next = rings_.next(*ring);
    ring->unlink();
    ring->let_go();
    ring = next;
  }
}

void Log::join() noexcept { static_cast<void>(own_ring()); }

void Log::write(LogLevel level, std::string_view text) noexcept {
  if (ThreadRing* ring = own_ring()) put(*ring, level, text, 0);
}

void Log::write(LogSite& site, LogLevel level, fmt::string_view format,
                fmt::format_args arguments) noexcept {
  ThreadRing* ring = own_ring();
  if (ring == nullptr) return;
  const auto left_out = site.admit(time_.boot_ms() / 1000, lines_per_second_);
  if (!left_out) return bump(ring->limited);
  char text[kLineMax];
  const auto end = fmt::vformat_to_n(text, sizeof text, format, arguments);
  put(*ring, level, {text, std::min(end.size, sizeof text)}, *left_out);
}

Log::ThreadRing* Log::own_ring() noexcept {
  for (ThreadRing* ring = ThreadRings::first; ring != nullptr; ring = ring->next_of_thread) {
    if (ring->log_id == id_) return ring;
  }
  ThreadRing* ring = nullptr;
  try {
    ring = new ThreadRing(id_, ring_bytes_);
  } catch (const std::bad_alloc&) {
    without_ring_.fetch_add(1, std::memory_order_relaxed);
    return nullptr;
  }
  ThreadRings::remember(ring);
  ring->next_newcomer = newcomers_.load(std::memory_order_relaxed);
  // release: meets adopt_newcomers()'s acquire, which finds the rings whole
  while (!newcomers_.compare_exchange_weak(ring->next_newcomer, ring, std::memory_order_release,
                                           std::memory_order_relaxed)) {
  }
  return ring;
}

void Log::put(ThreadRing& ring, LogLevel level, std::string_view text, uint64_t left_out) noexcept {
  char line[kLineMax];
  char* end = write_time(line, time_.unix_ms());
  end = fmt::format_to(end, " {} {}: ", kLevelNames[static_cast<size_t>(level)], ring.thread_name);
  const EscapeEnd escape = write_escaped(text, end, line + kLineMax - kSuffixMax);
  end = escape.out;
  if (!escape.is_whole) end = fmt::format_to(end, "...");
  if (left_out != 0) end = fmt::format_to(end, " [{} more like this left out]", left_out);
  const uint64_t skipped = ring.skipped.load(std::memory_order_relaxed);
  if (skipped != ring.skipped_told) {
    end = fmt::format_to(end, " [{} lines lost before this one]", skipped - ring.skipped_told);
  }
  *end++ = '\n';
  if (!ring.lines.push({line, static_cast<size_t>(end - line)})) return bump(ring.skipped);
  ring.skipped_told = skipped;
}

size_t Log::flush() noexcept {
  adopt_newcomers();
  size_t lines = 0;
  ThreadRing* stuck = nullptr;  // the ring whose lines the file did not take
  for (ThreadRing* ring = first_ring(); ring != nullptr;) {
    ThreadRing* next = rings_.next(*ring);
    // Asked before the draining, so that the last lines of an ending thread are not missed.
    // acquire: meets the thread's let_go(), after which it writes no more.
    const bool is_orphan = ring->owners.load(std::memory_order_acquire) == 1;
    if (stuck == nullptr && !drain(*ring, lines)) stuck = ring;
    collect_counts(*ring);
    if (is_orphan && ring->lines.is_empty()) {
      ring->unlink();
      ring->let_go();
    }
    ring = next;
  }
  // The next flush begins there: the file may have taken half a line.
  while (stuck != nullptr && &rings_.front() != stuck) rings_.move_to_back(rings_.front());
  metrics_.skip.add(without_ring_.exchange(0, std::memory_order_relaxed));
  metrics_.write.add(lines);
  return lines;
}

void Log::reopen() noexcept {
  flush();
  if (file_.reopen()) return;
  metrics_.error.add();
  char reason[128];
  const auto end = fmt::format_to_n(
      reason, sizeof reason, "cannot reopen the log, the old file stays: {}", std::strerror(errno));
  write(LogLevel::kError, {reason, std::min(end.size, sizeof reason)});
}

Log::ThreadRing* Log::first_ring() noexcept {
  return rings_.is_empty() ? nullptr : &rings_.front();
}

void Log::adopt_newcomers() noexcept {
  ThreadRing* ring = newcomers_.exchange(nullptr, std::memory_order_acquire);
  while (ring != nullptr) {
    rings_.move_to_back(*ring);
    ring = ring->next_newcomer;
  }
}

// Writes out the lines that are there now. False when the file takes no more.
bool Log::drain(ThreadRing& ring, size_t& lines) noexcept {
  for (const std::string_view bytes : ring.lines.pending()) {
    const LogFile::Written written = file_.write(bytes);
    lines += static_cast<size_t>(std::ranges::count(bytes.substr(0, written.bytes), '\n'));
    ring.lines.drop(written.bytes);
    if (written.failed) metrics_.error.add();
    if (written.bytes < bytes.size()) return false;
  }
  return true;
}

void Log::collect_counts(ThreadRing& ring) noexcept {
  const uint64_t skipped = ring.skipped.load(std::memory_order_relaxed);
  metrics_.skip.add(skipped - ring.skipped_counted);
  ring.skipped_counted = skipped;
  const uint64_t limited = ring.limited.load(std::memory_order_relaxed);
  metrics_.limit.add(limited - ring.limited_counted);
  ring.limited_counted = limited;
}

}  // namespace pelikan
