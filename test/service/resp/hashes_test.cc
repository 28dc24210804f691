// Hashes in what golden tables do not show: large ones, replies that wait for their reader, chance,
// and several workers.
#include <cstddef>
#include <map>
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

std::string field(size_t i) { return "field:" + std::to_string(i); }

// Sets fields of one hash, a value "v" each.
void set_fields(test::ServiceConnection& client, const std::string& head, size_t from, size_t to) {
  std::string words = head;
  for (size_t i = from; i < to; ++i) words += " " + field(i) + " v";
  client.send(golden_request(words));
}

START_TEST(hgetall_of_a_large_hash_waits_for_its_reader) {
  constexpr size_t kFields = 30'000;
  test::RespRig rig;
  auto client = rig.connect();
  set_fields(client, "HSET h", 0, kFields);
  client.stop_reading();
  ck_assert_text_eq(client.send(golden_request("HGETALL h") + golden_request("PING")), "");
  ck_assert_uint_lt(client.unread(), 2 * Output::kHighWatermark);
  const std::string reply = client.read_on();
  ck_assert(reply.starts_with("*60000\r\n"));
  ck_assert(reply.ends_with("+PONG\r\n"));
  const std::vector<std::string> texts = bulks_of(reply);
  ck_assert_uint_eq(texts.size(), 2 * kFields);
  std::set<std::string> names;
  for (size_t i = 0; i < texts.size(); i += 2) {
    names.insert(texts[i]);
    ck_assert_text_eq(texts[i + 1], "v");
  }
  ck_assert_uint_eq(names.size(), kFields);
}
END_TEST

START_TEST(hscan_of_a_large_hash_tells_every_field_that_stays) {
  constexpr size_t kFields = 3'000;
  test::RespRig rig;
  auto client = rig.connect();
  set_fields(client, "HSET h", 0, kFields);
  std::set<std::string> told;
  std::string cursor = "0";
  size_t calls = 0;
  do {
    const auto texts =
        bulks_of(client.send(golden_request("HSCAN h " + cursor + " COUNT 100 NOVALUES")));
    cursor = texts[0];
    told.insert(texts.begin() + 1, texts.end());
    // Others come and go meanwhile.
    client.send(golden_request("HDEL h " + field(2 * calls)));
    client.send(golden_request("HSET h other:" + std::to_string(calls) + " v"));
    ++calls;
  } while (cursor != "0");
  ck_assert_uint_gt(calls, 10);
  for (size_t i = 2 * calls; i < kFields; ++i) ck_assert_uint_eq(told.count(field(i)), 1);
}
END_TEST

