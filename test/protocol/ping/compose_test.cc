#include "protocol/ping/compose.h"

#include "check.h"

namespace pelikan::ping {
namespace {

START_TEST(messages_are_these_bytes) {
  char bytes[16] = {};
  const char* end = compose_request(bytes);
  ck_assert_text_eq(std::string_view(bytes, static_cast<size_t>(end - bytes)), "PING\r\n");
  end = compose_reply(bytes);
  ck_assert_text_eq(std::string_view(bytes, static_cast<size_t>(end - bytes)), "PONG\r\n");
}
END_TEST

START_TEST(what_one_side_composes_the_other_parses) {
  char bytes[16] = {};
  char* end = compose_request(bytes);
  ck_assert(parse_request({bytes, static_cast<size_t>(end - bytes)}) == ParseStatus::kOk);
  end = compose_reply(bytes);
  ck_assert(parse_reply({bytes, static_cast<size_t>(end - bytes)}) == ParseStatus::kOk);
}
END_TEST

}  // namespace
}  // namespace pelikan::ping

PELIKAN_TESTS("protocol/ping/compose", pelikan::ping::messages_are_these_bytes,
              pelikan::ping::what_one_side_composes_the_other_parses)
