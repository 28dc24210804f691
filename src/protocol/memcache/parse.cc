#include "protocol/memcache/parse.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <optional>

#include "base/bytes.h"
#include "protocol/memcache/line.h"
#include "protocol/memcache/parse_meta.h"
#include "protocol/memcache/parse_value.h"
#include "protocol/memcache/scan.h"

namespace pelikan::memcache {
namespace {

// What may follow a command's word.
enum class Form : uint8_t {
  kKeys,         // get gets: <key>*
  kExptimeKeys,  // gat gats: <exptime> <key>*
  kStorage,      // <key> <flags> <exptime> <bytes> [noreply]; cas: its token before noreply
  kDelete,       // <key> [anything] [noreply]
  kKey,          // <key> <argument> [noreply]
  kControl,      // [number] [noreply]
  kWords,        // anything
  kAdmin,        // anything, and [noreply]
  kMeta,         // <key> [bytes] <flag>*
  kUnknown,
  kForeign,  // another protocol
};

struct Verb {
  Command command;
  Form form;
};

// A word's first seven bytes and its length as one integer, so that a switch recognises it.
constexpr uint64_t with_length(uint64_t first_bytes, size_t length) noexcept {
  const size_t used = std::min<size_t>(length, 7);
  const uint64_t mask = (uint64_t{1} << (8 * used)) - 1;
  return (first_bytes & mask) | uint64_t{std::min<size_t>(length, 255)} << 56;
}

constexpr uint64_t pack(std::string_view word) noexcept {
  uint64_t bytes = 0;
  for (size_t i = 0; i < word.size() && i < 7; ++i) {
    bytes |= uint64_t{static_cast<uint8_t>(word[i])} << (8 * i);
  }
  return with_length(bytes, word.size());
}

// REQUIRES: eight bytes may be read
uint64_t load(std::string_view word) noexcept {
  uint64_t bytes;
  std::memcpy(&bytes, word.data(), 8);
  return with_length(bytes, word.size());
}

Verb find_verb(std::string_view word) noexcept {
  switch (load(word)) {
    case pack("get"):
      return {Command::kGet, Form::kKeys};
    case pack("gets"):
      return {Command::kGets, Form::kKeys};
    case pack("gat"):
      return {Command::kGat, Form::kExptimeKeys};
    case pack("gats"):
      return {Command::kGats, Form::kExptimeKeys};
    case pack("set"):
      return {Command::kSet, Form::kStorage};
    case pack("add"):
      return {Command::kAdd, Form::kStorage};
    case pack("replace"):
      return {Command::kReplace, Form::kStorage};
    case pack("append"):
      return {Command::kAppend, Form::kStorage};
    case pack("prepend"):
      return {Command::kPrepend, Form::kStorage};
    case pack("cas"):
      return {Command::kCas, Form::kStorage};
    case pack("delete"):
      return {Command::kDelete, Form::kDelete};
    case pack("incr"):
      return {Command::kIncr, Form::kKey};
    case pack("decr"):
      return {Command::kDecr, Form::kKey};
    case pack("touch"):
      return {Command::kTouch, Form::kKey};
    case pack("version"):
      return {Command::kVersion, Form::kWords};
    case pack("stats"):
      return {Command::kStats, Form::kWords};
    case pack("quit"):
      return {Command::kQuit, Form::kWords};
    case pack("lru"):
      return {Command::kLru, Form::kAdmin};
    case pack("slabs"):
      return {Command::kSlabs, Form::kAdmin};
    case pack("watch"):
      return {Command::kWatch, Form::kAdmin};
    case pack("mn"):
      return {Command::kMetaNoop, Form::kWords};
    case pack("mg"):
      return {Command::kMetaGet, Form::kMeta};
    case pack("ms"):
      return {Command::kMetaSet, Form::kMeta};
    case pack("md"):
      return {Command::kMetaDelete, Form::kMeta};
    case pack("ma"):
      return {Command::kMetaArithmetic, Form::kMeta};
    case pack("me"):
      return {Command::kMetaDebug, Form::kMeta};
    // From a browser lured into speaking to us; nothing of it may be run.
    case pack("GET"):
    case pack("POST"):
    case pack("PUT"):
    case pack("DELETE"):
      return {Command::kRefused, Form::kForeign};
    default:
      break;
  }
  if (word == "flush_all") return {Command::kFlushAll, Form::kControl};
  if (word == "verbosity") return {Command::kVerbosity, Form::kControl};
  if (word == "lru_crawler") return {Command::kLruCrawler, Form::kAdmin};
  if (word == "cache_memlimit") return {Command::kCacheMemlimit, Form::kAdmin};
  if (word == "shutdown") return {Command::kShutdown, Form::kAdmin};
  return {Command::kRefused, Form::kUnknown};
}

ParseStatus parse_unknown(Line& line, Request& request) noexcept {
  request.noreply = line.last_word() == "noreply";
  if (line.cut()) return ParseStatus::kIncomplete;
  return refuse(request, Reply::kError, line.behind());
}

ParseStatus parse_storage(Line& line, const char* end, Request& request) noexcept {
  request.key = line.word();
  const auto flags = line.number();
  const auto exptime = line.signed_number();
  const auto size = line.number();
  const auto token = request.command == Command::kCas ? line.number() : std::optional<uint64_t>(0);
  const bool noreply = line.last_word() == "noreply";
  if (line.cut()) return ParseStatus::kIncomplete;
  // Without a length nobody knows where the next command starts; noreply does not hide that.
  if (!size || *size > kMaxValue) return refuse(request, Reply::kBadFormat, line.behind());
  request.noreply = noreply;
  request.value_size = static_cast<uint32_t>(*size);
  constexpr uint64_t kMaxFlags = std::numeric_limits<uint32_t>::max();
  if (request.key.size() > kMaxKey || !flags || *flags > kMaxFlags || !exptime || !token) {
    request.value_size += kTerminator;
    return refuse(request, Reply::kBadFormat, line.behind());
  }
  request.flags = static_cast<uint32_t>(*flags);
  request.exptime = *exptime;
  request.number = *token;
  request.value = line.behind();
  return parse_value(end, request);
}

// delete: <key>, maybe a word (a time, in old clients) that means nothing any more, and [noreply].
// More words are an error, for libmemcached's test of servers asks for one.
ParseStatus parse_delete(Line& line, Request& request) noexcept {
  request.key = line.word();
  const std::string_view second = line.word();
  const std::string_view third = line.word();
  const std::string_view beyond = line.last_word();
  if (line.cut()) return ParseStatus::kIncomplete;
  request.end = line.behind();
  request.noreply = (third.empty() ? second : third) == "noreply";
  const bool too_many = !beyond.empty() || (!third.empty() && !request.noreply);
  if (request.key.empty() || request.key.size() > kMaxKey || too_many) {
    return refuse(request, Reply::kBadFormat, request.end);
  }
  return ParseStatus::kRequest;
}

// incr decr: <key> <delta>; touch: <key> <exptime>. Both with [noreply].
ParseStatus parse_key_line(Line& line, Request& request) noexcept {
  request.key = line.word();
  const std::string_view argument = line.word();
  const bool noreply = line.last_word() == "noreply";
  if (line.cut()) return ParseStatus::kIncomplete;
  if (argument.empty()) return refuse(request, Reply::kBadFormat, line.behind());
  request.noreply = noreply;
  request.end = line.behind();
  if (request.key.size() > kMaxKey) return refuse(request, Reply::kBadFormat, request.end);
  if (request.command == Command::kTouch) {
    const auto exptime = parse_i64(argument);
    if (!exptime) return refuse(request, Reply::kInvalidExptime, request.end);
    request.exptime = *exptime;
  } else {
    const auto delta = parse_u64(argument);
    if (!delta) return refuse(request, Reply::kInvalidDelta, request.end);
    request.number = *delta;
  }
  return ParseStatus::kRequest;
}

// flush_all [delay] [noreply], verbosity <level> [noreply].
ParseStatus parse_control(Line& line, Request& request) noexcept {
  const std::string_view first = line.word();
  const std::string_view last = line.last_word();
  if (line.cut()) return ParseStatus::kIncomplete;
  request.end = line.behind();
  request.noreply = (last.empty() ? first : last) == "noreply";
  if (request.command == Command::kVerbosity) {
    const auto level = parse_u64(first);
    if (!level) return refuse(request, Reply::kBadFormat, request.end);
    request.number = *level;
    return ParseStatus::kRequest;
  }
  if (first.empty() || (last.empty() && request.noreply)) return ParseStatus::kRequest;
  const auto delay = parse_i64(first);
  if (!delay) return refuse(request, Reply::kInvalidExptime, request.end);
  request.exptime = *delay;
  return ParseStatus::kRequest;
}

ParseStatus parse_words(Line& line, Request& request) noexcept {
  const std::string_view first = line.word();
  const std::string_view last = line.last_word();
  if (line.cut()) return ParseStatus::kIncomplete;
  request.end = line.behind();
  const std::string_view& end = last.empty() ? first : last;
  request.key = {first.data(), static_cast<size_t>(end.data() + end.size() - first.data())};
  return ParseStatus::kRequest;
}

ParseStatus parse_admin(Line& line, Request& request) noexcept {
  const ParseStatus status = parse_words(line, request);
  constexpr std::string_view kNoreply = "noreply";
  request.noreply = request.key.substr(request.key.rfind(' ') + 1) == kNoreply;
  if (request.noreply) request.key.remove_suffix(kNoreply.size());
  while (request.key.ends_with(' ')) request.key.remove_suffix(1);
  return status;
}

enum class KeyList : uint8_t { kWhole, kCut, kBad };

// The rest of a list: all there and good, good as far as it goes, or with a key that is too long.
// Looks for a space in every 251 bytes, so that most bytes are not looked at.
KeyList check_keys(std::string_view rest) noexcept {
  const size_t lf = rest.find('\n');
  std::string_view keys = rest.substr(0, lf);
  if (keys.ends_with('\r')) keys.remove_suffix(1);
  while (keys.size() > kMaxKey) {
    const size_t space = keys.substr(0, kMaxKey + 1).rfind(' ');
    if (space == std::string_view::npos) return KeyList::kBad;
    keys.remove_prefix(space + 1);
  }
  return lf == std::string_view::npos ? KeyList::kCut : KeyList::kWhole;
}

// The key at p, when what stands behind it shows whether it is the last one.
ParseStatus parse_key(const char* p, const char* end, Request& request) noexcept {
  const char* key_end = find_word_end(p, end);
  request.key = {p, static_cast<size_t>(key_end - p)};
  if (request.key.size() > kMaxKey) {
    request.close = true;
    return refuse(request, Reply::kBadFormat, end);
  }
  request.end = skip_spaces(key_end, end);
  const LineEnd line_end = line_end_at(request.end, end);
  request.last = line_end != LineEnd::kNone;
  if (request.last) request.end += line_end == LineEnd::kLf ? 1 : 2;
  return line_end == LineEnd::kCut ? ParseStatus::kIncomplete : ParseStatus::kRequest;
}

// One error for a whole list of keys, when its end is in sight or not waited for.
ParseStatus refuse_keys(std::string_view in, Reply why, Request& request) noexcept {
  const size_t lf = in.find('\n');
  if (lf != std::string_view::npos) {
    request.close = false;
    return refuse(request, why, in.data() + lf + 1);
  }
  if (in.size() <= kMaxOpenLine) return ParseStatus::kIncomplete;
  request.close = true;
  return refuse(request, why, in.data() + in.size());
}

// The first key of a list; p is behind the command.
ParseStatus parse_key_list(std::string_view in, const char* p, bool has_exptime,
                           Request& request) noexcept {
  const char* end = in.data() + in.size();
  std::optional<int64_t> exptime = 0;
  if (has_exptime) {
    Line line(p, end);
    exptime = line.signed_number();
    p = line.position();
  }
  const char* first = skip_spaces(p, end);
  const LineEnd line_end = line_end_at(first, end);
  if (line_end == LineEnd::kCut) return ParseStatus::kIncomplete;
  if (line_end != LineEnd::kNone) return refuse_keys(in, Reply::kBadFormat, request);
  if (!exptime) return refuse_keys(in, Reply::kInvalidExptime, request);
  request.exptime = *exptime;

  const ParseStatus status = parse_key(first, end, request);
  if (request.close) return refuse_keys(in, Reply::kBadFormat, request);
  if (status != ParseStatus::kRequest || request.last) return status;
  switch (check_keys({request.end, static_cast<size_t>(end - request.end)})) {
    case KeyList::kWhole:
      return status;
    case KeyList::kBad:
      return refuse_keys(in, Reply::kBadFormat, request);
    case KeyList::kCut:
      break;
  }
  return in.size() <= kMaxOpenLine ? ParseStatus::kIncomplete : status;
}

ParseStatus parse_line(std::string_view in, Request& request, MetaFlags& flags) noexcept {
  const char* begin = in.data();
  const char* end = begin + in.size();
  // A line that goes on behind the limit is cut there, and so found to be too long.
  const char* limit = begin + std::min(in.size(), kMaxLine);
  const char* p = find_word_end(begin, limit);
  const std::string_view word(begin, static_cast<size_t>(p - begin));
  if (!word.empty() && is_foreign(word.front())) return ParseStatus::kHangUp;
  const LineEnd line_end = line_end_at(p, limit);
  if (line_end == LineEnd::kCut) return ParseStatus::kIncomplete;
  Line line(p, limit);
  if (word.empty()) {
    if (line_end == LineEnd::kNone) return parse_unknown(line, request);
    return refuse(request, Reply::kBadFormat, p + (line_end == LineEnd::kLf ? 1 : 2));
  }
  const Verb verb = find_verb(word);
  request.command = verb.command;
  switch (verb.form) {
    case Form::kKeys:
      return parse_key_list(in, p, false, request);
    case Form::kExptimeKeys:
      return parse_key_list(in, p, true, request);
    case Form::kStorage:
      return parse_storage(line, end, request);
    case Form::kDelete:
      return parse_delete(line, request);
    case Form::kKey:
      return parse_key_line(line, request);
    case Form::kControl:
      return parse_control(line, request);
    case Form::kWords:
      return parse_words(line, request);
    case Form::kAdmin:
      return parse_admin(line, request);
    case Form::kMeta:
      return parse_meta(p, limit, end, request, flags);
    case Form::kUnknown:
      return parse_unknown(line, request);
    case Form::kForeign:
      return ParseStatus::kHangUp;
  }
  return ParseStatus::kHangUp;
}

// The most frequent commands are told by a few bytes, without a look for the end of their word.
bool begins_with_get(std::string_view in) noexcept {
  return in.size() > 4 && std::memcmp(in.data(), "get ", 4) == 0;
}
bool begins_with_meta_get(std::string_view in) noexcept {
  return in.size() > 3 && std::memcmp(in.data(), "mg ", 3) == 0;
}

}  // namespace

ParseStatus RequestParser::parse(std::string_view in, Request& request, MetaFlags& flags) noexcept {
  request = Request{};
  ParseStatus status;
  if (inside_) {
    request.command = command_;
    request.exptime = exptime_;
    status = parse_key(in.data(), in.data() + in.size(), request);
  } else if (begins_with_get(in)) {
    request.command = Command::kGet;
    status = parse_key_list(in, in.data() + 4, false, request);
  } else if (begins_with_meta_get(in)) {
    const char* begin = in.data();
    const char* end = begin + in.size();
    request.command = Command::kMetaGet;
    status = parse_meta(begin + 3, begin + std::min(in.size(), kMaxLine), end, request, flags);
  } else {
    status = parse_line(in, request, flags);
  }
  if (status == ParseStatus::kRequest) {
    continue_behind(request);
  } else if (status == ParseStatus::kIncomplete && in.size() > kMaxOpenLine) {
    if (!is_retrieval(request.command)) return ParseStatus::kHangUp;
  }
  return status;
}

void RequestParser::continue_behind(const Request& request) noexcept {
  inside_ = is_retrieval(request.command) && !request.last;
  command_ = request.command;
  exptime_ = request.exptime;
}

}  // namespace pelikan::memcache
