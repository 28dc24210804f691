// Sets and sorted sets in what golden tables do not show: the form they grow into, chance, and
// several workers.
#include <algorithm>
#include <cstddef>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "../golden_resp.h"
#include "replies.h"
#include "rig.h"
#include "worker_rig.h"

#include "check.h"

namespace pelikan {
namespace {

using test::bulks_of;
using test::golden_request;

constexpr size_t kSmall = 10;
constexpr size_t kLarge = 400;  // more than is ever packed

std::string member(size_t i) { return "member:" + std::to_string(i); }

// Every key has `size` members; a sorted set's have the scores 0, 1, ...
void fill_set(test::ServiceConnection& client, const std::string& key, size_t size) {
  std::string words = "SADD " + key;
  for (size_t i = 0; i < size; ++i) words += " " + member(i);
  client.send(golden_request(words));
}
void fill_sorted_set(test::ServiceConnection& client, const std::string& key, size_t size) {
  std::string words = "ZADD " + key;
  for (size_t i = 0; i < size; ++i) words += " " + std::to_string(i) + " " + member(i);
  client.send(golden_request(words));
}

START_TEST(a_sorted_set_stands_in_order_while_it_grows_and_shrinks) {
  test::RespRig rig;
  auto client = rig.connect();
  std::set<std::pair<size_t, std::string>> expected;
  const auto expect_same = [&] {
    std::vector<std::string> texts;
    for (const auto& [score, name] : expected) {
      texts.push_back(name);
      texts.push_back(std::to_string(score));
    }
    ck_assert(bulks_of(client.send(golden_request("ZRANGE z 0 -1 WITHSCORES"))) == texts);
  };
  for (size_t i = 0; i < kLarge; ++i) {
    const size_t score = i * 7 % 13;
    client.send(golden_request("ZADD z " + std::to_string(score) + " " + member(i)));
    expected.emplace(score, member(i));
    if (i % 20 == 0) expect_same();
  }
  while (!expected.empty()) {
    const size_t rank = expected.size() / 2;
    const auto place = std::next(expected.begin(), static_cast<ptrdiff_t>(rank));
    ck_assert_text_eq(client.send(golden_request("ZRANK z " + place->second)),
                      ":" + std::to_string(rank) + "\r\n");
    ck_assert_text_eq(client.send(golden_request("ZREM z " + place->second)), ":1\r\n");
    expected.erase(place);
    if (expected.size() % 20 == 0) expect_same();
  }
  ck_assert_text_eq(client.send(golden_request("EXISTS z")), ":0\r\n");
}
END_TEST

START_TEST(every_member_is_drawn_as_often) {
  constexpr size_t kDraws = 40'000;
  test::RespRig rig;
  auto client = rig.connect();
  for (const size_t size : {kSmall, kLarge}) {
    fill_set(client, "s", size);
    fill_sorted_set(client, "z", size);
    for (const std::string command : {"SRANDMEMBER s -", "ZRANDMEMBER z -"}) {
      std::map<std::string, size_t> drawn;
      for (const std::string& name :
           bulks_of(client.send(golden_request(command + std::to_string(kDraws))))) {
        ++drawn[name];
      }
      ck_assert_uint_eq(drawn.size(), size);
      const size_t fair = kDraws / size;
      for (const auto& [name, times] : drawn) {
        ck_assert_msg(times > fair / 2 && times < 2 * fair, "%s %zu", name.c_str(), times);
      }
    }
  }
}
END_TEST

START_TEST(a_count_draws_no_member_twice) {
  test::RespRig rig;
  auto client = rig.connect();
  for (const size_t size : {kSmall, kLarge}) {
    fill_set(client, "s", size);
    fill_sorted_set(client, "z", size);
    for (const size_t count : {size / 5, size - 1, size, size + 1}) {
      for (const std::string command : {"SRANDMEMBER s ", "ZRANDMEMBER z "}) {
        const auto texts = bulks_of(client.send(golden_request(command + std::to_string(count))));
        ck_assert_uint_eq(texts.size(), std::min(count, size));
        ck_assert_uint_eq(std::set(texts.begin(), texts.end()).size(), texts.size());
      }
    }
  }
}
END_TEST

START_TEST(spop_takes_every_member_once) {
  test::RespRig rig;
  auto client = rig.connect();
  for (const char* command : {"SPOP s", "SPOP s 7", "SPOP s 1000"}) {
    fill_set(client, "s", kLarge);
    std::set<std::string> popped;
    while (popped.size() < kLarge) {
      for (const std::string& name : bulks_of(client.send(golden_request(command)))) {
        ck_assert(popped.insert(name).second);
      }
      ck_assert_text_eq(client.send(golden_request("SCARD s")),
                        ":" + std::to_string(kLarge - popped.size()) + "\r\n");
    }
    ck_assert_text_eq(client.send(golden_request("EXISTS s")), ":0\r\n");
  }
}
END_TEST

START_TEST(a_reply_of_drawn_members_is_bounded) {
  test::RespRig rig(test::OptionTexts{{"resp_gather_max", "1MiB"}});
  auto client = rig.connect();
  fill_set(client, "s", kSmall);
  ck_assert_text_eq(client.send(golden_request("SRANDMEMBER s -9223372036854775807")),
                    "-ERR too many members for one reply\r\n");
}
END_TEST

// The locks of both sets are held by who moves and by who looks.
START_TEST(a_member_that_workers_move_is_in_one_set_at_any_time) {
  constexpr size_t kTimes = 2'000;
  test::WorkerRig rig(3);
  rig.connection(0).send("SADD a x\r\n");
  std::vector<std::thread> threads;
  for (size_t worker = 0; worker < 2; ++worker) {
    threads.emplace_back([&rig, worker] {
      for (size_t i = 0; i < kTimes; ++i) {
        rig.connection(worker).send("SMOVE a b x\r\nSMOVE b a x\r\n");
      }
    });
  }
  for (size_t i = 0; i < kTimes; ++i) {
    ck_assert_text_eq(rig.connection(2).send("SINTERCARD 2 a b\r\n"), ":0\r\n");
    ck_assert_text_eq(rig.connection(2).send("SUNIONSTORE c a b\r\n"), ":1\r\n");
  }
  for (std::thread& thread : threads) thread.join();
  ck_assert_text_eq(rig.connection(0).send("SUNION a b\r\n"), "*1\r\n$1\r\nx\r\n");
}
END_TEST

}  // namespace
}  // namespace pelikan

using namespace pelikan;
PELIKAN_TESTS("service/resp/sets", a_sorted_set_stands_in_order_while_it_grows_and_shrinks,
              every_member_is_drawn_as_often, a_count_draws_no_member_twice,
              spop_takes_every_member_once, a_reply_of_drawn_members_is_bounded,
              a_member_that_workers_move_is_in_one_set_at_any_time)
