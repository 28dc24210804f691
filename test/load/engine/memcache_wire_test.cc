// What is sent for each verb, and what its answers mean. Source: memcached's doc/protocol.txt.
#include "load/engine/memcache_wire.h"

#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "load/engine/wire_rig.h"

#include "check.h"

using namespace pelikan::load;
using namespace pelikan::test;

namespace {

std::string composed(Verb verb, const std::vector<std::string_view>& keys,
                     std::string_view value = {}) {
  return composed_by<MemcacheWire>(verb, keys, value);
}

Answer parsed(Verb verb, std::string_view in) { return parsed_by<MemcacheWire>(verb, in); }

void expect(Verb verb, std::string_view in, Outcome outcome) {
  const Answer answer = parsed(verb, in);
  ck_assert_msg(answer.outcome == outcome, "'%.*s' to %s is outcome %d",
                static_cast<int>(in.size()), in.data(), std::string(verb_name(verb)).c_str(),
                static_cast<int>(answer.outcome));
  ck_assert_uint_eq(answer.size, in.size());
}

}  // namespace

START_TEST(every_verb_is_written_as_the_protocol_says) {
  ck_assert_text_eq(composed(Verb::kGet, {"k"}), "get k\r\n");
  ck_assert_text_eq(composed(Verb::kGets, {"k"}), "gets k\r\n");
  ck_assert_text_eq(composed(Verb::kMget, {"a", "bb", "ccc"}), "get a bb ccc\r\n");
  ck_assert_text_eq(composed(Verb::kMget, {"a"}), "get a\r\n");
  ck_assert_text_eq(composed(Verb::kGat, {"k"}), "gat 60 k\r\n");
  ck_assert_text_eq(composed(Verb::kGats, {"k"}), "gats 60 k\r\n");
  ck_assert_text_eq(composed(Verb::kTouch, {"k"}), "touch k 60\r\n");
  ck_assert_text_eq(composed(Verb::kSet, {"k"}, "value"), "set k 0 60 5\r\nvalue\r\n");
  ck_assert_text_eq(composed(Verb::kAdd, {"k"}, "v"), "add k 0 60 1\r\nv\r\n");
  ck_assert_text_eq(composed(Verb::kReplace, {"k"}, "v"), "replace k 0 60 1\r\nv\r\n");
  ck_assert_text_eq(composed(Verb::kAppend, {"k"}, "v"), "append k 0 60 1\r\nv\r\n");
  ck_assert_text_eq(composed(Verb::kPrepend, {"k"}, ""), "prepend k 0 60 0\r\n\r\n");
  ck_assert_text_eq(composed(Verb::kCas, {"k"}, "v"), "cas k 0 60 1 7\r\nv\r\n");
  ck_assert_text_eq(composed(Verb::kIncr, {"k"}), "incr k 7\r\n");
  ck_assert_text_eq(composed(Verb::kDecr, {"k"}), "decr k 7\r\n");
  ck_assert_text_eq(composed(Verb::kDelete, {"k"}), "delete k\r\n");
}
END_TEST

