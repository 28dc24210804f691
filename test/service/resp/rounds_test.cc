// Commands on large collections that are done in rounds: what each round may do, what others do
// between them, and what becomes of the command when its key or its client goes.
#include <algorithm>
#include <cstddef>
#include <iterator>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "../golden_resp.h"
#include "replies.h"
#include "rig.h"
#include "service/resp/row_walk.h"
#include "worker_rig.h"

#include "check.h"

namespace pelikan {
namespace {

using test::bulks_of;
using test::golden_request;
using test::ServiceConnection;

constexpr size_t kRows = 20'000;

// Large collections have room beside each other.
struct Rig : test::RespRig {
  explicit Rig(const char* memory = "256MiB")
      : RespRig(test::OptionTexts{{"seg_memory", memory}}) {}

  // For a command that makes a large collection: the store withholds what the others take.
  void make_room() { advance_ms(1); }
};

std::string row(size_t i) { return "row:" + std::to_string(i); }

// One of each type under its key: "h", "s", "l" and "z".
void fill(Rig& rig, ServiceConnection& client, const std::string& key) {
  std::string words = key == "h"   ? "HSET h"
                      : key == "s" ? "SADD s"
                      : key == "l" ? "RPUSH l"
                                   : "ZADD z";
  for (size_t i = 0; i < kRows; ++i) {
    if (key == "z") words += " " + std::to_string(i);
    words += " " + row(i);
    if (key == "h") words += " v";
  }
  rig.make_room();
  ck_assert_text_eq(client.send(golden_request(words)), ":" + std::to_string(kRows) + "\r\n");
}

// The key, a command that replies with all of it, and the elements that are for each row.
struct Reading {
  const char* key;
  const char* words;
  size_t elements = 1;
};
constexpr Reading kReadings[] = {
    {"h", "HGETALL h", 2},      {"h", "HKEYS h"},
    {"h", "HVALS h"},           {"s", "SMEMBERS s"},
    {"l", "LRANGE l 0 -1"},     {"z", "ZRANGE z 0 -1"},
    {"z", "ZREVRANGE z 0 -1"},  {"z", "ZRANGEBYSCORE z -inf +inf WITHSCORES", 2},
    {"z", "ZRANGEBYLEX z - +"},
};

std::string finish(ServiceConnection& client) {
  std::string replies;
  while (client.wants_turn()) replies += client.turn();
  return replies;
}

// The rows' names that a reply has; whether there are too many of them, or too few, is checked.
std::set<std::string> rows_of(const std::string& reply, size_t elements) {
  const std::vector<std::string> texts = bulks_of(reply);
  ck_assert_uint_eq(texts.size(), elements * kRows);
  return {texts.begin(), texts.end()};
}
void expect_all_rows(const std::string& reply, const Reading& reading) {
  if (std::string_view(reading.words).starts_with("HVALS")) {
    ck_assert_uint_eq(rows_of(reply, 1).size(), 1);
    return;
  }
  const std::set<std::string> texts = rows_of(reply, reading.elements);
  for (size_t i = 0; i < kRows; ++i) ck_assert_uint_eq(texts.count(row(i)), 1);
}

START_TEST(no_round_has_more_rows_than_it_may) {
  Rig rig;
  auto client = rig.connect();
  for (const char* key : {"h", "s", "l", "z"}) fill(rig, client, key);
  for (const Reading& reading : kReadings) {
    const size_t before = client.turns();
    client.post(golden_request(reading.words));
    expect_all_rows(finish(client), reading);
    ck_assert_uint_ge(client.turns() - before, kRows / kRespRowsRead);
  }
}
END_TEST

START_TEST(few_rows_of_a_large_collection_take_one_round) {
  Rig rig;
  auto client = rig.connect();
  for (const char* key : {"l", "z"}) fill(rig, client, key);
  for (const char* words : {"LRANGE l 5000 5099", "ZRANGE z 5000 5099"}) {
    client.post(golden_request(words));
    ck_assert_uint_eq(bulks_of(client.turn()).size(), 100);
    ck_assert(!client.wants_turn());
  }
}
END_TEST

// However few they are: what counts is their bytes.
START_TEST(long_elements_take_a_round_each) {
  constexpr size_t kElements = 60;
  Rig rig;
  auto client = rig.connect();
  std::string words = "RPUSH l";
  for (size_t i = 0; i < kElements; ++i) words += " " + std::string(100'000, 'x');
  client.send(golden_request(words));
  const size_t before = client.turns();
  client.post(golden_request("LRANGE l 0 -1"));
  ck_assert_uint_eq(bulks_of(finish(client)).size(), kElements);
  ck_assert_uint_ge(client.turns() - before, kElements);
}
END_TEST

START_TEST(others_are_answered_between_the_rounds) {
  Rig rig;
  auto client = rig.connect();
  auto other = rig.connect();
  for (const Reading& reading : kReadings) {
    fill(rig, other, reading.key);
    size_t answered = 0;
    std::string reply;
    client.post(golden_request(reading.words));
    while (client.wants_turn()) {
      reply += client.turn();
      ck_assert_text_eq(other.send(golden_request("INCR n")),
                        ":" + std::to_string(++answered) + "\r\n");
    }
    expect_all_rows(reply, reading);
    ck_assert_uint_ge(answered, kRows / kRespRowsRead);
    other.send(golden_request("DEL n " + std::string(reading.key)));
  }
}
END_TEST

START_TEST(who_changes_the_collection_waits_for_the_reply) {
  Rig rig;
  auto reader = rig.connect();
  auto writer = rig.connect();
  fill(rig, writer, "h");
  reader.post(golden_request("HGETALL h"));
  writer.post(golden_request("HSET h new v"));
  std::string reply = reader.turn();
  while (reply.empty()) {
    ck_assert_text_eq(writer.turn(), "");
    ck_assert(writer.wants_turn());
    reply = reader.turn();
  }
  const auto texts = rows_of(reply + finish(reader), 2);
  ck_assert_uint_eq(texts.count("new"), 0);
  ck_assert_text_eq(writer.turn(), ":1\r\n");
}
END_TEST

// A client that sends one after the other holds up nobody: the key is free between them.
START_TEST(who_waits_for_the_key_comes_before_the_next_long_command) {
  Rig rig;
  auto reader = rig.connect();
  auto writer = rig.connect();
  fill(rig, writer, "s");
  reader.post(golden_request("SMEMBERS s") + golden_request("SMEMBERS s"));
  (void)reader.turn();
  writer.post(golden_request("SADD s new"));
  std::string replies;
  while (writer.wants_turn()) {
    ck_assert(reader.wants_turn());
    replies += reader.turn();
    const std::string written = writer.turn();
    ck_assert(written.empty() || written == ":1\r\n");
  }
  replies += finish(reader);
  ck_assert_uint_eq(bulks_of(replies).size(), 2 * kRows + 1);
}
END_TEST

START_TEST(a_reply_is_that_of_one_moment_whatever_becomes_of_the_key) {
  Rig rig;
  auto client = rig.connect();
  auto other = rig.connect();
  for (const char* change : {"DEL", "UNLINK", "SET", "PEXPIRE", "FLUSHALL"}) {
    for (const Reading& reading : kReadings) {
      fill(rig, other, reading.key);
      client.post(golden_request(reading.words));
      (void)client.turn();
      std::string words = change;
      if (words != "FLUSHALL") words += " " + std::string(reading.key);
      if (words.starts_with("SET") || words.starts_with("PEXPIRE")) words += " 1";
      other.send(golden_request(words));
      for (int i = 0; i < 3; ++i) rig.advance_ms(1000);
      expect_all_rows(finish(client), reading);
      other.send(golden_request("FLUSHALL"));
    }
  }
  for (int i = 0; i < 10; ++i) rig.advance_ms(1000);
  ck_assert_uint_eq(rig.count("seg_handle_byte"), 0);
}
END_TEST

START_TEST(a_reply_is_whole_though_its_key_is_evicted) {
  Rig rig("16MiB");
  auto client = rig.connect();
  auto other = rig.connect();
  fill(rig, other, "h");
  client.post(golden_request("HGETALL h"));
  (void)client.turn();
  const std::string value(10'000, 'v');
  size_t keys = 0;
  while (other.send(golden_request("EXISTS h")) == ":1\r\n") {
    other.send(golden_request("SET key" + std::to_string(++keys) + " " + value));
    ck_assert_uint_lt(keys, 100'000);
  }
  rig.advance_ms(1000);
  const auto texts = rows_of(finish(client), 2);
  ck_assert_uint_eq(texts.size(), kRows + 1);
}
END_TEST

START_TEST(a_collection_is_renamed_when_its_reply_is_there) {
  Rig rig;
  auto client = rig.connect();
  auto other = rig.connect();
  fill(rig, other, "l");
  client.post(golden_request("LRANGE l 0 -1"));
  (void)client.turn();
  other.post(golden_request("RENAME l other") + golden_request("RPUSH other x"));
  ck_assert_text_eq(other.turn(), "");
  ck_assert_uint_eq(bulks_of(finish(client)).size(), kRows);
  ck_assert_text_eq(finish(other), "+OK\r\n:" + std::to_string(kRows + 1) + "\r\n");
}
END_TEST

START_TEST(a_client_that_goes_in_the_middle_leaves_nothing_behind) {
  Rig rig;
  auto other = rig.connect();
  for (const Reading& reading : kReadings) {
    fill(rig, other, reading.key);
    {
      auto client = rig.connect();
      client.post(golden_request(reading.words));
      (void)client.turn();
      ck_assert_text_eq(client.turn(), "");
      ck_assert(client.wants_turn());
    }
    ck_assert_text_eq(other.send(golden_request("RENAME " + std::string(reading.key) + " new")),
                      "+OK\r\n");
    ck_assert_text_eq(other.send(golden_request("DEL new")), ":1\r\n");
  }
  for (int i = 0; i < 10; ++i) rig.advance_ms(1000);
  ck_assert_uint_eq(rig.count("seg_handle_byte"), 0);
}
END_TEST

START_TEST(several_long_commands_are_done_whoever_asks_for_them) {
  Rig rig;
  auto filler = rig.connect();
  for (const char* key : {"h", "s", "l", "z"}) fill(rig, filler, key);
  std::vector<std::unique_ptr<ServiceConnection>> clients;
  std::vector<std::string> replies(std::size(kReadings));
  for (const Reading& reading : kReadings) {
    clients.emplace_back(new ServiceConnection(rig.connect()));
    clients.back()->post(golden_request(reading.words));
  }
  const auto wants_turn = [](const auto& client) { return client->wants_turn(); };
  while (std::ranges::any_of(clients, wants_turn)) {
    for (size_t i = 0; i < clients.size(); ++i) {
      if (clients[i]->wants_turn()) replies[i] += clients[i]->turn();
    }
  }
  for (size_t i = 0; i < replies.size(); ++i) expect_all_rows(replies[i], kReadings[i]);
}
END_TEST

// Two members come and go together; who replies with all of the set has both or none.
START_TEST(long_replies_see_each_change_of_other_workers_whole) {
  constexpr size_t kTimes = 300;
  test::WorkerRig rig(3);
  std::string words = "SADD s";
  for (size_t i = 0; i < 3 * kRespRowsRead; ++i) words += " " + row(i);
  rig.connection(0).send(golden_request(words));
  std::vector<std::thread> threads;
  for (size_t worker = 0; worker < 2; ++worker) {
    threads.emplace_back([&rig, worker] {
      const std::string member = worker == 0 ? "x" : "y";
      const std::string pair = " s 1" + member + " 2" + member;
      for (size_t i = 0; i < kTimes; ++i) {
        rig.connection(worker).send(golden_request("SADD" + pair));
        rig.connection(worker).send(golden_request("SREM" + pair));
      }
    });
  }
  for (size_t i = 0; i < kTimes / 10; ++i) {
    ck_assert_uint_eq(bulks_of(rig.connection(2).send("SMEMBERS s\r\n")).size() % 2, 0);
    const std::string count = rig.connection(2).send("SINTERCARD 2 s s\r\n");
    ck_assert_uint_eq(std::stoul(count.substr(1)) % 2, 0);
  }
  for (std::thread& thread : threads) thread.join();
  ck_assert_text_eq(rig.connection(0).send("SCARD s\r\n"),
                    ":" + std::to_string(3 * kRespRowsRead) + "\r\n");
}
END_TEST

START_TEST(what_is_not_to_be_answered_is_not) {
  Rig rig;
  auto client = rig.connect();
  fill(rig, client, "h");
  ck_assert_text_eq(client.send(golden_request("CLIENT REPLY SKIP") + golden_request("HGETALL h") +
                                golden_request("PING")),
                    "+PONG\r\n");
}
END_TEST

START_TEST(a_pause_of_clients_lets_a_long_command_end) {
  Rig rig;
  auto client = rig.connect();
  auto other = rig.connect();
  fill(rig, other, "h");
  client.post(golden_request("HGETALL h"));
  (void)client.turn();
  other.send(golden_request("CLIENT PAUSE 1000 ALL"));
  expect_all_rows(finish(client), kReadings[0]);
}
END_TEST

// ---- what makes another collection ----

// Commands on "s" and "z" whose rows are those of both, and how many of them there are: the second
// set of a type has a half of the first's rows and as many others.
struct Making {
  const char* words;
  size_t rows;
};
constexpr Making kStorings[] = {
    {"SUNIONSTORE to s s2 small", kRows / 2 * 3},
    {"SINTERSTORE to s s2", kRows / 2},
    {"SDIFFSTORE to s s2", kRows / 2},
    {"ZUNIONSTORE to 2 z z2", kRows / 2 * 3},
    {"ZINTERSTORE to 2 z z2", kRows / 2},
    {"ZDIFFSTORE to 2 z z2", kRows / 2},
    {"ZUNIONSTORE to 2 z s", kRows},
    {"ZRANGESTORE to z 0 -1", kRows},
    {"SINTERCARD 2 s s2", kRows / 2},
    {"ZINTERCARD 2 z z2 LIMIT 9999", 9999},
};
constexpr Making kShowings[] = {
    {"SUNION s s2 small", kRows / 2 * 3},
    {"SINTER s s2", kRows / 2},
    {"SDIFF s s2", kRows / 2},
    {"ZUNION 2 z z2", kRows / 2 * 3},
    {"ZINTER 2 z z2", kRows / 2},
    {"ZDIFF 2 z z2", kRows / 2},
    {"SUNION s s", kRows},
    {"ZINTER 2 z s", kRows},
};

void fill_all(Rig& rig, ServiceConnection& client) {
  for (const char* key : {"h", "s", "l", "z"}) fill(rig, client, key);
  std::string set = "SADD s2";
  std::string sorted = "ZADD z2";
  for (size_t i = kRows / 2; i < kRows / 2 * 3; ++i) {
    set += " " + row(i);
    sorted += " 1 " + row(i);
  }
  for (const std::string& words : {set, sorted}) {
    rig.make_room();
    ck_assert_text_eq(client.send(golden_request(words)), ":" + std::to_string(kRows) + "\r\n");
  }
  client.send(golden_request("SADD small row:0 row:1"));
}

START_TEST(what_is_put_together_in_rounds_is_right) {
  Rig rig;
  auto client = rig.connect();
  auto other = rig.connect();
  fill_all(rig, client);
  for (const Making& making : kStorings) {
    const size_t before = client.turns();
    client.post(golden_request(making.words));
    std::string reply;
    while (client.wants_turn()) {
      reply += client.turn();
      ck_assert_text_eq(other.send(golden_request("SET k v")), "+OK\r\n");
      rig.make_room();
    }
    ck_assert_text_eq(reply, ":" + std::to_string(making.rows) + "\r\n");
    ck_assert_uint_ge(client.turns() - before, making.rows / kRespRowsRead);
  }
  ck_assert_text_eq(client.send(golden_request("ZCARD to")), ":" + std::to_string(kRows) + "\r\n");
  for (const Making& making : kShowings) {
    const size_t before = client.turns();
    client.post(golden_request(making.words));
    const auto texts = bulks_of(finish(client));
    ck_assert_uint_eq(texts.size(), making.rows);
    ck_assert_uint_eq(std::set(texts.begin(), texts.end()).size(), making.rows);
    ck_assert_uint_ge(client.turns() - before, making.rows / kRespRowsRead);
  }
}
END_TEST

START_TEST(a_collection_is_copied_in_rounds_as_it_was_at_the_first) {
  Rig rig;
  auto client = rig.connect();
  auto other = rig.connect();
  for (const char* key : {"h", "s", "l", "z"}) {
    fill(rig, other, key);
    if (*key == 'h') other.send(golden_request("HPEXPIRE h 100000 FIELDS 1 row:7"));
    rig.make_room();
    const size_t before = client.turns();
    client.post(golden_request("COPY " + std::string(key) + " to REPLACE"));
    (void)client.turn();
    other.send(golden_request("DEL " + std::string(key)));
    ck_assert_text_eq(finish(client), ":1\r\n");
    ck_assert_uint_ge(client.turns() - before, kRows / kRespRowsRead);
    rig.make_room();
    ck_assert_text_eq(client.send(golden_request("COPY to " + std::string(key))), ":1\r\n");
    ck_assert_text_eq(client.send(golden_request("COPY to " + std::string(key))), ":0\r\n");
  }
  for (const Reading& reading : kReadings) {
    client.post(golden_request(reading.words));
    expect_all_rows(finish(client), reading);
  }
  ck_assert_text_eq(client.send(golden_request("HTTL h FIELDS 2 row:7 row:8")),
                    "*2\r\n:100\r\n:-1\r\n");
}
END_TEST

START_TEST(who_goes_while_a_collection_is_made_leaves_nothing_behind) {
  Rig rig;
  auto other = rig.connect();
  std::vector<std::string> requests{"COPY h to", "COPY l to"};
  for (const Making& making : kStorings) requests.emplace_back(making.words);
  for (const Making& making : kShowings) requests.emplace_back(making.words);
  fill_all(rig, other);
  for (const std::string& words : requests) {
    auto client = rig.connect();
    client.post(golden_request(words));
    for (int i = 0; i < 20; ++i) (void)client.turn();
    ck_assert(client.wants_turn());
  }
  ck_assert_text_eq(other.send(golden_request("EXISTS to")), ":0\r\n");
  for (const char* words : {"SADD s x", "SADD s2 x", "ZADD z 1 x", "HSET h x 1", "SADD to x"}) {
    ck_assert_text_eq(other.send(golden_request(words)), ":1\r\n");
  }
  other.send(golden_request("FLUSHALL"));
  for (int i = 0; i < 20; ++i) rig.advance_ms(1000);
  ck_assert_uint_eq(rig.count("seg_handle_byte"), 0);
}
END_TEST

}  // namespace
}  // namespace pelikan

using namespace pelikan;
PELIKAN_TESTS("service/resp/rounds", no_round_has_more_rows_than_it_may,
              few_rows_of_a_large_collection_take_one_round, long_elements_take_a_round_each,
              others_are_answered_between_the_rounds,
              who_changes_the_collection_waits_for_the_reply,
              who_waits_for_the_key_comes_before_the_next_long_command,
              a_reply_is_that_of_one_moment_whatever_becomes_of_the_key,
              a_reply_is_whole_though_its_key_is_evicted,
              a_collection_is_renamed_when_its_reply_is_there,
              a_client_that_goes_in_the_middle_leaves_nothing_behind,
              several_long_commands_are_done_whoever_asks_for_them,
              long_replies_see_each_change_of_other_workers_whole,
              what_is_not_to_be_answered_is_not, a_pause_of_clients_lets_a_long_command_end,
              what_is_put_together_in_rounds_is_right,
              a_collection_is_copied_in_rounds_as_it_was_at_the_first,
              who_goes_while_a_collection_is_made_leaves_nothing_behind)
