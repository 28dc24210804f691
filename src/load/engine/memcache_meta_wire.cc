#include "load/engine/memcache_meta_wire.h"

#include "base/copy.h"
#include "load/engine/memcache_words.h"
#include "protocol/memcache/compose_meta.h"
#include "protocol/memcache/parse_reply.h"

namespace pelikan::load {
namespace {

using memcache::Command;
using memcache::MetaFlags;
using memcache::MetaMode;
using memcache::MetaStatus;
using memcache::ParsedReply;
using memcache::Reply;
using memcache::ReplyKind;

constexpr std::string_view kNoop = "mn\r\n";

// A command, and the mode that makes it do what the verb says.
struct Meaning {
  Command command;
  MetaMode mode = MetaMode::kSet;
};

Meaning meaning_of(Verb verb) noexcept {
  switch (verb) {
    case Verb::kGet:
    case Verb::kMget:
    case Verb::kGets:
    case Verb::kGat:
    case Verb::kGats:
    case Verb::kTouch:
      return {Command::kMetaGet};
    case Verb::kSet:
    case Verb::kCas:
      return {Command::kMetaSet};
    case Verb::kAdd:
      return {Command::kMetaSet, MetaMode::kAdd};
    case Verb::kReplace:
      return {Command::kMetaSet, MetaMode::kReplace};
    case Verb::kAppend:
      return {Command::kMetaSet, MetaMode::kAppend};
    case Verb::kPrepend:
      return {Command::kMetaSet, MetaMode::kPrepend};
    case Verb::kIncr:
      return {Command::kMetaArithmetic, MetaMode::kIncrement};
    case Verb::kDecr:
      return {Command::kMetaArithmetic, MetaMode::kDecrement};
    case Verb::kDelete:
      return {Command::kMetaDelete};
    case Verb::kMset:
    case Verb::kRaw:
    case Verb::kFill:
      break;  // refused where a mix is read
  }
  return {Command::kMetaDebug};
}

MetaFlags flags_of(const WireRequest& request) noexcept {
  const Verb verb = request.verb;
  MetaFlags flags;
  if (reads_value(verb)) flags.add('v');
  if (verb == Verb::kGets || verb == Verb::kGats) flags.add('c');
  // What is checked, or comes among others, is told by its key.
  if (reads_value(verb) && (request.verifies || verb == Verb::kMget)) flags.add('k');
  if (verb == Verb::kMget) flags.add('q');
  const bool sets_time = verb == Verb::kTouch || verb == Verb::kGat || verb == Verb::kGats;
  if (sets_time || (has_value(verb) && request.ttl_s != 0)) {
    flags.add('T');
    flags.exptime = exptime_of(request.ttl_s);
  }
  if (verb == Verb::kCas) {
    flags.add('C');
    flags.cas = request.number;
  }
  if (verb == Verb::kIncr || verb == Verb::kDecr) {
    flags.add('D');
    flags.delta = request.number;
  }
  flags.mode = meaning_of(verb).mode;
  if (flags.mode != MetaMode::kSet && flags.mode != MetaMode::kIncrement) flags.add('M');
  return flags;
}

memcache::Request request_of(const WireRequest& request, std::string_view key) noexcept {
  memcache::Request out;
  out.command = meaning_of(request.verb).command;
  out.key = key;
  out.value = request.value.data();
  out.value_size = static_cast<uint32_t>(request.value.size());
  return out;
}

// Of what is no value.
Outcome outcome_of(Verb verb, MetaStatus status) noexcept {
  const bool stores = has_value(verb);
  switch (status) {
    case MetaStatus::kHd:
      if (reads_value(verb)) return Outcome::kBroken;
      return stores ? Outcome::kStored : Outcome::kHit;
    case MetaStatus::kEn:
      if (reads_value(verb)) return Outcome::kEnd;
      return verb == Verb::kTouch ? Outcome::kMiss : Outcome::kBroken;
    case MetaStatus::kNf:
      return stores ? Outcome::kNotStored : Outcome::kMiss;
    case MetaStatus::kNs:
    case MetaStatus::kEx:
      return stores ? Outcome::kNotStored : Outcome::kBroken;
    case MetaStatus::kVa:
    case MetaStatus::kMe:
      break;
  }
  return Outcome::kBroken;
}

Outcome outcome_of(Verb verb, const ParsedReply& reply) noexcept {
  switch (reply.kind) {
    case ReplyKind::kMeta:
      return outcome_of(verb, reply.meta);
    case ReplyKind::kLine:
      return verb == Verb::kMget && reply.line == Reply::kMetaNoop ? Outcome::kEnd
                                                                   : Outcome::kBroken;
    case ReplyKind::kError:
      return outcome_of_error(reply.text);
    case ReplyKind::kNumber:
    case ReplyKind::kValue:
    case ReplyKind::kStat:
    case ReplyKind::kVersion:
      break;
  }
  return Outcome::kBroken;
}

}  // namespace

size_t MemcacheMetaWire::bound(const WireRequest& request) const noexcept {
  size_t bound = kNoop.size() + kCopySlack;
  for (const std::string_view key : request.keys) {
    bound += memcache::meta_request_bound(request_of(request, key));
  }
  return bound;
}

char* MemcacheMetaWire::compose(char* to, const WireRequest& request) const noexcept {
  const MetaFlags flags = flags_of(request);
  for (const std::string_view key : request.keys) {
    to = memcache::compose_meta_request(to, request_of(request, key), flags);
  }
  if (request.verb != Verb::kMget) return to;
  std::memcpy(to, kNoop.data(), kNoop.size());
  return to + kNoop.size();
}

bool MemcacheMetaWire::parse(std::string_view in, Verb verb, Answer& answer) const noexcept {
  ParsedReply reply;
  if (!memcache::parse_reply(in, reply)) return false;
  answer.size = reply.size;
  answer.has_value =
      reply.kind == ReplyKind::kMeta && reply.meta == MetaStatus::kVa && reads_value(verb);
  answer.is_last = !answer.has_value || verb != Verb::kMget;
  if (!answer.has_value) {
    answer.outcome = outcome_of(verb, reply);
    return true;
  }
  answer.outcome = answer.is_last ? Outcome::kOk : Outcome::kHit;
  answer.number = reply.number;
  answer.key = memcache::meta_flag(reply.key, 'k').value_or(std::string_view());
  answer.value = reply.text;
  return true;
}

}  // namespace pelikan::load
