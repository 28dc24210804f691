#include "load/trace/redis_monitor_trace.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>

#include "base/bytes.h"
#include "base/escape.h"
#include "base/hash.h"

namespace pelikan::load {
namespace {

constexpr int64_t kSeconds = 1;
constexpr int64_t kMilliseconds = 1000;

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
bool same_word(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, {}, lower, lower);
}

// How a command's words are to be understood.
enum class Form : uint8_t { kKey, kKeyValue, kSet, kKeys, kPairs, kKeyTtl, kKeyTtlValue, kGetex };

struct Command {
  std::string_view name;
  Verb verb;
  Form form;
  size_t min_words;
  int64_t ttl_unit = kSeconds;
};
constexpr Command kCommands[] = {
    {"get", Verb::kGet, Form::kKey, 2},
    {"mget", Verb::kGet, Form::kKeys, 2},
    {"getex", Verb::kGat, Form::kGetex, 2},
    {"set", Verb::kSet, Form::kSet, 3},
    {"getset", Verb::kSet, Form::kKeyValue, 3},
    {"setnx", Verb::kAdd, Form::kKeyValue, 3},
    {"setex", Verb::kSet, Form::kKeyTtlValue, 4},
    {"psetex", Verb::kSet, Form::kKeyTtlValue, 4, kMilliseconds},
    {"mset", Verb::kSet, Form::kPairs, 3},
    {"msetnx", Verb::kAdd, Form::kPairs, 3},
    {"append", Verb::kAppend, Form::kKeyValue, 3},
    {"incr", Verb::kIncr, Form::kKey, 2},
    {"incrby", Verb::kIncr, Form::kKey, 3},
    {"decr", Verb::kDecr, Form::kKey, 2},
    {"decrby", Verb::kDecr, Form::kKey, 3},
    {"del", Verb::kDelete, Form::kKeys, 2},
    {"unlink", Verb::kDelete, Form::kKeys, 2},
    {"expire", Verb::kTouch, Form::kKeyTtl, 3},
    {"pexpire", Verb::kTouch, Form::kKeyTtl, 3, kMilliseconds},
};

const Command* find_command(std::string_view name) {
  const auto* const found =
      std::ranges::find_if(kCommands, [&](const Command& c) { return same_word(c.name, name); });
  return found == std::end(kCommands) ? nullptr : found;
}

uint32_t size_of(std::string_view text) { return static_cast<uint32_t>(text.size()); }

}  // namespace

bool RedisMonitorTrace::next(TraceRequest& request) {
  while (given_ == requests_.size()) {
    std::string_view line;
    if (!lines_.next(line)) return false;
    requests_.clear();
    given_ = 0;
    if (line != "OK" && !line.empty()) read_line(line);  // MONITOR's own reply
  }
  request = requests_[given_++];
  return true;
}

void RedisMonitorTrace::read_line(std::string_view line) {
  const size_t open = line.find(" [");
  const size_t close = line.find("] ", open == line.npos ? 0 : open);
  if (open == line.npos || close == line.npos) lines_.refuse("not a line of MONITOR");
  TraceRequest request;
  request.time_ns = time_ns(line.substr(0, open));
  request.client = KeyedHash(0)(line.substr(open + 2, close - open - 2));
  read_words(line.substr(close + 2));
  make_requests(request);
}

