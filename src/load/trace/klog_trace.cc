#include "load/trace/klog_trace.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <limits>
#include <utility>

#include "base/bytes.h"
#include "base/escape.h"
#include "base/hash.h"

namespace pelikan::load {
namespace {

constexpr int64_t kMonthSeconds = 30 * 24 * 3600;  // an expiry above it is a Unix time
constexpr uint64_t kValueCode = 4;

constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

// The text up to a separator, which is dropped with it; all of it when there is none.
std::string_view take_until(std::string_view& text, std::string_view separator) {
  const size_t at = text.find(separator);
  const std::string_view taken = text.substr(0, at);
  text.remove_prefix(at == text.npos ? text.size() : at + separator.size());
  return taken;
}

size_t digits_of(uint64_t number) {
  size_t digits = 1;
  for (; number >= 10; number /= 10) ++digits;
  return digits;
}

// Of a reply "VALUE key 0 SIZE\r\n...\r\n" of so many bytes. Flags of more than a digit, or the
// number that a gets has, make it a few bytes less.
uint64_t value_size_of(uint64_t reply_size, size_t key_size) {
  constexpr std::string_view kAround = "VALUE  0 \r\n\r\n";
  const uint64_t around = kAround.size() + key_size;
  uint64_t size = reply_size > around ? reply_size - around : 0;
  while (size > 0 && around + digits_of(size) + size > reply_size) --size;
  return size;
}

}  // namespace

bool KlogTrace::next(TraceRequest& request) {
  std::string_view line;
  if (!lines_.next(line)) return false;
  request = {};
  const std::string_view peer = take_until(line, " - [");
  const std::string_view stamp = take_until(line, "] \"");
  const std::string_view command = take_until(line, "\" ");
  if (line.empty()) lines_.refuse("not a line of a command log");
  request.client = KeyedHash(0)(peer);
  request.time_ns = unix_seconds(stamp) * 1'000'000'000;
  read_command(request, command);
  read_reply(request, line);
  return true;
}

void KlogTrace::read_command(TraceRequest& request, std::string_view command) {
  const std::string_view name = take_until(command, " ");
  const std::optional<Verb> verb = parse_verb(name);
  if (!verb || *verb == Verb::kMget) {
    lines_.refuse(fmt::format("'{}' is no verb", escaped(name)));
  }
  request.verb = *verb;
  request.key = unescaped(take_until(command, " "));
  if (request.key.empty()) lines_.refuse("the key is missing");
  request.key_size = static_cast<uint32_t>(request.key.size());
  const int64_t now_s = request.time_ns / 1'000'000'000;
  if (*verb == Verb::kGat || *verb == Verb::kGats || *verb == Verb::kTouch) {
    request.ttl_s = ttl_of(take_until(command, " "), now_s);
  } else if (has_value(*verb)) {
    static_cast<void>(number(take_until(command, " "), "flags"));
    request.ttl_s = ttl_of(take_until(command, " "), now_s);
    const uint64_t size = number(take_until(command, " "), "value size");
    request.value_size = static_cast<uint32_t>(std::min<uint64_t>(size, UINT32_MAX));
    if (*verb == Verb::kCas) static_cast<void>(number(take_until(command, " "), "cas"));
  } else if (*verb == Verb::kIncr || *verb == Verb::kDecr) {
    static_cast<void>(number(take_until(command, " "), "delta"));
  }
  if (!command.empty()) lines_.refuse(fmt::format("'{}' is too much", escaped(command)));
}

void KlogTrace::read_reply(TraceRequest& request, std::string_view reply) const {
  const uint64_t code = number(take_until(reply, " "), "code");
  const uint64_t size = number(reply, "length");
  if (reads_value(request.verb) && code == kValueCode) {
    const uint64_t value_size = value_size_of(size, request.key.size());
    request.value_size = static_cast<uint32_t>(std::min<uint64_t>(value_size, UINT32_MAX));
  }
}

// "31/Jan/2026:09:30:00 +0100"
int64_t KlogTrace::unix_seconds(std::string_view stamp) {
  if (stamp == last_stamp_) return last_seconds_;
  std::string_view rest = stamp;
  const auto part = [&rest](std::string_view separator) {
    return parse_u64(take_until(rest, separator)).value_or(UINT32_MAX);
  };
  const uint64_t day = part("/");
  const auto month = std::ranges::find(kMonths, take_until(rest, "/"));
  const uint64_t year = part(":");
  const uint64_t hour = part(":");
  const uint64_t minute = part(":");
  const uint64_t second = part(" ");
  const bool is_zone = rest.size() == 5 && (rest[0] == '+' || rest[0] == '-');
  const uint64_t zone = is_zone ? parse_u64(rest.substr(1)).value_or(UINT32_MAX) : UINT32_MAX;
  const std::chrono::year_month_day date(
      std::chrono::year(static_cast<int>(year & 0xffff)),
      std::chrono::month(static_cast<unsigned>(month - kMonths.begin()) + 1),
      std::chrono::day(static_cast<unsigned>(day & 0xff)));
  const bool is_time = year < 10'000 && day < 32 && date.ok() && hour < 24 && minute < 60 &&
                       second < 61 && zone < 2400 && zone % 100 < 60;
  if (!is_time) lines_.refuse(fmt::format("'{}' is no time", escaped(stamp)));
  const auto days = std::chrono::sys_days(date).time_since_epoch().count();
  const auto east = static_cast<int64_t>(zone / 100 * 3600 + zone % 100 * 60);
  last_seconds_ = int64_t{days} * 86400 + static_cast<int64_t>(hour * 3600 + minute * 60 + second) -
                  (rest[0] == '+' ? east : -east);
  last_stamp_ = stamp;
  return last_seconds_;
}

uint64_t KlogTrace::number(std::string_view text, std::string_view what) const {
  const std::optional<uint64_t> value = parse_u64(text);
  if (!value) lines_.refuse(fmt::format("{} '{}' is no number", what, escaped(text)));
  return *value;
}

// As a client's expiry is meant: relative, or absolute when it is above a month.
int32_t KlogTrace::ttl_of(std::string_view expiry, int64_t now_s) const {
  const std::optional<int64_t> value = parse_i64(expiry);
  if (!value) lines_.refuse(fmt::format("expiry '{}' is no number", escaped(expiry)));
  if (*value < 0) return -1;
  if (*value <= kMonthSeconds) return static_cast<int32_t>(*value);
  const int64_t left = *value - now_s;
  if (left <= 0) return -1;
  return static_cast<int32_t>(std::min<int64_t>(left, std::numeric_limits<int32_t>::max()));
}

std::string_view KlogTrace::unescaped(std::string_view key) {
  size_t at = key.find('\\');
  if (at == key.npos) return key;
  key_.clear();
  while (at != key.npos) {
    unsigned byte = 0;
    const std::string_view digits = key.substr(at).size() >= 4 ? key.substr(at + 2, 2) : "";
    const auto [stop, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), byte, 16);
    const bool is_byte = digits.size() == 2 && key[at + 1] == 'x' && error == std::errc() &&
                         stop == digits.data() + digits.size();
    if (!is_byte) lines_.refuse("the key has a backslash without \\xHH");
    key_.append(key.substr(0, at)).push_back(static_cast<char>(byte));
    key.remove_prefix(at + 4);
    at = key.find('\\');
  }
  return key_.append(key);
}

}  // namespace pelikan::load
