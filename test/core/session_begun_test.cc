// Requests that have begun and whose rest does not come.
#include <string>

#include "core/session_stage.h"

#include "check.h"

using namespace pelikan;
using namespace pelikan::test;

namespace {

constexpr SessionLimits kHalfAMinute{.request_ms = 30'000, .write_ms = 600'000};

}  // namespace

START_TEST(who_sends_half_a_request_and_no_more_is_closed) {
  Stage stage(256, kHalfAMinute);
  stage.connect();  // silent: it has begun nothing
  MemoryPeer& half = stage.connect();
  half.send("whole\nhal");
  stage.settle();
  stage.advance_ms(29'000);
  ck_assert_uint_eq(stage.set.size(), 2);
  stage.advance_ms(1'000);
  ck_assert_uint_eq(stage.set.size(), 1);
  ck_assert(half.is_closed());
  ck_assert_uint_eq(stage.metrics.close_slow.value(), 1);
  ck_assert_text_eq(half.read(), "whole\n");
  ck_assert_uint_eq(stage.lent(), 0);
}
END_TEST

START_TEST(who_sends_a_request_byte_by_byte_is_closed) {
  Stage stage(256, kHalfAMinute);
  MemoryPeer& line = stage.connect();
  MemoryPeer& value = stage.connect();
  value.send("value 100000\n");
  for (int second = 0; second < 30; ++second) {
    ck_assert_uint_eq(stage.set.size(), 2);
    line.send("x");
    value.send("x");
    stage.settle();
    stage.advance_ms(1'000);
  }
  stage.advance_ms(1'000);
  ck_assert(stage.set.is_empty());
  ck_assert_uint_eq(stage.metrics.close_slow.value(), 2);
}
END_TEST

START_TEST(a_large_value_may_take_its_time_as_long_as_it_moves) {
  Stage stage(256, kHalfAMinute);
  MemoryPeer& client = stage.connect();
  const std::string value = pattern(10 * SessionSet::kLeastBrought);
  client.send("value " + std::to_string(value.size()) + "\n");
  for (size_t at = 0; at < value.size(); at += SessionSet::kLeastBrought) {
    stage.settle();
    stage.advance_ms(29'000);
    client.send(value.substr(at, SessionSet::kLeastBrought));
  }
  stage.settle();
  ck_assert_text_eq(client.read(), checksum_line(value));
  stage.advance_ms(60'000);  // nothing has begun any more
  ck_assert_uint_eq(stage.set.size(), 1);
}
END_TEST

START_TEST(whole_requests_begin_the_time_anew) {
  Stage stage(256, kHalfAMinute);
  MemoryPeer& client = stage.connect();
  client.send("li");
  for (int i = 0; i < 10; ++i) {
    stage.settle();
    stage.advance_ms(20'000);
    client.send("ne\nli");  // the end of one, the beginning of the next
    stage.settle();
    ck_assert_text_eq(client.read(), "line\n");
  }
  client.send("ne\n");
  stage.settle();
  stage.advance_ms(60'000);
  ck_assert_uint_eq(stage.set.size(), 1);
}
END_TEST

START_TEST(who_is_made_to_wait_is_not_closed_for_it) {
  Stage stage(256, kHalfAMinute);
  MemoryPeer& reader = stage.connect();
  MemoryPeer& held = stage.connect();
  reader.set_window(1'000);
  held.send("hold\nhel");
  reader.send("big 300000\nhel");  // waits behind replies that are not read
  stage.settle();
  for (int i = 0; i < 8; ++i) stage.advance_ms(10'000);
  ck_assert_uint_eq(stage.set.size(), 2);
  reader.set_window(1'000'000);
  stage.processor.counts.posted = "posted\n";
  stage.advance_ms(1'000);
  ck_assert_uint_eq(reader.read().size(), 300'001);
  ck_assert_text_eq(held.read(), "posted\n");
  stage.advance_ms(29'000);  // now their time runs
  ck_assert_uint_eq(stage.set.size(), 2);
  stage.advance_ms(1'000);
  ck_assert(stage.set.is_empty());
}
END_TEST

START_TEST(without_a_request_timeout_everybody_may_take_his_time) {
  Stage stage(256, {.request_ms = 0});
  MemoryPeer& client = stage.connect();
  client.send("hal");
  stage.settle();
  stage.advance_ms(100'000'000);
  ck_assert_uint_eq(stage.set.size(), 1);
}
END_TEST

PELIKAN_TESTS("core/session_begun", who_sends_half_a_request_and_no_more_is_closed,
              who_sends_a_request_byte_by_byte_is_closed,
              a_large_value_may_take_its_time_as_long_as_it_moves,
              whole_requests_begin_the_time_anew, who_is_made_to_wait_is_not_closed_for_it,
              without_a_request_timeout_everybody_may_take_his_time)
