// What is sent for each verb, and what its answers mean. Source: the protocol's specification and
// the commands' pages at redis.io.
#include "load/engine/resp_wire.h"

#include <string>
#include <string_view>
#include <vector>

#include "load/engine/wire_rig.h"

#include "check.h"

using namespace pelikan::load;
using namespace pelikan::test;

namespace {

// As a line of words; "$" and lengths are looked at by other tests.
std::string words_of(std::string_view bytes) {
  std::string words;
  ck_assert(bytes.starts_with('*'));
  bytes.remove_prefix(bytes.find('\n') + 1);
  while (!bytes.empty()) {
    const size_t size = std::stoul(std::string(bytes.substr(1)));
    bytes.remove_prefix(bytes.find('\n') + 1);
    words += (words.empty() ? "" : " ") + std::string(bytes.substr(0, size));
    bytes.remove_prefix(size + 2);
  }
  return words;
}

// With a time to live of 60 s.
std::string composed(Verb verb, const std::vector<std::string_view>& keys,
                     std::string_view value = {}) {
  return words_of(composed_by<RespWire>(verb, keys, value));
}

std::string composed(const WireRequest& request) {
  const RespWire wire;
  std::string bytes(wire.bound(request), '?');
  bytes.resize(static_cast<size_t>(wire.compose(bytes.data(), request) - bytes.data()));
  return words_of(bytes);
}

void expect(Verb verb, std::string_view in, Outcome outcome) {
  const Answer answer = parsed_by<RespWire>(verb, in);
  ck_assert_uint_eq(answer.size, answer.outcome == Outcome::kBroken ? answer.size : in.size());
  ck_assert(answer.is_last);
  ck_assert_msg(answer.outcome == outcome, "'%.*s' to %s", static_cast<int>(in.size()), in.data(),
                std::string(verb_name(verb)).c_str());
}

// All answers that a stream has, however it is cut: one byte more at a time.
std::vector<Answer> answers(Verb verb, std::string_view in) {
  std::vector<Answer> all;
  RespWire wire;
  size_t taken = 0;
  for (size_t end = 0; end <= in.size(); ++end) {
    Answer answer;
    while (wire.parse(in.substr(taken, end - taken), verb, answer)) {
      all.push_back(answer);
      taken += answer.size;
    }
  }
  ck_assert_uint_eq(taken, in.size());
  return all;
}

}  // namespace

START_TEST(a_request_is_an_array_of_bulk_strings) {
  ck_assert_text_eq(composed_by<RespWire>(Verb::kGet, {"key"}, ""),
                    "*2\r\n$3\r\nGET\r\n$3\r\nkey\r\n");
  ck_assert_text_eq(composed_by<RespWire>(Verb::kSet, {"key"}, "value"),
                    "*5\r\n$3\r\nSET\r\n$3\r\nkey\r\n$5\r\nvalue\r\n$2\r\nEX\r\n$2\r\n60\r\n");
  ck_assert_text_eq(composed_by<RespWire>(Verb::kMget, {"a", "bb"}, ""),
                    "*3\r\n$4\r\nMGET\r\n$1\r\na\r\n$2\r\nbb\r\n");
}
END_TEST

START_TEST(every_verb_is_a_command) {
  ck_assert_text_eq(composed(Verb::kAdd, {"k"}, "v"), "SET k v EX 60 NX");
  ck_assert_text_eq(composed(Verb::kReplace, {"k"}, "v"), "SET k v EX 60 XX");
  ck_assert_text_eq(composed(Verb::kAppend, {"k"}, "v"), "APPEND k v");
  ck_assert_text_eq(composed(Verb::kGat, {"k"}), "GETEX k EX 60");
  ck_assert_text_eq(composed(Verb::kTouch, {"k"}), "EXPIRE k 60");
  ck_assert_text_eq(composed(Verb::kIncr, {"k"}), "INCRBY k 7");
  ck_assert_text_eq(composed(Verb::kDecr, {"k"}), "DECRBY k 7");
  ck_assert_text_eq(composed(Verb::kDelete, {"k"}), "DEL k");
  // What Redis has no command for is the nearest.
  ck_assert_text_eq(composed(Verb::kGets, {"k"}), "GET k");
  ck_assert_text_eq(composed(Verb::kCas, {"k"}, "v"), "SET k v EX 60 XX");
  ck_assert_text_eq(composed(Verb::kPrepend, {"k"}, "v"), "APPEND k v");
}
END_TEST

