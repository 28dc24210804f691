#include "core/session.h"

#include <string>
#include <vector>

#include "check.h"
#include "core/session_stage.h"

using namespace pelikan;
using namespace pelikan::test;

namespace {

using Shape = MemoryPeer::Shape;

ConnectionRow row_of(const Stage& stage) { return stage.connections.rows().at(0); }

}  // namespace

START_TEST(requests_may_be_split_at_every_byte) {
  const Script all = script();
  for (Shape shape : {Shape::kReadiness, Shape::kCompletion}) {
    Stage stage;
    for (size_t split = 0; split <= all.requests.size(); split += split < 100 ? 1 : 97) {
      MemoryPeer& client = stage.connect(shape);
      client.send(all.requests.substr(0, split));
      stage.settle();
      client.send(all.requests.substr(split));
      stage.settle();
      ck_assert(client.read() == all.replies);
    }
    for (size_t portion : {1UL, 2UL, 7UL, 1000UL}) {
      MemoryPeer& client = stage.connect(shape);
      client.set_portion(portion);
      client.send(all.requests);
      stage.settle();
      ck_assert(client.read() == all.replies);
    }
    ck_assert_uint_eq(stage.lent(), 0);
  }
}
END_TEST

START_TEST(a_pipeline_is_answered_with_one_send) {
  Stage stage;
  MemoryPeer& client = stage.connect();
  client.send("a\nb\nc\n");
  stage.settle();
  ck_assert_text_eq(client.read(), "a\nb\nc\n");
  ck_assert_uint_eq(client.receives(), 1);
  ck_assert_uint_eq(client.sends(), 1);
  ck_assert_uint_eq(stage.metrics.events.value(), 1);
  ck_assert_uint_eq(stage.metrics.bytes_read.value(), 6);
  ck_assert_uint_eq(stage.metrics.bytes_written.value(), 6);
}
END_TEST