START_TEST(one_step_of_hscan_is_bounded_whatever_is_asked_for) {
  test::RespRig rig;
  auto client = rig.connect();
  set_fields(client, "HSET h", 0, 30'000);
  const auto texts = bulks_of(client.send(golden_request("HSCAN h 0 COUNT 1000000000")));
  ck_assert_uint_gt(texts.size(), 2 * 10'000);
  ck_assert_uint_lt(texts.size(), 2 * 10'200);
  ck_assert(texts[0] != "0");
}
END_TEST

START_TEST(fields_that_expire_together_are_taken_away_in_turns) {
  constexpr size_t kFields = 5'000;
  test::RespRig rig;
  auto client = rig.connect();
  set_fields(client, "HSETEX h PX 1000 FIELDS " + std::to_string(kFields), 0, kFields);
  ck_assert_text_eq(client.send(golden_request("HLEN h")), ":5000\r\n");
  rig.advance_ms(1000);
  ck_assert_text_eq(client.send(golden_request("HLEN h")), ":0\r\n");
  ck_assert_text_eq(client.send(golden_request("HRANDFIELD h")), "$-1\r\n");
  const size_t turns = client.turns();
  ck_assert_text_eq(client.send(golden_request("HSET h new v")), ":1\r\n");
  ck_assert_uint_ge(client.turns() - turns, kFields / 1000);
  ck_assert_text_eq(client.send(golden_request("HGETALL h")),
                    "*2\r\n" + golden_bulk("new") + golden_bulk("v"));
  ck_assert_text_eq(client.send(golden_request("HSETEX h PX 1000 FIELDS 1 new v")), ":1\r\n");
  rig.advance_ms(1000);
  ck_assert_text_eq(client.send(golden_request("HDEL h new")), ":0\r\n");
  ck_assert_text_eq(client.send(golden_request("EXISTS h")), ":0\r\n");
}
END_TEST

START_TEST(a_hash_whose_fields_have_all_expired_is_gone) {
  test::RespRig rig;
  auto client = rig.connect();
  client.send(golden_request("HSETEX packed PX 1000 FIELDS 2 a v b v"));
  client.send(golden_request("HPEXPIRE packed 2000 FIELDS 1 b"));
  rig.advance_ms(1000);
  ck_assert_text_eq(client.send(golden_request("EXISTS packed")), ":1\r\n");
  ck_assert_text_eq(client.send(golden_request("TYPE packed")), "+hash\r\n");
  rig.advance_ms(1000);
  ck_assert_text_eq(client.send(golden_request("EXISTS packed packed")), ":0\r\n");
  ck_assert_text_eq(client.send(golden_request("TOUCH packed")), ":0\r\n");
  ck_assert_text_eq(client.send(golden_request("TYPE packed")), "+none\r\n");
}
END_TEST

START_TEST(another_hash_in_its_place_does_not_have_its_expiry) {
  test::RespRig rig;
  auto client = rig.connect();
  for (const size_t fields : {2, 300}) {
    set_fields(client, "HSETEX h PX 1000 FIELDS " + std::to_string(fields), 0, fields);
    ck_assert_text_eq(client.send(golden_request("EXPIRE h 100")), ":1\r\n");
    rig.advance_ms(1000);
    ck_assert_text_eq(client.send(golden_request("HSET h a v")), ":1\r\n");
    ck_assert_text_eq(client.send(golden_request("TTL h")), ":-1\r\n");
    ck_assert_text_eq(client.send(golden_request("HLEN h")), ":1\r\n");
    client.send(golden_request("DEL h"));
  }
}
END_TEST

START_TEST(so_is_a_large_one) {
  test::RespRig rig;
  auto client = rig.connect();
  set_fields(client, "HSETEX h PX 1000 FIELDS 300", 0, 300);
  ck_assert_text_eq(client.send(golden_request("HSET h stays v")), ":1\r\n");
  client.send(golden_request("COPY h copy"));
  rig.advance_ms(1000);
  ck_assert_text_eq(client.send(golden_request("EXISTS h")), ":1\r\n");
  client.send(golden_request("HPEXPIRE h 1000 FIELDS 1 stays"));
  rig.advance_ms(1000);
  ck_assert_text_eq(client.send(golden_request("EXISTS h")), ":0\r\n");
  ck_assert_text_eq(client.send(golden_request("TYPE h")), "+none\r\n");
  ck_assert_text_eq(client.send(golden_request("TTL h")), ":-2\r\n");
  ck_assert_text_eq(client.send(golden_request("EXPIRE h 100")), ":0\r\n");
  ck_assert_text_eq(client.send(golden_request("PERSIST h")), ":0\r\n");
  ck_assert_text_eq(client.send(golden_request("RENAME h other")), "-ERR no such key\r\n");
  ck_assert_text_eq(client.send(golden_request("COPY h other")), ":0\r\n");
  ck_assert_text_eq(client.send(golden_request("TYPE copy")), "+hash\r\n");
  client.send(golden_request("HSET h a v"));
  ck_assert_text_eq(client.send(golden_request("EXISTS h")), ":1\r\n");
}
END_TEST

// How often each was drawn.
std::map<std::string, size_t> drawn(test::ServiceConnection& client, const std::string& words) {
  std::map<std::string, size_t> counts;
  for (const std::string& name : bulks_of(client.send(golden_request(words)))) ++counts[name];
  return counts;
}

START_TEST(hrandfield_draws_every_live_field_as_often) {
  test::RespRig rig;
  auto client = rig.connect();
  set_fields(client, "HSET packed", 0, 4);
  client.send(golden_request("HSET packed dead v"));
  set_fields(client, "HSET large", 0, 1000);
  set_fields(client, "HSETEX large PX 1000 FIELDS 500", 500, 1000);
  const auto expect_even = [&](const std::string& hash, size_t fields) {
    const auto counts = drawn(client, "HRANDFIELD " + hash + " -" + std::to_string(1000 * fields));
    ck_assert_uint_eq(counts.size(), fields);
    for (const auto& [name, count] : counts) {
      ck_assert_msg(count > 750 && count < 1250, "%s %zu", name.c_str(), count);
    }
  };
  expect_even("packed", 5);
  client.send(golden_request("HPEXPIRE packed 1000 FIELDS 1 dead"));
  rig.advance_ms(1000);
  expect_even("packed", 4);  // one of five
  const auto counts = drawn(client, "HRANDFIELD large -20000");
  ck_assert_uint_eq(counts.size(), 500);
}
END_TEST

START_TEST(hrandfield_with_a_count_draws_none_twice) {
  test::RespRig rig;
  auto client = rig.connect();
  set_fields(client, "HSET packed", 0, 20);
  set_fields(client, "HSET large", 0, 1000);
  for (const auto& [hash, size] : {std::pair{"packed", size_t{20}}, {"large", size_t{1000}}}) {
    for (const size_t count : {size_t{1}, size / 4, size - 1, size, size + 1, 3 * size}) {
      const std::string words = "HRANDFIELD " + std::string(hash) + " " + std::to_string(count);
      ck_assert_uint_eq(drawn(client, words).size(), std::min(count, size));
    }
  }
}
END_TEST

START_TEST(a_reply_of_hrandfield_is_bounded) {
  test::RespRig rig(test::OptionTexts{{"resp_gather_max", "1MiB"}});
  auto client = rig.connect();
  set_fields(client, "HSET h", 0, 2);
  ck_assert_text_eq(client.send(golden_request("HRANDFIELD h -4611686018427387904")),
                    "-ERR too many fields for one reply\r\n");
  ck_assert_uint_eq(bulks_of(client.send(golden_request("HRANDFIELD h -5000"))).size(), 5000);
}
END_TEST

START_TEST(counters_of_one_hash_lose_nothing_with_several_workers) {
  constexpr size_t kWorkers = 4;
  constexpr size_t kTimes = 2'000;
  test::WorkerRig rig(kWorkers);
  set_fields(rig.connection(0), "HSET large", 0, 500);
  std::vector<std::thread> threads;
  for (size_t worker = 0; worker < kWorkers; ++worker) {
    threads.emplace_back([&rig, worker] {
      for (size_t i = 0; i < kTimes; ++i) {
        rig.connection(worker).send("HINCRBY packed n 1\r\nHINCRBY large n 1\r\n");
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const char* hash : {"packed", "large"}) {
    ck_assert_text_eq(rig.connection(0).send("HGET " + std::string(hash) + " n\r\n"),
                      golden_bulk(std::to_string(kWorkers * kTimes)));
  }
}
END_TEST

}  // namespace
}  // namespace pelikan

using namespace pelikan;
PELIKAN_TESTS("service/resp/hashes", hgetall_of_a_large_hash_waits_for_its_reader,
              hscan_of_a_large_hash_tells_every_field_that_stays,
              one_step_of_hscan_is_bounded_whatever_is_asked_for,
              fields_that_expire_together_are_taken_away_in_turns,
              a_hash_whose_fields_have_all_expired_is_gone,
              another_hash_in_its_place_does_not_have_its_expiry, so_is_a_large_one,
              hrandfield_draws_every_live_field_as_often, hrandfield_with_a_count_draws_none_twice,
              a_reply_of_hrandfield_is_bounded,
              counters_of_one_hash_lose_nothing_with_several_workers)
