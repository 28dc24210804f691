#include "load/engine/live_line.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cmath>
#include <cstdio>

#include "load/engine/figures.h"

namespace pelikan::load {
namespace {

constexpr std::string_view kBar = " ▏";

std::string clock_text(double seconds) {
  const auto whole = static_cast<uint64_t>(std::llround(seconds));
  return fmt::format("{:02}:{:02}", whole / 60, whole % 60);
}

double per_second(uint64_t count, const Interval& interval) {
  return interval.seconds > 0 ? static_cast<double>(count) / interval.seconds : 0;
}

std::string percentile_text(const HistogramSnapshot& values, double share) {
  return duration_text(static_cast<double>(values.percentile(share)));
}

}  // namespace

std::string live_text(const Interval& interval, double seconds) {
  const Counts& counts = interval.counts;
  std::string text = clock_text(interval.start_s + interval.seconds);
  if (seconds > 0) text += "/" + clock_text(seconds);
  text += fmt::format("{}{}", kBar, count_text(per_second(counts[Count::kDone], interval)));
  if (interval.planned_rate > 0) text += "/" + count_text(interval.planned_rate);
  text += " rps";
  const uint64_t asked = counts[Count::kHits] + counts[Count::kMisses];
  if (asked > 0) {
    text += fmt::format("{}get {} hit {}", kBar, count_text(per_second(asked, interval)),
                        percent_text(counts.hit_ratio()));
  }
  const HistogramSnapshot& response = interval.response;
  text += fmt::format("{}p50 {} p99 {} p99.9 {} max {}", kBar, percentile_text(response, 0.5),
                      percentile_text(response, 0.99), percentile_text(response, 0.999),
                      duration_text(static_cast<double>(response.max())));
  if (interval.lag.count() > 0) {
    text += fmt::format("{}lag p99 {}", kBar, percentile_text(interval.lag, 0.99));
  }
  text += fmt::format("{}err {}", kBar, counts.errors());
  if (counts[Count::kDropped] > 0) text += fmt::format(" dropped {}", counts[Count::kDropped]);
  constexpr double kMegabyte = 1e6;
  text +=
      fmt::format("{}net {:.3g}/{:.3g} MB/s{}conn {}", kBar,
                  per_second(interval.bytes_in, interval) / kMegabyte,
                  per_second(interval.bytes_out, interval) / kMegabyte, kBar, interval.connections);
  return text;
}

LiveLine::LiveLine(bool is_quiet)
    : is_quiet_(is_quiet), is_terminal_(::isatty(STDERR_FILENO) == 1) {}

LiveLine::~LiveLine() { end(); }

void LiveLine::end() noexcept {
  if (is_open_) std::fputc('\n', stderr);
  is_open_ = false;
}

void LiveLine::show(const std::string& text) {
  if (is_quiet_) return;
  fmt::print(stderr, "{}{}{}", is_terminal_ ? "\r\x1b[K" : "", text, is_terminal_ ? "" : "\n");
  std::fflush(stderr);
  is_open_ = is_terminal_;
}

void LiveLine::interval_ended(const Interval& interval, double seconds) {
  show(live_text(interval, seconds));
}

void LiveLine::prefill_progressed(uint64_t stored) {
  if (is_terminal_) show(fmt::format("prefill: {} keys", count_text(static_cast<double>(stored))));
}

void LiveLine::prefill_ended(const PrefillResult& prefill) {
  std::string text = fmt::format("prefill: {} keys in {:.1f} s", prefill.keys, prefill.seconds);
  if (prefill.resident >= 0) text += fmt::format(", resident {}", percent_text(prefill.resident));
  note(text);
}

void LiveLine::note(const std::string& text) {
  show(text);
  end();
}

}  // namespace pelikan::load