START_TEST(a_client_that_does_not_read_is_not_read_from) {
  const Script heavy = heavy_script(2000);
  for (Shape shape : {Shape::kReadiness, Shape::kCompletion}) {
    Stage stage;
    MemoryPeer& client = stage.connect(shape);
    client.set_window(30'000);
    client.send(heavy.requests);
    stage.settle();
    ck_assert(!client.is_received_from());
    ck_assert_uint_eq(stage.metrics.pauses.value(), 1);
    ck_assert_uint_le(stage.lent(), 1 + (Output::kHighWatermark + 10'000) / Chunk::kRoom + 1);
    std::string got;
    for (std::string part = client.read(); !part.empty(); part = client.read()) {
      got += part;
      stage.settle();
    }
    ck_assert(got == heavy.replies);
    ck_assert(client.is_received_from());
    ck_assert_uint_eq(stage.lent(), 0);
  }
}
END_TEST

START_TEST(a_client_that_reads_fast_shares_the_worker) {
  const Script heavy = heavy_script(1000);
  Stage stage;
  MemoryPeer& greedy = stage.connect();
  MemoryPeer& other = stage.connect();
  greedy.send(heavy.requests);
  other.send("me too\n");
  greedy.run_once();
  other.run_once();
  ck_assert(stage.set.end_round());  // the greedy one goes on without waiting for an event
  ck_assert_uint_lt(greedy.read().size(), heavy.replies.size() / 2);
  ck_assert_text_eq(other.read(), "me too\n");
}
END_TEST

START_TEST(work_in_steps_leaves_the_others_their_turns) {
  Stage stage;
  MemoryPeer& busy = stage.connect();
  MemoryPeer& other = stage.connect();
  busy.send("first\ncount 4\nlast\n");
  busy.run_once();
  ck_assert(stage.set.end_round());
  ck_assert_text_eq(busy.read(), "first\n4\n");
  ck_assert(!busy.is_received_from());
  other.send("me too\n");
  other.run_once();
  ck_assert(stage.set.end_round());
  ck_assert_text_eq(other.read(), "me too\n");
  ck_assert_text_eq(busy.read(), "3\n");
  stage.settle();
  ck_assert_text_eq(busy.read(), "2\n1\nlast\n");
  ck_assert(busy.is_received_from());
  ck_assert(!stage.set.end_round());
  ck_assert_uint_eq(stage.lent(), 0);
}
END_TEST

START_TEST(work_in_steps_pauses_while_its_client_does_not_read) {
  for (Shape shape : {Shape::kReadiness, Shape::kCompletion}) {
    Stage stage;
    MemoryPeer& client = stage.connect(shape);
    client.set_window(1000);
    client.send("count 100000\nlast\n");
    stage.settle();  // ends, although there is more to do
    ck_assert_uint_eq(stage.metrics.pauses.value(), 1);
    ck_assert_uint_le(stage.lent(), Output::kHighWatermark / Chunk::kRoom + 2);
    client.set_window(50'000);
    std::string got;
    for (std::string part = client.read(); !part.empty(); part = client.read()) {
      got += part;
      stage.settle();
    }
    ck_assert(got.starts_with("100000\n99999\n"));
    ck_assert(got.ends_with("\n2\n1\nlast\n"));
    ck_assert_uint_eq(got.size(), 588'895 + 5);
  }
}
END_TEST

START_TEST(work_in_steps_ends_with_its_client) {
  Stage stage;
  MemoryPeer& client = stage.connect();
  client.set_window(1000);
  client.send("count 1000\n");
  client.run_once();
  (void)stage.set.end_round();
  client.reset();
  stage.settle();
  ck_assert(stage.set.is_empty());
  ck_assert_uint_eq(stage.lent(), 0);
}
END_TEST

START_TEST(who_awaits_something_is_called_now_and_then_and_still_received_from) {
  Stage stage;
  MemoryPeer& client = stage.connect();
  client.send("await\n");
  stage.settle();
  stage.processor.counts.posted = "news\n";
  stage.settle();
  ck_assert_text_eq(client.read(), "");  // no time has passed
  stage.advance_ms(20);
  ck_assert_text_eq(client.read(), "news\n");
  ck_assert(client.is_received_from());
  client.send("not answered\n");
  stage.settle();
  stage.processor.counts.posted = "more\n";
  stage.advance_ms(20);
  ck_assert_text_eq(client.read(), "more\n");
  client.finish();
  stage.settle();
  ck_assert(stage.set.is_empty());
}
END_TEST

START_TEST(who_holds_its_requests_back_keeps_a_chunk_of_them_and_goes_on_later) {
  Stage stage;
  MemoryPeer& client = stage.connect();
  std::string lines;
  while (lines.size() < 3 * Chunk::kSize) lines += "line " + std::to_string(lines.size()) + "\n";
  client.send("hold\n" + lines);
  for (int i = 0; i < 3; ++i) stage.advance_ms(20);
  ck_assert_text_eq(client.read(), "");
  ck_assert(!client.is_closed());
  ck_assert(!client.is_received_from());
  ck_assert_uint_eq(stage.lent(), 1);
  stage.processor.counts.posted = "go\n";
  stage.advance_ms(20);
  ck_assert_text_eq(client.read(), "go\n" + lines);
  ck_assert(client.is_received_from());
}
END_TEST

START_TEST(who_awaits_something_does_not_hold_up_a_shutdown) {
  Stage stage;
  MemoryPeer& client = stage.connect();
  client.send("await\n");
  stage.settle();
  stage.set.begin_drain();
  stage.set.finish_all();
  stage.settle();
  ck_assert(client.is_closed());
  ck_assert_uint_eq(stage.metrics.close_shutdown.value(), 1);
}
END_TEST

START_TEST(those_that_receive_in_one_round_are_served_together) {
  Stage stage;
  std::vector<MemoryPeer*> clients;
  for (size_t i = 0; i <= SessionSet::kTogether; ++i) {
    clients.push_back(&stage.connect());
    clients[i]->send("from " + std::to_string(i) + "\n");
    clients[i]->run_once();
    // The last of so many has the others served with it; behind it others gather anew.
    const bool full = i + 1 >= SessionSet::kTogether;
    ck_assert_uint_eq(stage.processor.counts.foreseen, i + 1);
    ck_assert_uint_eq(stage.processor.counts.processed, full ? SessionSet::kTogether : 0);
    ck_assert_text_eq(clients[0]->read(), i + 1 == SessionSet::kTogether ? "from 0\n" : "");
  }
  (void)stage.set.end_round();
  ck_assert_uint_eq(stage.processor.counts.processed, SessionSet::kTogether + 1);
  ck_assert_text_eq(clients.back()->read(), "from 16\n");
}
END_TEST

START_TEST(who_closes_before_it_is_served_is_left_out) {
  Stage stage;
  MemoryPeer& gone = stage.connect();
  MemoryPeer& other = stage.connect();
  gone.send("lost\n");
  other.send("hello\n");
  gone.run_once();
  other.run_once();
  gone.reset();
  gone.run_once();
  stage.settle();
  ck_assert_text_eq(other.read(), "hello\n");
  ck_assert_uint_eq(stage.set.size(), 1);
  ck_assert_uint_eq(stage.lent(), 0);
}
END_TEST

START_TEST(a_client_that_has_finished_sending_gets_all_replies) {
  const Script heavy = heavy_script(200);
  Stage stage;
  MemoryPeer& client = stage.connect();
  client.set_window(30'000);
  client.send(heavy.requests);
  client.finish();
  std::string got;
  stage.settle();
  for (std::string part = client.read(); !part.empty();) {
    got += part;
    stage.settle();
    part = client.read();
  }
  ck_assert(got == heavy.replies);
  ck_assert(stage.set.is_empty());
  ck_assert_uint_eq(stage.metrics.close_peer.value(), 1);
}
END_TEST

START_TEST(a_reset_gives_everything_back) {
  Stage stage;
  MemoryPeer& client = stage.connect();
  client.set_window(10);
  client.send("big 100000\npartial");
  stage.settle();
  ck_assert_uint_gt(stage.lent(), 1);
  client.reset();
  stage.settle();
  ck_assert(stage.set.is_empty());
  ck_assert_uint_eq(stage.lent(), 0);
  ck_assert_uint_eq(stage.processor.counts.open, 0);
  ck_assert_uint_eq(stage.metrics.close_lost.value(), 1);
  ck_assert_int_eq(stage.metrics.curr_connections.value(), 0);
  ck_assert(stage.connections.rows().empty());
}
END_TEST

START_TEST(quit_closes_after_the_replies_before_it) {
  Stage stage;
  MemoryPeer& client = stage.connect();
  client.set_window(1000);
  client.send("big 5000\nquit\nnever answered\n");
  std::string got;
  for (int i = 0; i < 6; ++i) {
    stage.settle();
    got += client.read();
  }
  ck_assert(got == pattern(5000) + "\n");
  ck_assert_uint_eq(stage.metrics.close_request.value(), 1);
  ck_assert(stage.processor.counts.closed == CloseReason::kRequested);
}
END_TEST

START_TEST(a_request_longer_than_a_chunk_is_a_protocol_error) {
  Stage stage;
  MemoryPeer& client = stage.connect();
  client.send(std::string(Chunk::kRoom, 'x'));
  stage.settle();
  ck_assert_uint_eq(stage.metrics.close_protocol.value(), 1);
  MemoryPeer& longest = stage.connect();
  const std::string line = std::string(Chunk::kRoom - 1, 'x') + "\n";
  longest.send(line);
  stage.settle();
  ck_assert(longest.read() == line);
}
END_TEST

START_TEST(a_value_goes_straight_to_its_place) {
  Stage stage;
  MemoryPeer& client = stage.connect();
  const std::string value = pattern(1 << 20);
  client.send("value 1048576\n" + value + "after\n");
  stage.settle();
  ck_assert_text_eq(client.read(), checksum_line(value) + "after\n");
  ck_assert_uint_eq(client.receives(), 3);  // the head, the rest of the value, what follows
}
END_TEST

START_TEST(idle_connections_are_closed_and_busy_ones_kept) {
  Stage stage(256, {.idle_ms = 10'000});
  stage.connect();  // idle
  MemoryPeer& busy = stage.connect();
  for (int i = 0; i < 3; ++i) {
    stage.advance_ms(4'000);
    busy.send("hello\n");
    stage.settle();
    if (i < 2) ck_assert_uint_eq(stage.set.size(), 2);
  }
  ck_assert_uint_eq(stage.set.size(), 1);
  ck_assert_uint_eq(stage.metrics.close_idle.value(), 1);
  stage.advance_ms(9'000);
  ck_assert_uint_eq(stage.set.size(), 1);
  stage.advance_ms(2'000);
  ck_assert(stage.set.is_empty());
}
END_TEST

START_TEST(without_an_idle_timeout_nobody_is_closed) {
  Stage stage;
  stage.connect();
  stage.advance_ms(365LL * 24 * 3600 * 1000);
  ck_assert_uint_eq(stage.set.size(), 1);
}
END_TEST

START_TEST(a_stalled_reader_is_closed_and_a_slow_one_kept) {
  Stage stage(256, {.write_ms = 60'000});
  MemoryPeer& stalled = stage.connect();
  MemoryPeer& slow = stage.connect();
  for (auto* client : {&stalled, &slow}) {
    client->set_window(1'000);
    client->send("big 100000\n");
  }
  stage.settle();
  for (int i = 0; i < 3; ++i) {
    stage.advance_ms(25'000);
    ck_assert_uint_eq(stage.set.size(), i < 2 ? 2 : 1);
    ck_assert_uint_eq(slow.read().size(), 1'000);
    stage.settle();
  }
  ck_assert_uint_eq(stage.metrics.close_write.value(), 1);
  stage.advance_ms(60'000);
  ck_assert(stage.set.is_empty());
}
END_TEST

START_TEST(idle_connections_own_no_buffers) {
  Stage stage;
  for (int i = 0; i < 2000; ++i) {
    stage.connect().send("hello\n");
  }
  stage.settle();
  ck_assert_uint_eq(stage.set.size(), 2000);
  ck_assert_uint_eq(stage.lent(), 0);
  // All used the same: an input and an output for each that is served with others.
  ck_assert_uint_le(stage.buffer_metrics.allocate.value(), 2 * SessionSet::kTogether);
}
END_TEST

START_TEST(draining_answers_what_has_been_received_and_closes) {
  const Script heavy = heavy_script(200);
  Stage stage;
  stage.connect();  // idle
  MemoryPeer& asking = stage.connect();
  MemoryPeer& slow = stage.connect();
  slow.set_window(30'000);
  slow.send(heavy.requests);
  stage.settle();
  stage.set.begin_drain();
  asking.send("last words\n");
  stage.settle();
  ck_assert_uint_eq(stage.set.size(), 2);  // the one that asked is answered and gone
  ck_assert_uint_eq(stage.metrics.bytes_read.value(), heavy.requests.size() + 11);
  stage.set.finish_all();
  stage.settle();
  ck_assert_uint_eq(stage.set.size(), 1);
  std::string got;
  while (!stage.set.is_empty()) {
    got += slow.read();
    stage.settle();
  }
  ck_assert(got + slow.read() == heavy.replies);
  ck_assert_uint_eq(stage.metrics.close_shutdown.value(), 3);
}
END_TEST

START_TEST(connections_tell_what_they_wait_for) {
  Stage stage;
  MemoryPeer& client = stage.connect();
  client.set_window(10);
  ck_assert_text_eq(row_of(stage).state, "reading");
  client.send("big 100\n");
  stage.settle();
  stage.time.advance_ms(7'000);
  ck_assert_text_eq(row_of(stage).state, "writing");
  ck_assert_int_eq(row_of(stage).idle_ms, 7'000);
  client.set_window(1'000);
  stage.settle();
  ck_assert_text_eq(row_of(stage).state, "reading");
  ck_assert_int_eq(row_of(stage).idle_ms, 0);
}
END_TEST

PELIKAN_TESTS(
    "core/session", requests_may_be_split_at_every_byte, a_pipeline_is_answered_with_one_send,
    a_client_that_does_not_read_is_not_read_from, a_client_that_reads_fast_shares_the_worker,
    work_in_steps_leaves_the_others_their_turns,
    work_in_steps_pauses_while_its_client_does_not_read, work_in_steps_ends_with_its_client,
    who_awaits_something_is_called_now_and_then_and_still_received_from,
    who_holds_its_requests_back_keeps_a_chunk_of_them_and_goes_on_later,
    who_awaits_something_does_not_hold_up_a_shutdown,
    those_that_receive_in_one_round_are_served_together, who_closes_before_it_is_served_is_left_out,
    a_client_that_has_finished_sending_gets_all_replies, a_reset_gives_everything_back,
    quit_closes_after_the_replies_before_it, a_request_longer_than_a_chunk_is_a_protocol_error,
    a_value_goes_straight_to_its_place, idle_connections_are_closed_and_busy_ones_kept,
    without_an_idle_timeout_nobody_is_closed, a_stalled_reader_is_closed_and_a_slow_one_kept,
    idle_connections_own_no_buffers, draining_answers_what_has_been_received_and_closes,
    connections_tell_what_they_wait_for)
