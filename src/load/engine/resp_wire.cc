#include "load/engine/resp_wire.h"

#include <array>
#include <span>

#include "protocol/resp/compose.h"

namespace pelikan::load {
namespace {

using resp::compose_bulk;
using resp::compose_fixed;
using resp::ReplyItem;
using resp::ReplyKind;
using resp::ReplyStatus;

// A request's arguments behind its keys and values: options and a number at most.
constexpr size_t kMaxTail = 64;

// Behind the value of a set, or the key of a getex. There are no times below 0, but one long past
// is as good.
char* compose_expiry(char* to, int64_t ttl_s) noexcept {
  if (ttl_s < 0) return compose_fixed(to, "$4\r\nEXAT\r\n$1\r\n1\r\n");
  std::array<char, resp::kMaxInteger> digits;
  const auto size = static_cast<size_t>(resp::write_integer(digits.data(), ttl_s) - digits.data());
  return compose_bulk(compose_fixed(to, "$2\r\nEX\r\n"), {digits.data(), size});
}

char* compose_number(char* to, int64_t number) noexcept {
  std::array<char, resp::kMaxInteger> digits;
  const auto size = static_cast<size_t>(resp::write_integer(digits.data(), number) - digits.data());
  return compose_bulk(to, {digits.data(), size});
}

// `condition` is empty, or "XX" or "NX".
char* compose_set(char* to, const WireRequest& request, std::string_view condition) noexcept {
  const size_t arguments = 3 + (request.ttl_s == 0 ? 0 : 2) + (condition.empty() ? 0 : 1);
  to = compose_fixed(resp::compose_array_head(to, arguments), "$3\r\nSET\r\n");
  to = compose_bulk(compose_bulk(to, request.keys.front()), request.value);
  if (request.ttl_s != 0) to = compose_expiry(to, request.ttl_s);
  return condition.empty() ? to : compose_bulk(to, condition);
}

char* compose_getex(char* to, const WireRequest& request) noexcept {
  const bool persists = request.ttl_s == 0;
  to = resp::compose_array_head(to, persists ? 3 : 4);
  to = compose_bulk(compose_fixed(to, "$5\r\nGETEX\r\n"), request.keys.front());
  return persists ? compose_fixed(to, "$7\r\nPERSIST\r\n") : compose_expiry(to, request.ttl_s);
}

// Without a time there is nothing to set: then it only asks.
char* compose_touch(char* to, const WireRequest& request) noexcept {
  if (request.ttl_s == 0) {
    return compose_bulk(compose_fixed(to, "*2\r\n$5\r\nTOUCH\r\n"), request.keys.front());
  }
  to = compose_bulk(compose_fixed(to, "*3\r\n$6\r\nEXPIRE\r\n"), request.keys.front());
  return compose_number(to, request.ttl_s);
}

char* compose_mget(char* to, const WireRequest& request) noexcept {
  to = compose_fixed(resp::compose_array_head(to, 1 + request.keys.size()), "$4\r\nMGET\r\n");
  for (const std::string_view key : request.keys) to = compose_bulk(to, key);
  return to;
}

char* compose_mset(char* to, const WireRequest& request) noexcept {
  to = compose_fixed(resp::compose_array_head(to, 1 + 2 * request.keys.size()), "$4\r\nMSET\r\n");
  for (size_t i = 0; i < request.keys.size(); ++i) {
    to = compose_bulk(compose_bulk(to, request.keys[i]), request.values[i]);
  }
  return to;
}

Outcome outcome_of_error(std::string_view text) noexcept {
  for (const std::string_view of_server : {"OOM", "LOADING", "BUSY", "MISCONF", "READONLY"}) {
    if (text.starts_with(of_server)) return Outcome::kServerError;
  }
  return Outcome::kClientError;
}

Outcome outcome_of_integer(Verb verb, int64_t number) noexcept {
  switch (verb) {
    case Verb::kAppend:
    case Verb::kPrepend:
      return Outcome::kStored;
    case Verb::kIncr:
    case Verb::kDecr:
      return Outcome::kHit;
    case Verb::kTouch:
    case Verb::kDelete:
      return number > 0 ? Outcome::kHit : Outcome::kMiss;
    default:
      return Outcome::kBroken;
  }
}

bool stores_with_set(Verb verb) noexcept {
  return verb == Verb::kSet || verb == Verb::kAdd || verb == Verb::kReplace || verb == Verb::kCas ||
         verb == Verb::kMset;
}

Outcome outcome_of_null(Verb verb) noexcept {
  if (reads_value(verb)) return Outcome::kEnd;
  return stores_with_set(verb) ? Outcome::kNotStored : Outcome::kBroken;
}

// To a command that the user wrote: whatever is no error may be right. Reading is what a raw one is
// for, storing what a fill is.
Outcome outcome_of_words(Verb verb, const ReplyItem& item) noexcept {
  if (item.kind == ReplyKind::kError) return outcome_of_error(item.text);
  const bool is_nothing =
      item.kind == ReplyKind::kNull || (is_aggregate(item.kind) && item.number == 0);
  if (verb == Verb::kFill) return is_nothing ? Outcome::kNotStored : Outcome::kStored;
  if (is_nothing) return Outcome::kEnd;
  const bool is_value = item.kind == ReplyKind::kBulk || is_aggregate(item.kind);
  return is_value ? Outcome::kHit : Outcome::kOk;
}

// Of an item without parts; broken when the command never gives that answer.
Outcome outcome_of(Verb verb, const ReplyItem& item) noexcept {
  if (is_written_by_user(verb)) return outcome_of_words(verb, item);
  switch (item.kind) {
    case ReplyKind::kBulk:
      return reads_value(verb) ? Outcome::kOk : Outcome::kBroken;
    case ReplyKind::kNull:
      return outcome_of_null(verb);
    case ReplyKind::kInteger:
      return outcome_of_integer(verb, item.number);
    case ReplyKind::kSimple:
      return stores_with_set(verb) && item.text == "OK" ? Outcome::kStored : Outcome::kBroken;
    case ReplyKind::kError:
      return outcome_of_error(item.text);
    case ReplyKind::kDouble:
    case ReplyKind::kBoolean:
    case ReplyKind::kBigNumber:
    case ReplyKind::kArray:
    case ReplyKind::kMap:
    case ReplyKind::kSet:
    case ReplyKind::kPush:
    case ReplyKind::kAttribute:
      break;
  }
  return Outcome::kBroken;
}

// Almost every answer is one of these: a get's value, a set's OK.
bool parse_frequent(std::string_view in, Verb verb, ReplyItem& item, Answer& answer) noexcept {
  constexpr std::string_view kOk = "+OK\r\n";
  if (verb == Verb::kGet && resp::parse_plain_bulk(in, item)) {
    answer.outcome = Outcome::kOk;
    answer.has_value = true;
    answer.size = item.size;
    answer.position = 0;
    answer.value = item.text;
  } else if (verb == Verb::kSet && in.starts_with(kOk)) {
    answer.outcome = Outcome::kStored;
    answer.has_value = false;
    answer.size = kOk.size();
  } else {
    return false;
  }
  answer.is_last = true;
  return true;
}

}  // namespace

bool RespWire::speaks(Verb verb) noexcept {
  return verb != Verb::kGets && verb != Verb::kGats && verb != Verb::kCas && verb != Verb::kPrepend;
}

size_t RespWire::bound(const WireRequest& request) const noexcept {
  if (is_written_by_user(request.verb)) return resp::request_bound(request.words);
  size_t bytes = kMaxTail + resp::request_bound(request.keys);
  if (request.verb == Verb::kMset) return bytes + resp::request_bound(request.values);
  return bytes + resp::kMaxHead + request.value.size() + 2;
}

char* RespWire::compose(char* to, const WireRequest& request) const noexcept {
  const std::string_view key = request.keys.front();
  switch (request.verb) {
    case Verb::kGet:
    case Verb::kGets:
      return compose_bulk(compose_fixed(to, "*2\r\n$3\r\nGET\r\n"), key);
    case Verb::kMget:
      return compose_mget(to, request);
    case Verb::kGat:
    case Verb::kGats:
      return compose_getex(to, request);
    case Verb::kTouch:
      return compose_touch(to, request);
    case Verb::kSet:
      if (request.ttl_s != 0) return compose_set(to, request, {});
      to = compose_bulk(compose_fixed(to, "*3\r\n$3\r\nSET\r\n"), key);
      return compose_bulk(to, request.value);
    case Verb::kMset:
      return compose_mset(to, request);
    case Verb::kAdd:
      return compose_set(to, request, "NX");
    case Verb::kReplace:
    case Verb::kCas:
      return compose_set(to, request, "XX");
    case Verb::kAppend:
    case Verb::kPrepend:
      to = compose_fixed(to, "*3\r\n$6\r\nAPPEND\r\n");
      return compose_bulk(compose_bulk(to, key), request.value);
    case Verb::kIncr:
      to = compose_bulk(compose_fixed(to, "*3\r\n$6\r\nINCRBY\r\n"), key);
      return compose_number(to, static_cast<int64_t>(request.number));
    case Verb::kDecr:
      to = compose_bulk(compose_fixed(to, "*3\r\n$6\r\nDECRBY\r\n"), key);
      return compose_number(to, static_cast<int64_t>(request.number));
    case Verb::kDelete:
      return compose_bulk(compose_fixed(to, "*2\r\n$3\r\nDEL\r\n"), key);
    case Verb::kRaw:
    case Verb::kFill:
      return resp::compose_request(to, request.words);
  }
  return to;
}

bool RespWire::parse(std::string_view in, Verb verb, Answer& answer) noexcept {
  ReplyItem item;
  if (open_ == 0 && parse_frequent(in, verb, item, answer)) [[likely]] {
    return true;
  }
  const ReplyStatus status = resp::parse_item(in, item);
  if (status == ReplyStatus::kIncomplete) return false;
  answer = Answer{};
  answer.size = item.size;
  if (status == ReplyStatus::kMalformed) return true;
  if (open_ == 0) {
    begin(item, verb, answer);
  } else {
    go_on(item, answer);
  }
  return true;
}

void RespWire::begin(const ReplyItem& item, Verb verb, Answer& answer) noexcept {
  if (is_aggregate(item.kind)) return begin_parts(item, verb, answer);
  answer.outcome = verb == Verb::kMget && item.kind != ReplyKind::kError ? Outcome::kBroken
                                                                         : outcome_of(verb, item);
  answer.has_value = answer.outcome == Outcome::kOk && reads_value(verb);
  answer.position = 0;
  answer.value = item.text;
}

void RespWire::begin_parts(const ReplyItem& item, Verb verb, Answer& answer) noexcept {
  open_ = static_cast<uint64_t>(item.number);
  position_ = -1;
  if (item.kind == ReplyKind::kPush || item.kind == ReplyKind::kAttribute) {
    role_ = Role::kAside;
    answer.is_last = false;
    return;
  }
  if (is_written_by_user(verb)) {
    role_ = Role::kReply;
    at_end_ = outcome_of_words(verb, item);
  } else {
    const bool is_expected = verb == Verb::kMget && item.kind == ReplyKind::kArray && open_ > 0;
    role_ = Role::kValues;
    at_end_ = is_expected ? Outcome::kEnd : Outcome::kBroken;
  }
  answer.is_last = at_end_ == Outcome::kBroken || open_ == 0;
  answer.outcome = answer.is_last ? at_end_ : Outcome::kOk;
}

void RespWire::go_on(const ReplyItem& item, Answer& answer) noexcept {
  // An attribute's pairs come before what it is about.
  if (item.kind != ReplyKind::kAttribute) open_ -= 1;
  if (is_aggregate(item.kind)) open_ += static_cast<uint64_t>(item.number);
  // What is no string under one of the keys is a null, too.
  const bool is_value = item.kind == ReplyKind::kBulk;
  if (role_ == Role::kValues && !is_value && item.kind != ReplyKind::kNull) return;  // broken
  answer.is_last = open_ == 0 && role_ != Role::kAside;
  answer.outcome = answer.is_last ? at_end_ : Outcome::kOk;
  if (role_ != Role::kValues) return;
  answer.position = ++position_;
  answer.has_value = is_value;
  answer.value = item.text;
}

}  // namespace pelikan::load