START_TEST(an_mset_has_a_value_for_each_key) {
  const std::vector<std::string_view> keys = {"a", "b"}, values = {"one", "two"};
  WireRequest request;
  request.verb = Verb::kMset;
  request.keys = keys;
  request.values = values;
  ck_assert_text_eq(composed(request), "MSET a one b two");
}
END_TEST

START_TEST(a_raw_command_is_sent_as_it_is) {
  const std::vector<std::string_view> keys = {"k"}, words = {"HSET", "k", "f", ""};
  WireRequest request;
  request.verb = Verb::kRaw;
  request.keys = keys;
  request.words = words;
  ck_assert_text_eq(composed(request), "HSET k f ");
}
END_TEST

START_TEST(times_to_live_are_left_out_or_over) {
  const std::vector<std::string_view> keys = {"k"};
  WireRequest request;
  request.keys = keys;
  request.verb = Verb::kSet;
  ck_assert_text_eq(composed(request), "SET k ");
  request.ttl_s = -1;
  ck_assert_text_eq(composed(request), "SET k  EXAT 1");
  request.verb = Verb::kTouch;
  ck_assert_text_eq(composed(request), "EXPIRE k -1");
  request.ttl_s = 0;
  ck_assert_text_eq(composed(request), "TOUCH k");
  request.verb = Verb::kGat;
  ck_assert_text_eq(composed(request), "GETEX k PERSIST");
}
END_TEST

START_TEST(every_answer_has_its_meaning) {
  expect(Verb::kGet, "$-1\r\n", Outcome::kEnd);
  expect(Verb::kGet, "_\r\n", Outcome::kEnd);
  expect(Verb::kGet, "+OK\r\n", Outcome::kBroken);
  expect(Verb::kGet, ":1\r\n", Outcome::kBroken);
  expect(Verb::kGet, "VALUE k 0 1\r\n", Outcome::kBroken);
  expect(Verb::kGet, "-WRONGTYPE Operation against a key\r\n", Outcome::kClientError);
  expect(Verb::kSet, "+OK\r\n", Outcome::kStored);
  expect(Verb::kSet, "-OOM command not allowed\r\n", Outcome::kServerError);
  expect(Verb::kSet, "-ERR syntax error\r\n", Outcome::kClientError);
  expect(Verb::kSet, "$2\r\nOK\r\n", Outcome::kBroken);
  expect(Verb::kMset, "+OK\r\n", Outcome::kStored);
  expect(Verb::kAdd, "$-1\r\n", Outcome::kNotStored);
  expect(Verb::kReplace, "_\r\n", Outcome::kNotStored);
  expect(Verb::kAppend, ":9\r\n", Outcome::kStored);
  expect(Verb::kTouch, ":1\r\n", Outcome::kHit);
  expect(Verb::kTouch, ":0\r\n", Outcome::kMiss);
  expect(Verb::kIncr, ":0\r\n", Outcome::kHit);
  expect(Verb::kDelete, ":1\r\n", Outcome::kHit);
  expect(Verb::kDelete, ":0\r\n", Outcome::kMiss);
  expect(Verb::kDelete, "_\r\n", Outcome::kBroken);
  expect(Verb::kMget, "-ERR no\r\n", Outcome::kClientError);
  expect(Verb::kMget, "$1\r\nv\r\n", Outcome::kBroken);
  expect(Verb::kMget, "*0\r\n", Outcome::kBroken);
  expect(Verb::kRaw, ":5\r\n", Outcome::kOk);
  expect(Verb::kRaw, "*0\r\n", Outcome::kEnd);
  expect(Verb::kRaw, "$1\r\nv\r\n", Outcome::kHit);
  expect(Verb::kRaw, "_\r\n", Outcome::kEnd);
  expect(Verb::kRaw, "-ERR no\r\n", Outcome::kClientError);
  expect(Verb::kFill, ":2\r\n", Outcome::kStored);
  expect(Verb::kFill, "+OK\r\n", Outcome::kStored);
  expect(Verb::kFill, "$1\r\nv\r\n", Outcome::kStored);
  expect(Verb::kFill, "$-1\r\n", Outcome::kNotStored);
  expect(Verb::kFill, "-OOM command not allowed\r\n", Outcome::kServerError);
}
END_TEST

