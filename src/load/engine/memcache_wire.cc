#include "load/engine/memcache_wire.h"

#include "base/assertion.h"
#include "load/engine/memcache_words.h"
#include "protocol/memcache/compose.h"
#include "protocol/memcache/parse_reply.h"

namespace pelikan::load {
namespace {

using memcache::Command;
using memcache::ParsedReply;
using memcache::Reply;
using memcache::ReplyKind;

Command command_of(Verb verb) noexcept {
  switch (verb) {
    case Verb::kGet:
    case Verb::kMget:
      return Command::kGet;
    case Verb::kGets:
      return Command::kGets;
    case Verb::kGat:
      return Command::kGat;
    case Verb::kGats:
      return Command::kGats;
    case Verb::kTouch:
      return Command::kTouch;
    case Verb::kSet:
      return Command::kSet;
    case Verb::kAdd:
      return Command::kAdd;
    case Verb::kReplace:
      return Command::kReplace;
    case Verb::kAppend:
      return Command::kAppend;
    case Verb::kPrepend:
      return Command::kPrepend;
    case Verb::kCas:
      return Command::kCas;
    case Verb::kIncr:
      return Command::kIncr;
    case Verb::kDecr:
      return Command::kDecr;
    case Verb::kDelete:
      return Command::kDelete;
    case Verb::kMset:
    case Verb::kRaw:
    case Verb::kFill:
      break;  // refused where a mix is read
  }
  CHECK(false);
  return Command::kRefused;
}

memcache::Request request_of(const WireRequest& request) noexcept {
  memcache::Request out;
  out.command = command_of(request.verb);
  out.key = request.keys.front();
  out.exptime = exptime_of(request.ttl_s);
  out.number = request.number;
  out.value = request.value.data();
  out.value_size = static_cast<uint32_t>(request.value.size());
  return out;
}

// What a line means to a command that is no retrieval; broken when it never gives that answer.
Outcome outcome_of(Verb verb, Reply line) noexcept {
  const bool stores = has_value(verb);
  switch (line) {
    case Reply::kStored:
      return stores ? Outcome::kStored : Outcome::kBroken;
    case Reply::kNotStored:
    case Reply::kExists:
      return stores ? Outcome::kNotStored : Outcome::kBroken;
    case Reply::kNotFound:
      return stores ? Outcome::kNotStored : Outcome::kMiss;
    case Reply::kDeleted:
      return verb == Verb::kDelete ? Outcome::kHit : Outcome::kBroken;
    case Reply::kTouched:
      return verb == Verb::kTouch ? Outcome::kHit : Outcome::kBroken;
    default:
      return Outcome::kBroken;
  }
}

// Of what is no value.
Outcome outcome_of(Verb verb, const ParsedReply& reply) noexcept {
  switch (reply.kind) {
    case ReplyKind::kLine:
      if (!reads_value(verb)) return outcome_of(verb, reply.line);
      return reply.line == Reply::kEnd ? Outcome::kEnd : Outcome::kBroken;
    case ReplyKind::kNumber:
      return verb == Verb::kIncr || verb == Verb::kDecr ? Outcome::kHit : Outcome::kBroken;
    case ReplyKind::kError:
      return outcome_of_error(reply.text);
    case ReplyKind::kValue:
    case ReplyKind::kStat:
    case ReplyKind::kVersion:
    case ReplyKind::kMeta:
      return Outcome::kBroken;
  }
  return Outcome::kBroken;
}

}  // namespace

size_t MemcacheWire::bound(const WireRequest& request) const noexcept {
  if (reads_value(request.verb)) return memcache::retrieval_bound(request.keys);
  return memcache::request_bound(request_of(request));
}

char* MemcacheWire::compose(char* to, const WireRequest& request) const noexcept {
  if (reads_value(request.verb)) {
    return memcache::compose_retrieval(to, command_of(request.verb), exptime_of(request.ttl_s),
                                       request.keys);
  }
  return memcache::compose_request(to, request_of(request));
}

bool MemcacheWire::parse(std::string_view in, Verb verb, Answer& answer) const noexcept {
  ParsedReply reply;
  if (!memcache::parse_reply(in, reply)) return false;
  answer.size = reply.size;
  answer.has_value = reply.kind == ReplyKind::kValue && reads_value(verb);
  if (!answer.has_value) {
    answer.outcome = outcome_of(verb, reply);
    answer.is_last = true;
    return true;
  }
  answer.number = reply.number;
  answer.key = reply.key;
  answer.value = reply.text;
  // Behind the value of a single key stands the END, as a rule in the same packet.
  constexpr std::string_view kEnd = memcache::reply_line(Reply::kEnd);
  answer.is_last = verb != Verb::kMget && in.substr(reply.size).starts_with(kEnd);
  answer.outcome = answer.is_last ? Outcome::kOk : Outcome::kHit;
  if (answer.is_last) answer.size += kEnd.size();
  return true;
}

}  // namespace pelikan::load
