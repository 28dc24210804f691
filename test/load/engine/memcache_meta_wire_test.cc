// What is sent for each verb as a meta command, and what its answers mean. Source: memcached's
// doc/protocol.txt, "Meta Commands".
#include "load/engine/memcache_meta_wire.h"

#include <string>
#include <string_view>
#include <vector>

#include "load/engine/wire_rig.h"

#include "check.h"

using namespace pelikan::load;
using namespace pelikan::test;

namespace {

std::string composed(Verb verb, const std::vector<std::string_view>& keys,
                     std::string_view value = {}, bool verifies = false) {
  return composed_by<MemcacheMetaWire>(verb, keys, value, verifies);
}

Answer parsed(Verb verb, std::string_view in) {
  const Answer answer = parsed_by<MemcacheMetaWire>(verb, in);
  ck_assert_uint_eq(answer.size, in.size());
  return answer;
}

void expect(Verb verb, std::string_view in, Outcome outcome) {
  ck_assert_msg(parsed(verb, in).outcome == outcome, "'%.*s' to %s", static_cast<int>(in.size()),
                in.data(), std::string(verb_name(verb)).c_str());
}

}  // namespace

START_TEST(every_verb_is_written_as_a_meta_command) {
  ck_assert_text_eq(composed(Verb::kGet, {"k"}), "mg k v\r\n");
  ck_assert_text_eq(composed(Verb::kGet, {"k"}, "", true), "mg k v k\r\n");
  ck_assert_text_eq(composed(Verb::kGets, {"k"}), "mg k v c\r\n");
  ck_assert_text_eq(composed(Verb::kMget, {"a", "bb"}), "mg a v k q\r\nmg bb v k q\r\nmn\r\n");
  ck_assert_text_eq(composed(Verb::kGat, {"k"}), "mg k v T60\r\n");
  ck_assert_text_eq(composed(Verb::kGats, {"k"}), "mg k v c T60\r\n");
  ck_assert_text_eq(composed(Verb::kTouch, {"k"}), "mg k T60\r\n");
  ck_assert_text_eq(composed(Verb::kSet, {"k"}, "value"), "ms k 5 T60\r\nvalue\r\n");
  ck_assert_text_eq(composed(Verb::kAdd, {"k"}, "v"), "ms k 1 T60 ME\r\nv\r\n");
  ck_assert_text_eq(composed(Verb::kReplace, {"k"}, "v"), "ms k 1 T60 MR\r\nv\r\n");
  ck_assert_text_eq(composed(Verb::kAppend, {"k"}, "v"), "ms k 1 T60 MA\r\nv\r\n");
  ck_assert_text_eq(composed(Verb::kPrepend, {"k"}, ""), "ms k 0 T60 MP\r\n\r\n");
  ck_assert_text_eq(composed(Verb::kCas, {"k"}, "v"), "ms k 1 T60 C7\r\nv\r\n");
  ck_assert_text_eq(composed(Verb::kIncr, {"k"}), "ma k D7\r\n");
  ck_assert_text_eq(composed(Verb::kDecr, {"k"}), "ma k D7 MD\r\n");
  ck_assert_text_eq(composed(Verb::kDelete, {"k"}), "md k\r\n");
}
END_TEST

START_TEST(values_bring_their_key_and_token) {
  const Answer one = parsed(Verb::kGets, "VA 5 c99 kkey\r\nhello\r\n");
  ck_assert(one.has_value && one.is_last && one.outcome == Outcome::kOk);
  ck_assert_text_eq(one.key, "key");
  ck_assert_text_eq(one.value, "hello");
  ck_assert_uint_eq(one.number, 99);
  const Answer of_many = parsed(Verb::kMget, "VA 0 kb\r\n\r\n");
  ck_assert(of_many.has_value && !of_many.is_last);
  Answer answer;
  for (const char* part : {"V", "VA 5", "VA 5\r\nhell", "VA 5\r\nhello\r", "M", "MN\r"}) {
    ck_assert(!MemcacheMetaWire().parse(part, Verb::kMget, answer));
  }
}
END_TEST

START_TEST(every_answer_has_its_meaning) {
  expect(Verb::kGet, "EN\r\n", Outcome::kEnd);
  expect(Verb::kMget, "MN\r\n", Outcome::kEnd);
  expect(Verb::kGet, "HD\r\n", Outcome::kBroken);
  expect(Verb::kGet, "MN\r\n", Outcome::kBroken);
  expect(Verb::kGet, "VA x\r\n", Outcome::kBroken);
  expect(Verb::kSet, "HD\r\n", Outcome::kStored);
  expect(Verb::kAdd, "NS\r\n", Outcome::kNotStored);
  expect(Verb::kCas, "EX\r\n", Outcome::kNotStored);
  expect(Verb::kCas, "NF\r\n", Outcome::kNotStored);
  expect(Verb::kTouch, "HD\r\n", Outcome::kHit);
  expect(Verb::kTouch, "EN\r\n", Outcome::kMiss);
  expect(Verb::kDelete, "HD\r\n", Outcome::kHit);
  expect(Verb::kDelete, "NF\r\n", Outcome::kMiss);
  expect(Verb::kIncr, "HD\r\n", Outcome::kHit);
  expect(Verb::kIncr, "NF\r\n", Outcome::kMiss);
  expect(Verb::kIncr, "CLIENT_ERROR invalid flag\r\n", Outcome::kClientError);
  expect(Verb::kSet, "SERVER_ERROR out of memory storing object\r\n", Outcome::kServerError);
  expect(Verb::kSet, "STORED\r\n", Outcome::kBroken);
  expect(Verb::kGet, "ME k exp=-1\r\n", Outcome::kBroken);
}
END_TEST

PELIKAN_TESTS("load/engine/memcache_meta_wire", every_verb_is_written_as_a_meta_command,
              values_bring_their_key_and_token, every_answer_has_its_meaning)