START_TEST(a_ttl_of_more_than_30_days_is_sent_as_a_time) {
  const MemcacheWire wire;
  const std::string_view key = "k";
  WireRequest request;
  request.verb = Verb::kTouch;
  request.keys = {&key, 1};
  char bytes[64];
  request.ttl_s = 2'592'000;
  ck_assert_text_eq(std::string_view(bytes, wire.compose(bytes, request)), "touch k 2592000\r\n");
  request.ttl_s = 2'592'001;
  const long long time = std::atoll(std::string(bytes + 8, wire.compose(bytes, request)).c_str());
  ck_assert_int_gt(time, 1'700'000'000);  // after 2023: no span of seconds
  request.ttl_s = -1;
  ck_assert_text_eq(std::string_view(bytes, wire.compose(bytes, request)), "touch k -1\r\n");
}
END_TEST

START_TEST(a_value_is_a_part_of_the_answer) {
  const Answer answer = parsed(Verb::kGets, "VALUE key 0 5 99\r\nhello\r\n");
  ck_assert(answer.outcome == Outcome::kHit);
  ck_assert(!answer.is_last);
  ck_assert_text_eq(answer.key, "key");
  ck_assert_text_eq(answer.value, "hello");
  ck_assert_uint_eq(answer.number, 99);
  expect(Verb::kGet, "END\r\n", Outcome::kEnd);
  ck_assert(parsed(Verb::kGet, "END\r\n").is_last);
}
END_TEST

START_TEST(a_value_and_the_end_behind_it_are_one_answer) {
  constexpr std::string_view kHit = "VALUE key 0 5\r\nhello\r\nEND\r\n";
  const Answer answer = parsed(Verb::kGet, kHit);
  ck_assert(answer.has_value);
  ck_assert(answer.is_last);
  ck_assert_uint_eq(answer.size, kHit.size());
  ck_assert_text_eq(answer.value, "hello");
  // With several keys more may follow, and a cut END has to be waited for.
  ck_assert(!parsed(Verb::kMget, kHit).is_last);
  ck_assert(!parsed(Verb::kGet, kHit.substr(0, kHit.size() - 1)).is_last);
  ck_assert(!parsed(Verb::kGet, "END\r\n").has_value);
}
END_TEST

START_TEST(answers_mean_what_the_verb_makes_of_them) {
  expect(Verb::kSet, "STORED\r\n", Outcome::kStored);
  expect(Verb::kAdd, "NOT_STORED\r\n", Outcome::kNotStored);
  expect(Verb::kCas, "EXISTS\r\n", Outcome::kNotStored);
  expect(Verb::kCas, "NOT_FOUND\r\n", Outcome::kNotStored);
  expect(Verb::kDelete, "DELETED\r\n", Outcome::kHit);
  expect(Verb::kDelete, "NOT_FOUND\r\n", Outcome::kMiss);
  expect(Verb::kTouch, "TOUCHED\r\n", Outcome::kHit);
  expect(Verb::kTouch, "NOT_FOUND\r\n", Outcome::kMiss);
  expect(Verb::kIncr, "12\r\n", Outcome::kHit);
  expect(Verb::kDecr, "NOT_FOUND\r\n", Outcome::kMiss);
}
END_TEST

START_TEST(errors_are_told_apart) {
  for (const Verb verb : {Verb::kGet, Verb::kSet, Verb::kIncr}) {
    expect(verb, "SERVER_ERROR out of memory storing object\r\n", Outcome::kServerError);
    expect(verb, "CLIENT_ERROR bad data chunk\r\n", Outcome::kClientError);
    expect(verb, "ERROR\r\n", Outcome::kClientError);
    expect(verb, "HELLO\r\n", Outcome::kBroken);
    expect(verb, "VERSION 1\r\n", Outcome::kBroken);
  }
}
END_TEST

START_TEST(an_answer_to_another_verb_is_broken) {
  expect(Verb::kGet, "STORED\r\n", Outcome::kBroken);
  expect(Verb::kGet, "NOT_FOUND\r\n", Outcome::kBroken);
  expect(Verb::kGet, "12\r\n", Outcome::kBroken);
  expect(Verb::kSet, "END\r\n", Outcome::kBroken);
  expect(Verb::kSet, "VALUE k 0 1\r\nv\r\n", Outcome::kBroken);
  expect(Verb::kDelete, "STORED\r\n", Outcome::kBroken);
  expect(Verb::kDelete, "TOUCHED\r\n", Outcome::kBroken);
  expect(Verb::kIncr, "STORED\r\n", Outcome::kBroken);
}
END_TEST

PELIKAN_TESTS("load/engine/memcache_wire", every_verb_is_written_as_the_protocol_says,
              a_ttl_of_more_than_30_days_is_sent_as_a_time, a_value_is_a_part_of_the_answer,
              a_value_and_the_end_behind_it_are_one_answer,
              answers_mean_what_the_verb_makes_of_them, errors_are_told_apart,
              an_answer_to_another_verb_is_broken)