START_TEST(a_value_stands_for_the_only_key) {
  const std::vector<Answer> all = answers(Verb::kGet, "$5\r\nhello\r\n$0\r\n\r\n");
  ck_assert_uint_eq(all.size(), 2);
  ck_assert(all[0].has_value && all[0].is_last && all[0].outcome == Outcome::kOk);
  ck_assert_int_eq(all[0].position, 0);
  ck_assert_text_eq(all[0].value, "hello");
  ck_assert(all[1].has_value && all[1].value.empty());
}
END_TEST

START_TEST(an_mgets_values_have_the_places_of_their_keys) {
  const std::vector<Answer> all = answers(Verb::kMget, "*3\r\n$1\r\na\r\n$-1\r\n$1\r\nc\r\n");
  ck_assert_uint_eq(all.size(), 4);
  ck_assert(!all[0].has_value && !all[0].is_last);
  ck_assert(all[1].has_value && !all[1].is_last);
  ck_assert_int_eq(all[1].position, 0);
  ck_assert(!all[2].has_value && !all[2].is_last);
  ck_assert(all[3].has_value && all[3].is_last && all[3].outcome == Outcome::kEnd);
  ck_assert_int_eq(all[3].position, 2);
  ck_assert_text_eq(all[3].value, "c");
  const std::vector<Answer> odd = answers(Verb::kMget, "*1\r\n:7\r\n");
  ck_assert(odd.back().outcome == Outcome::kBroken && odd.back().is_last);
}
END_TEST

START_TEST(of_a_raw_reply_only_the_end_counts) {
  const std::string_view reply =
      "%2\r\n+a\r\n*2\r\n:1\r\n*0\r\n+b\r\n|1\r\n+ttl\r\n:3\r\n$1\r\nx\r\n";
  const std::vector<Answer> all = answers(Verb::kRaw, reply);
  size_t last = 0;
  for (const Answer& answer : all) last += answer.is_last ? 1 : 0;
  ck_assert_uint_eq(last, 1);
  ck_assert(all.back().is_last && all.back().outcome == Outcome::kHit);
  ck_assert(answers(Verb::kFill, reply).back().outcome == Outcome::kStored);
}
END_TEST

START_TEST(pushes_between_replies_are_passed_over) {
  const std::vector<Answer> all =
      answers(Verb::kGet, ">2\r\n+invalidate\r\n*1\r\n$1\r\nk\r\n$1\r\nv\r\n");
  for (size_t i = 0; i + 1 < all.size(); ++i) ck_assert(!all[i].is_last && !all[i].has_value);
  ck_assert(all.back().is_last && all.back().has_value);
  ck_assert_text_eq(all.back().value, "v");
}
END_TEST

PELIKAN_TESTS("load/engine/resp_wire", a_request_is_an_array_of_bulk_strings,
              every_verb_is_a_command, an_mset_has_a_value_for_each_key,
              a_raw_command_is_sent_as_it_is, times_to_live_are_left_out_or_over,
              every_answer_has_its_meaning, a_value_stands_for_the_only_key,
              an_mgets_values_have_the_places_of_their_keys, of_a_raw_reply_only_the_end_counts,
              pushes_between_replies_are_passed_over)