// "1339518083.107412": microseconds, whole.
int64_t RedisMonitorTrace::time_ns(std::string_view text) const {
  constexpr size_t kMicroDigits = 6;
  const size_t point = text.find('.');
  const std::optional<uint64_t> seconds = parse_u64(text.substr(0, point));
  const std::string_view fraction = point == text.npos ? "" : text.substr(point + 1);
  const std::optional<uint64_t> micros = parse_u64(fraction);
  constexpr uint64_t kMaxSeconds = 9'000'000'000;
  if (!seconds || *seconds > kMaxSeconds || !micros || fraction.size() != kMicroDigits) {
    lines_.refuse(fmt::format("'{}' is no time", escaped(text)));
  }
  return static_cast<int64_t>(*seconds * 1'000'000'000 + *micros * 1000);
}

void RedisMonitorTrace::read_words(std::string_view text) {
  text_.clear();
  text_.reserve(text.size());  // the views into it stay valid
  words_.clear();
  while (!text.empty()) {
    if (!text.starts_with('"')) lines_.refuse("a word is not in quotes");
    text.remove_prefix(1);
    const size_t begin = text_.size();
    while (!text.empty() && !text.starts_with('"')) text_.push_back(escaped_byte(text));
    if (text.empty()) lines_.refuse("a quote is missing");
    text.remove_prefix(1);
    if (text.starts_with(' ')) text.remove_prefix(1);
    words_.emplace_back(text_.data() + begin, text_.size() - begin);
  }
  if (words_.empty()) lines_.refuse("the command is missing");
}

// Takes one byte, or the escape that stands for it.
char RedisMonitorTrace::escaped_byte(std::string_view& text) const {
  if (text[0] != '\\' || text.size() < 2) {
    const char byte = text[0];
    text.remove_prefix(1);
    return byte;
  }
  const char letter = text[1];
  text.remove_prefix(2);
  constexpr std::string_view kLetters = "nrtab";
  constexpr std::string_view kBytes = "\n\r\t\a\b";
  if (const size_t at = kLetters.find(letter); at != kLetters.npos) return kBytes[at];
  if (letter != 'x') return letter;
  unsigned byte = 0;
  const std::string_view digits = text.substr(0, 2);
  const auto [stop, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), byte, 16);
  if (error != std::errc() || stop != digits.data() + 2) lines_.refuse("\\x without two digits");
  text.remove_prefix(2);
  return static_cast<char>(byte);
}

void RedisMonitorTrace::make_requests(const TraceRequest& from) {
  const Command* const command = find_command(words_[0]);
  if (command == nullptr) {
    ++passed_over_;
    return;
  }
  if (words_.size() < command->min_words || words_[1].empty()) {
    lines_.refuse(fmt::format("'{}' has not its arguments", command->name));
  }
  TraceRequest request = from;
  request.verb = command->verb;
  request.key = words_[1];
  request.key_size = size_of(request.key);
  switch (command->form) {
    case Form::kKey:
      break;
    case Form::kKeyValue:
      request.value_size = size_of(words_[2]);
      break;
    case Form::kKeyTtlValue:
      request.value_size = size_of(words_[3]);
      [[fallthrough]];
    case Form::kKeyTtl:
      request.ttl_s = ttl_of(words_[2], command->ttl_unit);
      break;
    case Form::kSet:
      request.value_size = size_of(words_[2]);
      read_set_options(request, 3);
      break;
    case Form::kGetex:
      read_set_options(request, 2);
      break;
    case Form::kKeys:
      return make_for_keys(request, 1);
    case Form::kPairs:
      return make_for_keys(request, 2);
  }
  requests_.push_back(request);
}

// EX 60, PX 60000, EXAT and PXAT with Unix times, NX, XX; the others change nothing here.
void RedisMonitorTrace::read_set_options(TraceRequest& request, size_t first) const {
  for (size_t i = first; i < words_.size(); ++i) {
    const std::string_view option = words_[i];
    if (same_word(option, "nx")) request.verb = Verb::kAdd;
    if (same_word(option, "xx")) request.verb = Verb::kReplace;
    const bool is_seconds = same_word(option, "ex") || same_word(option, "exat");
    const bool is_milliseconds = same_word(option, "px") || same_word(option, "pxat");
    if (!is_seconds && !is_milliseconds) continue;
    if (++i == words_.size()) lines_.refuse(fmt::format("'{}' has no number", escaped(option)));
    request.ttl_s = ttl_of(words_[i], is_seconds ? kSeconds : kMilliseconds);
    const bool is_absolute = option.size() == 4;
    if (!is_absolute) continue;
    const int64_t left = request.ttl_s - request.time_ns / 1'000'000'000;
    request.ttl_s = left > 0 ? static_cast<int32_t>(left) : -1;
  }
}

void RedisMonitorTrace::make_for_keys(TraceRequest request, size_t distance) {
  for (size_t i = 1; i + distance <= words_.size(); i += distance) {
    request.key = words_[i];
    request.key_size = size_of(request.key);
    if (distance == 2) request.value_size = size_of(words_[i + 1]);
    requests_.push_back(request);
  }
}

// In whole seconds, rounded up: a cache's TTL of 0 is for ever.
int32_t RedisMonitorTrace::ttl_of(std::string_view text, int64_t per_second) const {
  const std::optional<int64_t> value = parse_i64(text);
  if (!value) lines_.refuse(fmt::format("'{}' is no TTL", escaped(text)));
  if (*value <= 0) return -1;
  const int64_t seconds = (*value - 1) / per_second + 1;
  return static_cast<int32_t>(std::min<int64_t>(seconds, std::numeric_limits<int32_t>::max()));
}

}  // namespace pelikan::load
