// Sessions when the worker's buffers run out.
#include <string>
#include <vector>

#include "check.h"
#include "core/session_stage.h"

using namespace pelikan;
using namespace pelikan::test;

START_TEST(who_finds_no_memory_waits_and_is_served_when_some_comes_back) {
  Stage stage(8);
  std::vector<MemoryPeer*> partial;
  for (int i = 0; i < 7; ++i) {  // one chunk is kept for replies
    partial.push_back(&stage.connect());
    partial.back()->send("half a line");
    stage.settle();
  }
  MemoryPeer& late = stage.connect();
  late.send("late\n");
  stage.settle();
  ck_assert_text_eq(late.read(), "");
  ck_assert_uint_eq(stage.metrics.memory_waits.value(), 1);
  partial[3]->send(", and the rest\n");
  stage.settle();
  ck_assert_text_eq(partial[3]->read(), "half a line, and the rest\n");
  ck_assert_text_eq(late.read(), "late\n");
}
END_TEST

START_TEST(who_waits_for_memory_too_long_is_closed) {
  Stage stage(8, {.memory_ms = 5'000});
  std::vector<MemoryPeer*> busy;
  busy.reserve(7);
  for (int i = 0; i < 7; ++i) busy.push_back(&stage.connect());
  for (MemoryPeer* peer : busy) peer->send("half a line");
  stage.settle();
  MemoryPeer& late = stage.connect();
  late.send("late\n");
  stage.settle();
  for (int i = 0; i < 6; ++i) {
    ck_assert_uint_eq(stage.set.size(), i < 5 ? 8 : 7);
    for (MemoryPeer* peer : busy) peer->send("more");
    stage.advance_ms(1'000);
  }
  ck_assert(late.is_closed());
  ck_assert_uint_eq(stage.metrics.close_memory.value(), 1);
}
END_TEST

START_TEST(waiting_counts_anew_after_progress) {
  Stage stage(8, {.memory_ms = 5'000});
  MemoryPeer& client = stage.connect();
  for (int round = 0; round < 3; ++round) {
    std::vector<Chunk*> taken;
    while (Chunk* chunk = stage.pool.borrow_for_input()) taken.push_back(chunk);
    client.send("hello\n");
    stage.settle();
    stage.advance_ms(3'000);
    ck_assert_text_eq(client.read(), "");
    for (Chunk* chunk : taken) stage.pool.give_back(chunk);
    stage.settle();
    ck_assert_text_eq(client.read(), "hello\n");
  }
  ck_assert_uint_eq(stage.metrics.memory_waits.value(), 3);
}
END_TEST

START_TEST(a_slow_reader_in_line_goes_on_as_it_reads) {
  const Script heavy = heavy_script(40);
  Stage stage(4, {.memory_ms = 5'000});
  MemoryPeer& client = stage.connect();
  client.set_window(20'000);
  client.send(heavy.requests);
  stage.settle();
  ck_assert_uint_eq(stage.metrics.memory_waits.value(), 1);
  std::string got;
  for (std::string part = client.read(); !part.empty(); part = client.read()) {
    got += part;
    stage.advance_ms(1'000);
  }
  ck_assert(got == heavy.replies);
}
END_TEST

START_TEST(one_reply_above_the_watermark_pauses_too) {
  Stage stage;
  MemoryPeer& client = stage.connect();
  client.set_window(1'000);
  client.send("big 300000\n");
  stage.settle();
  ck_assert(!client.is_received_from());
  client.set_window(250'000);
  stage.settle();
  ck_assert(client.is_received_from());
}
END_TEST

START_TEST(who_holds_memory_without_moving_gives_way) {
  Stage stage(8, {.memory_ms = 5'000});
  std::vector<MemoryPeer*> stuck;
  for (int i = 0; i < 7; ++i) {
    stuck.push_back(&stage.connect());
    stuck.back()->send("half a line");
    stage.advance_ms(200);
  }
  stage.connect();  // idle: takes nothing from anybody
  MemoryPeer& first = stage.connect();
  MemoryPeer& second = stage.connect();
  first.send("first\n");
  second.send("second\n");
  stage.advance_ms(1'000);
  ck_assert_text_eq(first.read(), "");
  stage.advance_ms(1'000);
  ck_assert_text_eq(first.read(), "first\n");
  ck_assert_text_eq(second.read(), "second\n");
  ck_assert_uint_eq(stage.metrics.close_memory.value(), 2);
  ck_assert(stuck[0]->is_closed() && stuck[1]->is_closed() && !stuck[2]->is_closed());
}
END_TEST

START_TEST(a_large_reply_waits_until_the_pool_can_hold_it) {
  Stage stage(16);
  MemoryPeer& first = stage.connect();
  MemoryPeer& second = stage.connect();
  for (auto* client : {&first, &second}) {
    client->set_window(1'000);
    client->send("big 600000\n");
  }
  stage.settle();
  ck_assert_uint_eq(first.read().size(), 1'000);
  ck_assert_uint_eq(second.read().size(), 0);
  first.set_window(1 << 20);
  stage.settle();
  ck_assert_uint_eq(first.read().size(), 600'001 - 1'000);
  second.set_window(1 << 20);
  stage.settle();
  ck_assert(second.read() == pattern(600'000) + "\n");
  ck_assert_uint_eq(stage.lent(), 0);
}
END_TEST

START_TEST(a_single_client_is_served_from_the_smallest_pool) {
  const Script heavy = heavy_script(500);
  Stage stage(4);
  MemoryPeer& client = stage.connect();
  client.send(heavy.requests);
  stage.settle();
  ck_assert(client.read() == heavy.replies);
  ck_assert_uint_eq(stage.set.size(), 1);
}
END_TEST

START_TEST(memory_stays_bounded_when_nobody_reads) {
  const Script heavy = heavy_script(100);
  Stage stage(64, {.write_ms = 60'000, .memory_ms = 5'000});
  for (int i = 0; i < 100; ++i) {
    MemoryPeer& client = stage.connect();
    client.set_window(100);
    client.send(heavy.requests);
  }
  stage.settle();
  ck_assert_uint_le(stage.buffer_metrics.allocate.value(), 64);
  // Those that hold replies have a minute; those that hold nothing leave earlier, and the rest goes
  // on.
  stage.advance_ms(6'000);
  ck_assert_uint_gt(stage.metrics.close_memory.value(), 0);
  stage.advance_ms(61'000);
  ck_assert(stage.set.is_empty());
  ck_assert_uint_eq(stage.lent(), 0);
  MemoryPeer& after = stage.connect();
  after.send("hello\n");
  stage.settle();
  ck_assert_text_eq(after.read(), "hello\n");
}
END_TEST

PELIKAN_TESTS("core/session_memory", who_finds_no_memory_waits_and_is_served_when_some_comes_back,
              who_waits_for_memory_too_long_is_closed, waiting_counts_anew_after_progress,
              a_slow_reader_in_line_goes_on_as_it_reads, one_reply_above_the_watermark_pauses_too,
              who_holds_memory_without_moving_gives_way,
              a_large_reply_waits_until_the_pool_can_hold_it,
              a_single_client_is_served_from_the_smallest_pool,
              memory_stays_bounded_when_nobody_reads)
