// Lists in what golden tables do not show: replies that wait for their reader, walks through large
// ones, many keys, and several workers.
#include <algorithm>
#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "../golden_resp.h"
#include "replies.h"
#include "rig.h"
#include "worker_rig.h"

#include "check.h"

namespace pelikan {
namespace {

using test::bulks_of;
using test::golden_bulk;
using test::golden_request;

std::string element(size_t i) { return "element:" + std::to_string(i); }

void push(test::ServiceConnection& client, const std::string& list, size_t from, size_t to) {
  std::string words = "RPUSH " + list;
  for (size_t i = from; i < to; ++i) words += " " + element(i);
  client.send(golden_request(words));
}

void expect_elements(const std::vector<std::string>& texts, size_t count) {
  ck_assert_uint_eq(texts.size(), count);
  for (size_t i = 0; i < count; ++i) ck_assert_text_eq(texts[i], element(i));
}

START_TEST(lrange_of_a_large_list_waits_for_its_reader) {
  constexpr size_t kElements = 30'000;
  test::RespRig rig;
  auto client = rig.connect();
  push(client, "l", 0, kElements);
  client.stop_reading();
  ck_assert_text_eq(client.send(golden_request("LRANGE l 0 -1") + golden_request("PING")), "");
  ck_assert_uint_lt(client.unread(), 2 * Output::kHighWatermark);
  const std::string reply = client.read_on();
  ck_assert(reply.starts_with("*30000\r\n"));
  ck_assert(reply.ends_with("+PONG\r\n"));
  expect_elements(bulks_of(reply), kElements);
}
END_TEST

START_TEST(what_was_popped_is_replied_however_long_its_reader_takes) {
  constexpr size_t kElements = 30'000;
  test::RespRig rig;
  auto slow = rig.connect();
  auto other = rig.connect();
  push(other, "l", 0, kElements);
  slow.stop_reading();
  ck_assert_text_eq(slow.send(golden_request("LPOP l 29999")), "");
  ck_assert_text_eq(other.send(golden_request("LPOP l")), golden_bulk(element(kElements - 1)));
  ck_assert_text_eq(other.send(golden_request("EXISTS l")), ":0\r\n");
  expect_elements(bulks_of(slow.read_on()), kElements - 1);
}
END_TEST

START_TEST(elements_are_found_wherever_they_stand_in_a_large_list) {
  constexpr size_t kElements = 5'000;
  test::RespRig rig;
  auto client = rig.connect();
  push(client, "l", 0, kElements);
  for (const size_t at : {0, 63, 64, 191, 192, 2500, 4999}) {
    const std::string behind = std::to_string(kElements - at);
    const std::string found = ":" + std::to_string(at) + "\r\n";
    std::string look = "LPOS l " + element(at);
    ck_assert_text_eq(client.send(golden_request(look)), found);
    look += " RANK -1";
    ck_assert_text_eq(client.send(golden_request(look)), found);
    look += " MAXLEN " + behind;
    ck_assert_text_eq(client.send(golden_request(look)), found);
    ck_assert_text_eq(client.send(golden_request("LINDEX l " + std::to_string(at))),
                      golden_bulk(element(at)));
    ck_assert_text_eq(client.send(golden_request("LINSERT l BEFORE " + element(at) + " new")),
                      ":5001\r\n");
    ck_assert_text_eq(client.send(golden_request("LREM l -1 new")), ":1\r\n");
  }
  ck_assert_text_eq(client.send(golden_request("LPOS l " + element(4998) + " RANK -1 MAXLEN 1")),
                    "$-1\r\n");
  ck_assert_text_eq(client.send(golden_request("LPOS l none COUNT 0")), "*0\r\n");
}
END_TEST

START_TEST(lmpop_looks_at_as_many_keys_as_can_be_locked) {
  test::RespRig rig;
  auto client = rig.connect();
  push(client, "last", 0, 1);
  std::string keys;
  for (size_t i = 1; i < RespKeyLocks::kMostKeys; ++i) keys += " missing" + std::to_string(i);
  ck_assert_text_eq(client.send(golden_request("LMPOP 65 other" + keys + " last LEFT")),
                    "-ERR too many keys in one command\r\n");
  const auto texts = bulks_of(client.send(golden_request("LMPOP 64" + keys + " last LEFT")));
  ck_assert_uint_eq(texts.size(), 2);
  ck_assert_text_eq(texts[0], "last");
  ck_assert_text_eq(texts[1], element(0));
}
END_TEST

// Of each pair of lists one is packed and one is large.
START_TEST(elements_that_several_workers_move_are_neither_lost_nor_doubled) {
  constexpr size_t kWorkers = 4;
  constexpr size_t kTimes = 2'000;
  test::WorkerRig rig(kWorkers);
  push(rig.connection(0), "a", 0, 20);
  push(rig.connection(0), "b", 20, 400);
  std::vector<std::thread> threads;
  for (size_t worker = 0; worker < kWorkers; ++worker) {
    const std::string move = worker % 2 == 0 ? "LMOVE a b LEFT RIGHT\r\nLMOVE b a LEFT RIGHT\r\n"
                                             : "RPOPLPUSH b a\r\nRPOPLPUSH a b\r\n";
    threads.emplace_back([&rig, worker, move] {
      for (size_t i = 0; i < kTimes; ++i) rig.connection(worker).send(move);
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::set<std::string> left;
  size_t count = 0;
  for (const char* list : {"a", "b"}) {
    const auto texts =
        bulks_of(rig.connection(0).send("LRANGE " + std::string(list) + " 0 -1\r\n"));
    count += texts.size();
    left.insert(texts.begin(), texts.end());
  }
  ck_assert_uint_eq(count, 400);
  ck_assert_uint_eq(left.size(), 400);
}
END_TEST

}  // namespace
}  // namespace pelikan

using namespace pelikan;
PELIKAN_TESTS("service/resp/lists", lrange_of_a_large_list_waits_for_its_reader,
              what_was_popped_is_replied_however_long_its_reader_takes,
              elements_are_found_wherever_they_stand_in_a_large_list,
              lmpop_looks_at_as_many_keys_as_can_be_locked,
              elements_that_several_workers_move_are_neither_lost_nor_doubled)
