#include "load/engine/binary_wire.h"

#include "base/assertion.h"
#include "load/engine/memcache_words.h"
#include "protocol/memcache/binary_client.h"

namespace pelikan::load {
namespace {

using memcache::BinaryReply;
using memcache::BinaryReplyStatus;
using memcache::BinaryRequest;
using memcache::BinaryStatus;
using memcache::Command;
using memcache::Opcode;

struct Words {
  Command command;
  Opcode opcode;
};

Words words_of(Verb verb) noexcept {
  switch (verb) {
    case Verb::kGet:
    case Verb::kGets:
      return {Command::kGet, Opcode::kGetK};
    case Verb::kMget:
      return {Command::kGet, Opcode::kGetKQ};
    case Verb::kGat:
    case Verb::kGats:
      return {Command::kGat, Opcode::kGatK};
    case Verb::kTouch:
      return {Command::kTouch, Opcode::kTouch};
    case Verb::kSet:
      return {Command::kSet, Opcode::kSet};
    case Verb::kCas:
      return {Command::kCas, Opcode::kSet};
    case Verb::kAdd:
      return {Command::kAdd, Opcode::kAdd};
    case Verb::kReplace:
      return {Command::kReplace, Opcode::kReplace};
    case Verb::kAppend:
      return {Command::kAppend, Opcode::kAppend};
    case Verb::kPrepend:
      return {Command::kPrepend, Opcode::kPrepend};
    case Verb::kIncr:
      return {Command::kIncr, Opcode::kIncrement};
    case Verb::kDecr:
      return {Command::kDecr, Opcode::kDecrement};
    case Verb::kDelete:
      return {Command::kDelete, Opcode::kDelete};
    case Verb::kMset:
    case Verb::kRaw:
    case Verb::kFill:
      break;  // refused where a mix is read
  }
  CHECK(false);
  return {Command::kRefused, Opcode::kNoop};
}

// There are no times below 0, but one long past is as good.
int64_t frame_exptime_of(int64_t ttl_s) noexcept {
  return ttl_s < 0 ? kMaxRelativeExptime + 1 : exptime_of(ttl_s);
}

BinaryRequest request_of(const WireRequest& request, std::string_view key) noexcept {
  BinaryRequest out;
  const Words words = words_of(request.verb);
  out.command = words.command;
  out.opcode = words.opcode;
  out.key = key;
  out.exptime = frame_exptime_of(request.ttl_s);
  out.number = request.number;
  if (request.verb == Verb::kCas) out.cas = request.number;
  out.value = request.value.data();
  out.value_size = static_cast<uint32_t>(request.value.size());
  return out;
}

BinaryRequest noop() noexcept {
  BinaryRequest out;
  out.command = Command::kMetaNoop;
  out.opcode = Opcode::kNoop;
  return out;
}

Outcome outcome_of(Verb verb, const BinaryReply& reply) noexcept {
  const bool stores = has_value(verb);
  switch (reply.header.status) {
    case BinaryStatus::kSuccess:
      if (reply.header.opcode == Opcode::kNoop) return Outcome::kEnd;
      return stores ? Outcome::kStored : Outcome::kHit;
    case BinaryStatus::kNotFound:
      if (reads_value(verb)) return Outcome::kEnd;
      return stores ? Outcome::kNotStored : Outcome::kMiss;
    case BinaryStatus::kExists:
    case BinaryStatus::kNotStored:
      return stores ? Outcome::kNotStored : Outcome::kClientError;
    case BinaryStatus::kTooLarge:
    case BinaryStatus::kNoMemory:
      return Outcome::kServerError;
    case BinaryStatus::kInvalid:
    case BinaryStatus::kNotNumber:
    case BinaryStatus::kAuthError:
    case BinaryStatus::kUnknownCommand:
      return Outcome::kClientError;
  }
  return Outcome::kBroken;
}

// Whether a reply of this opcode belongs to the request.
bool answers(Verb verb, Opcode opcode) noexcept {
  return opcode == words_of(verb).opcode || (verb == Verb::kMget && opcode == Opcode::kNoop);
}

}  // namespace

size_t BinaryWire::bound(const WireRequest& request) const noexcept {
  size_t bytes = request.verb == Verb::kMget ? binary_request_bound(noop()) : 0;
  for (const std::string_view key : request.keys) {
    bytes += binary_request_bound(request_of(request, key));
  }
  return bytes;
}

char* BinaryWire::compose(char* to, const WireRequest& request) const noexcept {
  for (const std::string_view key : request.keys) {
    to = compose_binary_request(to, request_of(request, key));
  }
  return request.verb == Verb::kMget ? compose_binary_request(to, noop()) : to;
}

bool BinaryWire::parse(std::string_view in, Verb verb, Answer& answer) const noexcept {
  BinaryReply reply;
  const BinaryReplyStatus status = parse_binary_reply(in, reply);
  if (status == BinaryReplyStatus::kIncomplete) return false;
  answer = Answer{};
  answer.size = reply.size;
  if (status == BinaryReplyStatus::kBroken || !answers(verb, reply.header.opcode)) {
    answer.size = in.size();
    return true;
  }
  answer.outcome = outcome_of(verb, reply);
  const bool is_hit = reply.header.status == BinaryStatus::kSuccess &&
                      reply.header.opcode != Opcode::kNoop && reads_value(verb);
  if (!is_hit) return true;
  answer.has_value = true;
  answer.is_last = verb != Verb::kMget;
  answer.outcome = answer.is_last ? Outcome::kOk : Outcome::kHit;
  answer.number = reply.header.cas;
  answer.key = reply.key;
  answer.value = reply.value;
  return true;
}

}  // namespace pelikan::load
