// What is sent for each verb, and what its answers mean, in frames. Source: memcached's
// doc/protocol-binary.xml.
#include "load/engine/binary_wire.h"

#include <string>
#include <string_view>
#include <vector>

#include "load/engine/wire_rig.h"
#include "protocol/memcache/binary.h"

#include "check.h"

using namespace pelikan::load;
using namespace pelikan::test;
using pelikan::memcache::BinaryHeader;
using pelikan::memcache::BinaryStatus;
using pelikan::memcache::Opcode;

namespace {

std::string composed(Verb verb, const std::vector<std::string_view>& keys,
                     std::string_view value = {}) {
  return composed_by<BinaryWire>(verb, keys, value);
}

// A frame as the protocol's text lays it out, written by hand.
std::string request(Opcode opcode, char extras, std::string_view body, char cas = 0) {
  std::string bytes(24, '\0');
  bytes[0] = '\x80';
  bytes[1] = static_cast<char>(opcode);
  bytes[3] = 1;  // the key
  bytes[4] = extras;
  bytes[11] = static_cast<char>(body.size());
  bytes[23] = cas;
  return bytes.append(body);
}

std::string reply(Opcode opcode, char status, std::string_view extras = {},
                  std::string_view key = {}, std::string_view value = {}) {
  std::string bytes(24, '\0');
  bytes[0] = '\x81';
  bytes[1] = static_cast<char>(opcode);
  bytes[3] = static_cast<char>(key.size());
  bytes[4] = static_cast<char>(extras.size());
  bytes[7] = status;
  bytes[11] = static_cast<char>(extras.size() + key.size() + value.size());
  bytes[23] = 9;
  return bytes.append(extras).append(key).append(value);
}

Answer parsed(Verb verb, std::string_view in) { return parsed_by<BinaryWire>(verb, in); }

void expect(Verb verb, const std::string& in, Outcome outcome) {
  const Answer answer = parsed(verb, in);
  ck_assert_msg(answer.outcome == outcome, "to %s: outcome %d",
                std::string(verb_name(verb)).c_str(), static_cast<int>(answer.outcome));
  ck_assert(answer.is_last && !answer.has_value);
  ck_assert_uint_eq(answer.size, in.size());
}

const std::string kFlags(4, '\0');

}  // namespace

START_TEST(every_verb_is_written_as_the_protocol_says) {
  const std::string storage = std::string("\0\0\0\0\0\0\0\x3ck", 9);
  ck_assert(composed(Verb::kGet, {"k"}) == request(Opcode::kGetK, 0, "k"));
  ck_assert(composed(Verb::kSet, {"k"}, "v") == request(Opcode::kSet, 8, storage + "v"));
  ck_assert(composed(Verb::kCas, {"k"}, "v") == request(Opcode::kSet, 8, storage + "v", 7));
  ck_assert(composed(Verb::kAdd, {"k"}, "v") == request(Opcode::kAdd, 8, storage + "v"));
  ck_assert(composed(Verb::kReplace, {"k"}, "v") == request(Opcode::kReplace, 8, storage + "v"));
  ck_assert(composed(Verb::kAppend, {"k"}, "v") == request(Opcode::kAppend, 0, "kv"));
  ck_assert(composed(Verb::kPrepend, {"k"}, "v") == request(Opcode::kPrepend, 0, "kv"));
  ck_assert(composed(Verb::kDelete, {"k"}) == request(Opcode::kDelete, 0, "k"));
  const std::string time = std::string("\0\0\0\x3ck", 5);
  ck_assert(composed(Verb::kTouch, {"k"}) == request(Opcode::kTouch, 4, time));
  ck_assert(composed(Verb::kGat, {"k"}) == request(Opcode::kGatK, 4, time));
  const std::string delta("\0\0\0\0\0\0\0\7\0\0\0\0\0\0\0\0\xff\xff\xff\xffk", 21);
  ck_assert(composed(Verb::kIncr, {"k"}) == request(Opcode::kIncrement, 20, delta));
  ck_assert(composed(Verb::kDecr, {"k"}) == request(Opcode::kDecrement, 20, delta));
}
END_TEST

