// Which scripts are known, in which spellings, and by which SHA1.
#include "service/resp/scripts.h"

#include <string>
#include <string_view>

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

PELIKAN_TESTS("service/resp/scripts", a_lock_is_released_in_any_spelling,
              a_lock_is_extended_in_milliseconds_or_seconds, what_differs_in_a_word_is_not_known,
              a_script_is_known_by_its_sha1_once_it_was_seen,
              spellings_without_end_are_known_by_their_text_only)
