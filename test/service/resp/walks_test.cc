// Commands that take more than one step: on many keys, over all keys, with long values.
#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "replies.h"
#include "rig.h"

#include "check.h"

namespace pelikan {
namespace {

std::string request(const std::vector<std::string>& words) {
  std::string bytes = "*" + std::to_string(words.size()) + "\r\n";
  for (const std::string& word : words) {
    bytes += "$" + std::to_string(word.size()) + "\r\n" + word + "\r\n";
  }
  return bytes;
}

std::string bulk(std::string_view text) {
  return "$" + std::to_string(text.size()) + "\r\n" + std::string(text) + "\r\n";
}

std::string key(size_t i) { return "key:" + std::to_string(i); }

START_TEST(a_reply_of_many_long_values_waits_for_its_reader) {
  test::RespRig rig;
  auto client = rig.connect();
  std::vector<std::string> mget = {"MGET"};
  std::string expected = "*40\r\n";
  for (size_t i = 0; i < 40; ++i) {
    const std::string value(30'000 + i, static_cast<char>('a' + i % 26));
    ck_assert_text_eq(client.send(request({"SET", key(i), value})), "+OK\r\n");
    mget.push_back(key(i));
    expected += bulk(value);
  }
  client.stop_reading();
  ck_assert_text_eq(client.send(request(mget) + request({"PING"})), "");
  ck_assert_uint_lt(client.unread(), 2 * Output::kHighWatermark);
  ck_assert(client.read_on() == expected + "+PONG\r\n");
  ck_assert_uint_eq(rig.count("resp_mget"), 1);
  ck_assert_uint_eq(rig.count("resp_hit"), 40);
}
END_TEST

START_TEST(commands_on_many_keys_let_others_have_their_turn) {
  constexpr size_t kKeys = 5'000;
  test::RespRig rig;
  auto client = rig.connect();
  std::vector<std::string> mset = {"MSET"};
  std::vector<std::string> del = {"DEL"};
  for (size_t i = 0; i < kKeys; ++i) {
    mset.insert(mset.end(), {key(i), std::to_string(i)});
    del.push_back(key(i));
  }
  const size_t turns = client.turns();
  ck_assert_text_eq(client.send(request(mset)), "+OK\r\n");
  ck_assert_uint_ge(client.turns() - turns, kKeys / 1024);
  ck_assert_text_eq(client.send(request({"GET", key(kKeys - 1)})), bulk("4999"));
  del.push_back("none");
  ck_assert_text_eq(client.send(request(del)), ":5000\r\n");
  ck_assert_text_eq(client.send(request({"DBSIZE"})), ":0\r\n");
}
END_TEST

START_TEST(keys_and_scan_tell_every_key) {
  constexpr size_t kKeys = 3'000;
  test::RespRig rig;
  auto client = rig.connect();
  std::set<std::string> all;
  for (size_t i = 0; i < kKeys; ++i) {
    client.send(request({"SET", key(i), "x"}));
    all.insert(key(i));
  }
  const std::vector<std::string> listed = test::bulks_of(client.send(request({"KEYS", "key:*"})));
  ck_assert(std::set<std::string>(listed.begin(), listed.end()) == all);
  ck_assert_uint_eq(listed.size(), kKeys);

  std::set<std::string> seen;
  std::string cursor = "0";
  do {
    const std::vector<std::string> step =
        test::bulks_of(client.send(request({"SCAN", cursor, "COUNT", "7"})));
    ck_assert_uint_le(step.size(), 1 + 7);
    cursor = step[0];
    seen.insert(step.begin() + 1, step.end());
    client.send(request({"SET", key(seen.size()), "y"}));  // moves one that is there
  } while (cursor != "0");
  ck_assert(seen == all);
  ck_assert_text_eq(client.send(request({"KEYS", "none*"})), "*0\r\n");
}
END_TEST

START_TEST(a_large_table_that_is_nearly_empty_is_scanned_in_few_calls) {
  test::RespRig rig{{{"seg_item_mean", "64"}}};
  auto client = rig.connect();
  ck_assert_uint_ge(rig.count("seg_table_slot"), 500'000);
  client.send(request({"MSET", "a", "1", "b", "2", "c", "3"}));
  std::set<std::string> seen;
  std::string cursor = "0";
  size_t calls = 0;
  const size_t turns = client.turns();
  do {
    const std::vector<std::string> step = test::bulks_of(client.send(request({"SCAN", cursor})));
    cursor = step[0];
    seen.insert(step.begin() + 1, step.end());
    ++calls;
  } while (cursor != "0");
  ck_assert(seen == std::set<std::string>({"a", "b", "c"}));
  ck_assert_uint_le(calls, 4);
  ck_assert_uint_gt(client.turns() - turns, calls + 3);  // others had theirs
}
END_TEST

START_TEST(a_random_key_is_one_of_all) {
  test::RespRig rig;
  auto client = rig.connect();
  ck_assert_text_eq(client.send(request({"RANDOMKEY"})), "$-1\r\n");
  client.send(request({"MSET", "a", "1", "b", "2", "c", "3"}));
  std::set<std::string> drawn;
  for (int i = 0; i < 200; ++i) drawn.insert(client.send(request({"RANDOMKEY"})));
  ck_assert(drawn == std::set<std::string>({bulk("a"), bulk("b"), bulk("c")}));
}
END_TEST

START_TEST(long_values_are_renamed_and_copied_whole) {
  test::RespRig rig;
  auto client = rig.connect();
  const std::string value(700'000, 'v');
  const std::string long_key(10'000, 'k');
  client.send(request({"SET", "a", value, "PX", "60000"}));
  ck_assert_text_eq(client.send(request({"RENAME", "a", long_key})), "+OK\r\n");
  ck_assert_text_eq(client.send(request({"GET", "a"})), "$-1\r\n");
  ck_assert_text_eq(client.send(request({"COPY", long_key, "b"})), ":1\r\n");
  ck_assert(client.send(request({"GET", "b"})) == bulk(value));
  ck_assert_text_eq(client.send(request({"PTTL", "b"})), ":60000\r\n");
}
END_TEST

START_TEST(a_value_too_large_takes_the_old_one_away) {
  const std::string value(3'000'000, 'v');
  test::RespRig rig;
  auto client = rig.connect();
  client.send(request({"MSET", "a", "1", "b", "2", "c", "3"}));
  const std::string refused = "-ERR value too large\r\n";
  ck_assert_text_eq(client.send(request({"SET", "a", value})), refused);
  ck_assert_text_eq(client.send(request({"MSET", "c", "4", "b", value})), refused);
  ck_assert_text_eq(client.send(request({"SETNX", "none", value})), refused);
  ck_assert_text_eq(client.send(request({"MGET", "a", "b", "c"})),
                    "*3\r\n$-1\r\n$-1\r\n" + bulk("3"));
  ck_assert_text_eq(client.send(request({"APPEND", "c", std::string(1'048'570, 'v')})), refused);
  ck_assert_text_eq(client.send(request({"SETRANGE", "c", "2000000", "x"})), refused);
  ck_assert_text_eq(client.send(request({"GET", value})), refused);
  ck_assert_text_eq(client.send(request({"EXISTS", "a", "b", "c"})), ":0\r\n");
}
END_TEST

START_TEST(a_value_there_is_no_memory_for_takes_the_old_one_away) {
  test::RespRig rig{{{"seg_memory", "16MiB"}, {"seg_eviction", "none"}}};
  auto client = rig.connect();
  const std::string value(300'000, 'v');
  client.send(request({"SET", "small", "1"}));
  std::string reply;
  for (size_t i = 0; i < 200 && !reply.starts_with("-OOM"); ++i) {
    reply = client.send(request({"SET", key(i), value}));
  }
  ck_assert(reply.starts_with("-OOM"));
  ck_assert(client.send(request({"MSET", "other", value, "small", "2"})).starts_with("-OOM"));
  ck_assert(client.send(request({"SET", "small", value})).starts_with("-OOM"));
  ck_assert_text_eq(client.send(request({"GET", "small"})), "$-1\r\n");
  ck_assert_uint_eq(rig.count("resp_no_memory"), 3);
}
END_TEST

START_TEST(a_value_that_finds_no_memory_while_it_comes_takes_the_old_one_away) {
  test::RespRig rig{{{"resp_gather_max", "1MiB"}, {"seg_item_max", "2MiB"}}};
  auto client = rig.connect();
  client.send(request({"MSET", "a", "1", "b", "2"}));
  const std::string value(1'500'000, 'v');
  ck_assert(client.send(request({"SET", "a", value})).starts_with("-OOM"));
  ck_assert_text_eq(client.send(request({"MGET", "a", "b"})), "*2\r\n$-1\r\n" + bulk("2"));
}
END_TEST

START_TEST(msetnx_takes_all_keys_or_none) {
  test::RespRig rig;
  auto client = rig.connect();
  ck_assert_text_eq(client.send(request({"MSETNX", "a", "1", "b", "2", "a", "3"})), ":1\r\n");
  ck_assert_text_eq(client.send(request({"MGET", "a", "b"})), "*2\r\n" + bulk("3") + bulk("2"));
  ck_assert_text_eq(client.send(request({"MSETNX", "c", "1", "b", "2"})), ":0\r\n");
  ck_assert_text_eq(client.send(request({"EXISTS", "c"})), ":0\r\n");
}
END_TEST

// MSETNX of so many keys, the last of which is `last`.
std::string many_new(size_t keys, const std::string& last) {
  std::vector<std::string> words = {"MSETNX"};
  for (size_t i = 1; i < keys; ++i) words.insert(words.end(), {key(i), std::to_string(i)});
  words.insert(words.end(), {last, "last"});
  return request(words);
}

START_TEST(msetnx_of_many_keys_takes_all_or_none_in_several_turns) {
  constexpr size_t kKeys = 5'000;
  test::RespRig rig;
  auto client = rig.connect();
  client.send(request({"SET", "there", "1"}));
  size_t turns = client.turns();
  ck_assert_text_eq(client.send(many_new(kKeys, "there")), ":0\r\n");
  ck_assert_uint_ge(client.turns() - turns, kKeys / 1024);
  ck_assert_text_eq(client.send(request({"DBSIZE"})), ":1\r\n");

  turns = client.turns();
  ck_assert_text_eq(client.send(many_new(kKeys, key(kKeys / 2))), ":1\r\n");
  ck_assert_uint_ge(client.turns() - turns, 2 * (kKeys / 1024));
  ck_assert_text_eq(client.send(request({"DBSIZE"})), ":5000\r\n");
  ck_assert_text_eq(client.send(request({"GET", key(kKeys / 2)})), bulk("last"));
  ck_assert_text_eq(client.send(request({"GET", key(kKeys - 1)})), bulk("4999"));
}
END_TEST

START_TEST(msetnx_of_many_keys_takes_all_back_when_another_client_brings_one) {
  constexpr size_t kKeys = 5'000;
  test::RespRig rig;
  auto first = rig.connect();
  auto second = rig.connect();
  // Behind its last step of looking, and before it comes to the last key.
  first.after_turn([&](size_t turn) {
    if (turn == kKeys / 1024 + 2) second.send(request({"SET", "late", "theirs"}));
  });
  ck_assert_text_eq(first.send(many_new(kKeys, "late")), ":0\r\n");
  ck_assert_text_eq(second.send(request({"GET", "late"})), bulk("theirs"));
  ck_assert_text_eq(second.send(request({"DBSIZE"})), ":1\r\n");
}
END_TEST

}  // namespace
}  // namespace pelikan

using namespace pelikan;
PELIKAN_TESTS("service/resp/walks", a_reply_of_many_long_values_waits_for_its_reader,
              commands_on_many_keys_let_others_have_their_turn, keys_and_scan_tell_every_key,
              a_large_table_that_is_nearly_empty_is_scanned_in_few_calls,
              a_random_key_is_one_of_all, long_values_are_renamed_and_copied_whole,
              a_value_too_large_takes_the_old_one_away,
              a_value_that_finds_no_memory_while_it_comes_takes_the_old_one_away,
              a_value_there_is_no_memory_for_takes_the_old_one_away, msetnx_takes_all_keys_or_none,
              msetnx_of_many_keys_takes_all_or_none_in_several_turns,
              msetnx_of_many_keys_takes_all_back_when_another_client_brings_one)