START_TEST(a_multi_get_ends_with_a_noop) {
  std::string noop(24, '\0');
  noop[0] = '\x80';
  noop[1] = '\x0a';
  ck_assert(composed(Verb::kMget, {"a", "b"}) ==
            request(Opcode::kGetKQ, 0, "a") + request(Opcode::kGetKQ, 0, "b") + noop);
  const Answer hit = parsed(Verb::kMget, reply(Opcode::kGetKQ, 0, kFlags, "a", "v"));
  ck_assert(hit.has_value && !hit.is_last && hit.outcome == Outcome::kHit);
  expect(Verb::kMget, reply(Opcode::kNoop, 0), Outcome::kEnd);
}
END_TEST

START_TEST(a_hit_has_key_value_and_token) {
  const std::string in = reply(Opcode::kGetK, 0, kFlags, "key", "value");
  const std::string with_more = in + "more";
  const Answer answer = parsed(Verb::kGets, with_more);
  ck_assert(answer.has_value && answer.is_last && answer.outcome == Outcome::kOk);
  ck_assert_text_eq(std::string(answer.key), "key");
  ck_assert_text_eq(std::string(answer.value), "value");
  ck_assert_uint_eq(answer.number, 9);
  ck_assert_uint_eq(answer.size, in.size());
}
END_TEST

START_TEST(every_status_means_something) {
  expect(Verb::kGet, reply(Opcode::kGetK, 1, {}, "k"), Outcome::kEnd);
  expect(Verb::kSet, reply(Opcode::kSet, 0), Outcome::kStored);
  expect(Verb::kAdd, reply(Opcode::kAdd, 2, {}, {}, "Data exists"), Outcome::kNotStored);
  expect(Verb::kReplace, reply(Opcode::kReplace, 1), Outcome::kNotStored);
  expect(Verb::kCas, reply(Opcode::kSet, 2), Outcome::kNotStored);
  expect(Verb::kAppend, reply(Opcode::kAppend, 5), Outcome::kNotStored);
  expect(Verb::kDelete, reply(Opcode::kDelete, 0), Outcome::kHit);
  expect(Verb::kDelete, reply(Opcode::kDelete, 1), Outcome::kMiss);
  expect(Verb::kTouch, reply(Opcode::kTouch, 0, kFlags), Outcome::kHit);
  expect(Verb::kIncr, reply(Opcode::kIncrement, 0, {}, {}, "12345678"), Outcome::kHit);
  expect(Verb::kIncr, reply(Opcode::kIncrement, 6), Outcome::kClientError);
  expect(Verb::kSet, reply(Opcode::kSet, 3), Outcome::kServerError);
  expect(Verb::kSet, reply(Opcode::kSet, '\x82'), Outcome::kServerError);
  expect(Verb::kSet, reply(Opcode::kSet, '\x81'), Outcome::kClientError);
  expect(Verb::kGet, reply(Opcode::kGetK, 4), Outcome::kClientError);
}
END_TEST

START_TEST(every_beginning_of_an_answer_waits_for_the_rest) {
  const std::string whole = reply(Opcode::kGetK, 0, kFlags, "key", "value");
  Answer answer;
  for (size_t size = 0; size < whole.size(); ++size) {
    ck_assert(!BinaryWire().parse(std::string_view(whole).substr(0, size), Verb::kGet, answer));
  }
}
END_TEST

START_TEST(what_is_no_answer_to_the_request_is_broken) {
  ck_assert(parsed(Verb::kGet, "END\r\n").outcome == Outcome::kBroken);
  ck_assert(parsed(Verb::kGet, reply(Opcode::kSet, 0)).outcome == Outcome::kBroken);
  ck_assert(parsed(Verb::kGet, reply(Opcode::kNoop, 0)).outcome == Outcome::kBroken);
  std::string wrong = reply(Opcode::kGetK, 0);
  wrong[4] = 4;  // extras that the body does not have
  ck_assert(parsed(Verb::kGet, wrong).outcome == Outcome::kBroken);
}
END_TEST

PELIKAN_TESTS("load/engine/binary_wire", every_verb_is_written_as_the_protocol_says,
              a_multi_get_ends_with_a_noop, a_hit_has_key_value_and_token,
              every_status_means_something, every_beginning_of_an_answer_waits_for_the_rest,
              what_is_no_answer_to_the_request_is_broken)
