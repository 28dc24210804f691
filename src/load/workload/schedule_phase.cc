#include "load/workload/schedule_phase.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "base/bytes.h"
#include "load/trace/input.h"
#include "load/workload/random.h"

namespace pelikan::load {
namespace {

constexpr double kMaxRate = 1e9;
constexpr double kMaxSeconds = 366.0 * 86400;
constexpr double kMaxSegments = 100'000;  // of one phase
constexpr uint64_t kMaxFile = 16 * kMiB;

double rate(Words& words, std::string_view what) {
  return words.number(parse_count, what, 0, kMaxRate);
}

double duration(Words& words, std::string_view what) {
  const double seconds = words.number(parse_seconds, what, 0, kMaxSeconds);
  if (seconds <= 0) words.refuse(fmt::format("{} is no time", what));
  return seconds;
}

std::vector<Segment> parse_const(Words& words) {
  const double r = rate(words, "R");
  return {Segment::line(r, r, duration(words, "D"))};
}

std::vector<Segment> parse_ramp(Words& words) {
  const double from = rate(words, "R1");
  const double to = rate(words, "R2");
  return {Segment::line(from, to, duration(words, "D"))};
}

void shuffle(std::vector<Segment>& segments, uint64_t seed) {
  Random random(seed);
  for (size_t i = segments.size(); i > 1; --i) {
    std::swap(segments[i - 1], segments[random.uniform(i)]);
  }
}

std::vector<Segment> parse_step(Words& words, uint64_t seed) {
  const double from = rate(words, "R1");
  const double to = rate(words, "R2");
  const double by = rate(words, "dR");
  const double seconds = duration(words, "D");
  if (by <= 0) words.refuse("dR is 0");
  // A last step that misses R2 by rounding alone is one.
  const double most = std::floor(std::abs(to - from) / by + 1e-9);
  if (most > kMaxSegments) words.refuse(fmt::format("it has more than {} steps", kMaxSegments));
  std::vector<Segment> segments;
  const auto steps = static_cast<size_t>(most);
  for (size_t i = 0; i <= steps; ++i) {
    const double change = static_cast<double>(i) * by;
    const double r = from < to ? from + change : std::max(from - change, 0.0);
    segments.push_back(Segment::line(r, r, seconds));
  }
  if (words.take("shuffle")) {
    shuffle(segments, seed);
  } else if (words.take("mirror")) {
    for (size_t i = segments.size() - 1; i > 0; --i) segments.push_back(segments[i - 1]);
  }
  return segments;
}

std::vector<Segment> parse_sine(Words& words) {
  const double mean = rate(words, "MEAN");
  const double amplitude = rate(words, "AMP");
  if (amplitude > mean) words.refuse("AMP is above MEAN: the rate would be negative");
  const double period = duration(words, "PERIOD");
  const double seconds = duration(words, "D");
  if (amplitude == 0) return {Segment::line(mean, mean, seconds)};
  return {Segment::sine(mean, amplitude, period, seconds)};
}

std::vector<Segment> parse_burst(Words& words) {
  const double base = rate(words, "BASE");
  const double peak = rate(words, "PEAK");
  const double length = duration(words, "LEN");
  const double every = duration(words, "EVERY");
  const double seconds = duration(words, "D");
  if (peak < base) words.refuse("PEAK is below BASE");
  if (length >= every) words.refuse("LEN is not below EVERY: the bursts would never end");
  if (seconds / every > kMaxSegments) {
    words.refuse(fmt::format("it has more than {} bursts", kMaxSegments));
  }
  std::vector<Segment> segments;
  for (double i = 0; i * every < seconds; ++i) {
    const double left = seconds - i * every;
    segments.push_back(Segment::line(peak, peak, std::min(length, left)));
    if (left <= length) break;
    segments.push_back(Segment::line(base, base, std::min(every, left) - length));
  }
  return segments;
}

struct Point {
  double seconds;
  double rate;
};

Point parse_point(std::string_view line, const std::string& where) {
  const Setting setting(where, line);
  Words words(setting, "SECONDS,RATE");
  const std::vector<std::string_view> parts = split(line, ',');
  if (parts.size() != 2) words.refuse("it is no two numbers");
  const std::optional<double> seconds = parse_decimal(trimmed(parts[0]));
  const std::optional<double> rate = parse_count(trimmed(parts[1]));
  if (!seconds || *seconds < 0 || *seconds > kMaxSeconds) words.refuse("SECONDS is no time");
  if (!rate || *rate < 0 || *rate > kMaxRate) words.refuse("RATE is no rate");
  return {.seconds = *seconds, .rate = *rate};
}

std::vector<Segment> parse_file(Words& words) {
  const std::string path(words.word());
  if (path.empty()) words.refuse("PATH is missing");
  const std::string text = read_whole(path, kMaxFile);
  std::vector<Segment> segments;
  std::optional<Point> last;
  size_t number = 0;
  for (std::string_view line : split(text, '\n')) {
    ++number;
    line = trimmed(line.substr(0, line.find('#')));
    if (line.empty()) continue;
    const std::string where = fmt::format("{}:{}", path, number);
    const Point point = parse_point(line, where);
    if (!last && point.seconds != 0) Setting(where, line).refuse("the first line is not at 0 s");
    if (last && point.seconds <= last->seconds) {
      Setting(where, line).refuse("the time is not behind the line before");
    }
    if (last) {
      segments.push_back(Segment::line(last->rate, point.rate, point.seconds - last->seconds));
    }
    last = point;
  }
  if (segments.empty()) words.refuse(fmt::format("{} has not two lines", path));
  return segments;
}

}  // namespace

std::vector<Segment> parse_phase(const Setting& phase, uint64_t seed) {
  Words words(phase, kPhaseForms);
  std::vector<Segment> segments;
  if (words.take("const")) {
    segments = parse_const(words);
  } else if (words.take("ramp")) {
    segments = parse_ramp(words);
  } else if (words.take("step")) {
    segments = parse_step(words, seed);
  } else if (words.take("sine")) {
    segments = parse_sine(words);
  } else if (words.take("burst")) {
    segments = parse_burst(words);
  } else if (words.take("file")) {
    segments = parse_file(words);
  } else {
    words.refuse("it names no phase");
  }
  words.end();
  return segments;
}

}  // namespace pelikan::load
