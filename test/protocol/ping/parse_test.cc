#include "protocol/ping/parse.h"

#include <string>

#include "check.h"

namespace pelikan::ping {
namespace {

START_TEST(a_request_is_whole_only_with_its_last_byte) {
  for (size_t split = 0; split < kRequest.size(); ++split) {
    ck_assert(parse_request(kRequest.substr(0, split)) == ParseStatus::kIncomplete);
  }
  ck_assert(parse_request("PING\r\n") == ParseStatus::kOk);
}
END_TEST

START_TEST(a_reply_is_whole_only_with_its_last_byte) {
  for (size_t split = 0; split < kReply.size(); ++split) {
    ck_assert(parse_reply(kReply.substr(0, split)) == ParseStatus::kIncomplete);
  }
  ck_assert(parse_reply("PONG\r\n") == ParseStatus::kOk);
}
END_TEST

START_TEST(what_follows_a_message_is_left_alone) {
  ck_assert(parse_request("PING\r\nPING\r\n") == ParseStatus::kOk);
  ck_assert(parse_request("PING\r\nnonsense") == ParseStatus::kOk);
  ck_assert(parse_reply("PONG\r\nP") == ParseStatus::kOk);
}
END_TEST

START_TEST(one_wrong_byte_anywhere_is_invalid_at_once) {
  for (size_t place = 0; place < kRequest.size(); ++place) {
    std::string wrong(kRequest.substr(0, place + 1));
    wrong[place] = 'x';
    ck_assert(parse_request(wrong) == ParseStatus::kInvalid);
  }
}
END_TEST

START_TEST(other_spellings_are_invalid) {
  ck_assert(parse_request("ping\r\n") == ParseStatus::kInvalid);
  ck_assert(parse_request("PING\n") == ParseStatus::kInvalid);
  ck_assert(parse_request(" PING\r\n") == ParseStatus::kInvalid);
  ck_assert(parse_request("PONG\r\n") == ParseStatus::kInvalid);
  ck_assert(parse_reply("PING\r\n") == ParseStatus::kInvalid);
  ck_assert(parse_request(std::string_view("PIN\0\r\n", 6)) == ParseStatus::kInvalid);
}
END_TEST

}  // namespace
}  // namespace pelikan::ping

PELIKAN_TESTS("protocol/ping/parse", pelikan::ping::a_request_is_whole_only_with_its_last_byte,
              pelikan::ping::a_reply_is_whole_only_with_its_last_byte,
              pelikan::ping::what_follows_a_message_is_left_alone,
              pelikan::ping::one_wrong_byte_anywhere_is_invalid_at_once,
              pelikan::ping::other_spellings_are_invalid)
