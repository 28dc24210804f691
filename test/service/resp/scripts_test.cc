// Which scripts are known, in which spellings, and by which SHA1.
#include "service/resp/scripts.h"

#include <string>
#include <string_view>

#include "rig.h"

#include "check.h"

using namespace pelikan;

namespace {

// As Redis' documentation has it.
constexpr std::string_view kRelease =
    "if redis.call(\"get\",KEYS[1]) == ARGV[1] then return redis.call(\"del\",KEYS[1]) else return "
    "0 end";

std::string sha1(std::string_view text) {
  const auto hex = sha1_hex(text);
  return {hex.data(), hex.size()};
}

}  // namespace

START_TEST(a_lock_is_released_in_any_spelling) {
  for (const std::string_view text : {
           kRelease,
           std::string_view("if redis.call('GET', KEYS[1]) == ARGV[1] then\n"
                            "  return redis.call('DEL', KEYS[1])\n"
                            "else\n"
                            "  return 0\n"
                            "end"),
           std::string_view("-- only the owner\n"
                            "if redis.call( \"get\", KEYS[1] )==ARGV[1] then\treturn "
                            "redis.call('del',KEYS[1]); else return 0; end;\r\n"),
           std::string_view(
               "if redis.call('get',KEYS[1])==ARGV[1]then return redis.call('unlink',KEYS[1])else "
               "return 0 end -- done"),
       }) {
    ck_assert_msg(recognise_script(text) == RespScript::kDelete, "%.*s",
                  static_cast<int>(text.size()), text.data());
  }
}
END_TEST

START_TEST(a_lock_is_extended_in_milliseconds_or_seconds) {
  ck_assert(recognise_script("if redis.call('get', KEYS[1]) == ARGV[1] then return "
                             "redis.call('pexpire', KEYS[1], ARGV[2]) else return 0 end") ==
            RespScript::kExpireMs);
  ck_assert(recognise_script("if redis.call('get', KEYS[1]) == ARGV[1] then return "
                             "redis.call('expire', KEYS[1], ARGV[2]) else return 0 end") ==
            RespScript::kExpireSeconds);
}
END_TEST

START_TEST(what_differs_in_a_word_is_not_known) {
  const std::string release(kRelease);
  for (size_t i = 0; i < release.size(); ++i) {
    if (release[i] == ' ' || release[i] == '"') continue;
    std::string other = release;
    other[i] = other[i] == 'x' ? 'y' : 'x';
    ck_assert_msg(!recognise_script(other), "%s", other.c_str());
  }
  for (const char* text : {"", "return 1", "'", "\"", "--", "return redis.call('flushall')"}) {
    ck_assert(!recognise_script(text));
  }
  // Blanks part words: these are others.
  ck_assert(
      !recognise_script("if redis.call('get',KEYS[1]) == ARGV[1] thenreturn "
                        "redis.call('del',KEYS[1]) else return 0 end"));
  ck_assert(!recognise_script(release + std::string(10'000, ' ')));
}
END_TEST

START_TEST(a_script_is_known_by_its_sha1_once_it_was_seen) {
  RespScripts scripts;
  const std::string name = sha1(kRelease);
  ck_assert(!scripts.find(name));
  ck_assert(scripts.learn(kRelease) == RespScript::kDelete);
  ck_assert(scripts.find(name) == RespScript::kDelete);
  std::string upper = name;
  for (char& c : upper) c = c >= 'a' && c <= 'f' ? static_cast<char>(c - 'a' + 'A') : c;
  ck_assert(scripts.find(upper) == RespScript::kDelete);
  ck_assert(!scripts.find(name.substr(1)));
  ck_assert(!scripts.learn("return 1"));
  ck_assert(!scripts.find(sha1("return 1")));
}
END_TEST

START_TEST(spellings_without_end_are_known_by_their_text_only) {
  RespScripts scripts;
  std::string text(kRelease);
  for (int i = 0; i < 1'000; ++i) {
    text += ' ';
    ck_assert(scripts.learn(text) == RespScript::kDelete);
  }
  ck_assert(!scripts.find(sha1(text)));
  ck_assert(scripts.find(sha1(std::string(kRelease) + " ")));
}
END_TEST

START_TEST(a_lock_is_taken_extended_and_released_by_its_owner_alone) {
  test::RespRig rig;
  test::ServiceConnection client = rig.connect();
  // As redlock for node has it; ipairs(KEYS) is one key here.
  const std::string acquire =
      "EVAL 'for i, key in ipairs(KEYS) do if redis.call(\"exists\", key) == 1 then return 0 end "
      "end "
      "for i, key in ipairs(KEYS) do redis.call(\"set\", key, ARGV[1], \"PX\", ARGV[2]) end return "
      "#KEYS' 1 lock ";
  const std::string extend =
      "EVAL 'if redis.call(\"get\",KEYS[1]) == ARGV[1] then return redis.call(\"pexpire\",KEYS[1],"
      "ARGV[2]) else return 0 end' 1 lock ";
  const std::string release = "EVAL '" + std::string(kRelease) + "' 1 lock ";
  ck_assert_text_eq(client.send(acquire + "me 1000\r\n"), ":1\r\n");
  ck_assert_text_eq(client.send(acquire + "you 1000\r\n"), ":0\r\n");
  ck_assert_text_eq(client.send("PTTL lock\r\n"), ":1000\r\n");
  ck_assert_text_eq(client.send(extend + "you 5000\r\n"), ":0\r\n");
  ck_assert_text_eq(client.send(extend + "me 5000\r\n"), ":1\r\n");
  ck_assert_text_eq(client.send("PTTL lock\r\n"), ":5000\r\n");
  rig.advance_ms(4'999);
  ck_assert_text_eq(client.send("GET lock\r\n"), "$2\r\nme\r\n");
  rig.advance_ms(1);
  ck_assert_text_eq(client.send(release + "me\r\n"), ":0\r\n");
  ck_assert_text_eq(client.send(acquire + "you 1000\r\n"), ":1\r\n");
  ck_assert_text_eq(client.send(release + "me\r\n"), ":0\r\n");
  ck_assert_text_eq(client.send(release + "you\r\n"), ":1\r\n");
  ck_assert_text_eq(client.send("EXISTS lock\r\n"), ":0\r\n");
  ck_assert_text_eq(client.send(acquire + "me x\r\n"),
                    "-ERR value is not an integer or out of range\r\n");
  ck_assert_text_eq(client.send(acquire + "me 0\r\n"),
                    "-ERR invalid expire time in 'eval' command\r\n");
}
END_TEST

PELIKAN_TESTS("service/resp/scripts", a_lock_is_released_in_any_spelling,
              a_lock_is_extended_in_milliseconds_or_seconds, what_differs_in_a_word_is_not_known,
              a_script_is_known_by_its_sha1_once_it_was_seen,
              spellings_without_end_are_known_by_their_text_only,
              a_lock_is_taken_extended_and_released_by_its_owner_alone)
