#include "service/memcache_prefixes.h"

#include <algorithm>
#include <string>

#include "base/setup_error.h"

#include "check.h"

namespace pelikan {
namespace {

using memcache::Command;

memcache::Request request_of(Command command, std::string_view key) {
  memcache::Request request;
  request.command = command;
  request.key = key;
  return request;
}

START_TEST(keys_are_counted_by_what_stands_before_the_first_delimiter) {
  MemcachePrefixes prefixes(":", true);
  prefixes.count(request_of(Command::kGet, "user:1:name"), true);
  prefixes.count(request_of(Command::kGats, "user:2"), false);
  prefixes.count(request_of(Command::kCas, "user:2"), false);
  prefixes.count(request_of(Command::kDelete, "user:"), false);
  prefixes.count(request_of(Command::kSet, ":x"), false);
  prefixes.count(request_of(Command::kSet, "plain"), false);
  prefixes.count(request_of(Command::kIncr, "n:1"), false);
  ck_assert_text_eq(prefixes.answer("dump"),
                    "PREFIX  get 0 hit 0 set 1 del 0\r\n"
                    "PREFIX user get 2 hit 1 set 1 del 1\r\nEND\r\n");
}
END_TEST

START_TEST(the_delimiter_is_one_character_of_the_operators_choice) {
  MemcachePrefixes prefixes("/", false);
  prefixes.count(request_of(Command::kSet, "a:b/c"), false);
  ck_assert_text_eq(prefixes.answer("dump"), "PREFIX a:b get 0 hit 0 set 1 del 0\r\nEND\r\n");
  for (const char* wrong : {"", "::"}) {
    bool refused = false;
    try {
      const MemcachePrefixes none(wrong, false);
    } catch (const SetupError&) {
      refused = true;
    }
    ck_assert(refused);
  }
}
END_TEST

START_TEST(it_is_switched_by_words) {
  MemcachePrefixes prefixes(":", false);
  ck_assert(!prefixes.is_on());
  ck_assert_text_eq(prefixes.answer("on"), "OK\r\n");
  ck_assert(prefixes.is_on());
  ck_assert_text_eq(prefixes.answer("off"), "OK\r\n");
  ck_assert(!prefixes.is_on());
  for (const char* wrong : {"", "bogus", "onn"}) {
    ck_assert_text_eq(prefixes.answer(wrong), "CLIENT_ERROR usage: stats detail on|off|dump\r\n");
  }
}
END_TEST

START_TEST(there_is_a_limit_to_the_prefixes_it_remembers) {
  MemcachePrefixes prefixes(":", true);
  for (size_t i = 0; i < MemcachePrefixes::kMost + 100; ++i) {
    prefixes.count(request_of(Command::kSet, std::to_string(i) + ":x"), false);
  }
  prefixes.count(request_of(Command::kSet, "7:y"), false);
  const std::string dump = prefixes.answer("dump");
  ck_assert_uint_eq(static_cast<size_t>(std::count(dump.begin(), dump.end(), '\n')),
                    MemcachePrefixes::kMost + 1);
  ck_assert(dump.find("PREFIX 7 get 0 hit 0 set 2 del 0\r\n") != std::string::npos);
  prefixes.clear();
  ck_assert_text_eq(prefixes.answer("dump"), "END\r\n");
}
END_TEST

}  // namespace
}  // namespace pelikan

using namespace pelikan;
PELIKAN_TESTS("service/memcache_prefixes",
              keys_are_counted_by_what_stands_before_the_first_delimiter,
              the_delimiter_is_one_character_of_the_operators_choice, it_is_switched_by_words,
              there_is_a_limit_to_the_prefixes_it_remembers)
