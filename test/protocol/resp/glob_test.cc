// Patterns: the forms of Redis' KEYS, agreement with a plain recursive matcher, and that no pattern
// takes long.
#include "protocol/resp/glob.h"

#include <random>
#include <string>
#include <string_view>

#include "check.h"

using pelikan::resp::matches_glob;

namespace {

// As the rules say, without thought for time; '*', '?', letters only.
bool matches_plainly(std::string_view pattern, std::string_view text) {
  if (pattern.empty()) return text.empty();
  if (pattern[0] == '*') {
    return matches_plainly(pattern.substr(1), text) ||
           (!text.empty() && matches_plainly(pattern, text.substr(1)));
  }
  if (text.empty() || (pattern[0] != '?' && pattern[0] != text[0])) return false;
  return matches_plainly(pattern.substr(1), text.substr(1));
}

}  // namespace

START_TEST(each_form_matches_what_it_says) {
  struct Case {
    const char* pattern;
    const char* text;
    bool matches;
  };
  constexpr Case kCases[] = {
      {"", "", true},
      {"", "a", false},
      {"*", "", true},
      {"*", "abc", true},
      {"**", "abc", true},
      {"a*", "abc", true},
      {"a*", "bac", false},
      {"*c", "abc", true},
      {"a*c", "abbbc", true},
      {"a*c", "abbb", false},
      {"*a*b*", "xxaxxbxx", true},
      {"?", "a", true},
      {"?", "", false},
      {"h?llo", "hello", true},
      {"h?llo", "hllo", false},
      {"h[ae]llo", "hallo", true},
      {"h[ae]llo", "hillo", false},
      {"h[^e]llo", "hallo", true},
      {"h[^e]llo", "hello", false},
      {"h[a-b]llo", "hbllo", true},
      {"h[b-a]llo", "hallo", true},
      {"h[a-b]llo", "hcllo", false},
      {"[a-cx-z]", "y", true},
      {"[a-cx-z]", "d", false},
      {"[\\]]", "]", true},
      {"[\\^a]", "^", true},
      {"[a-]", "-", false},
      {"[a-]", "^", true},
      {"[a", "a", true},
      {"[", "a", false},
      {"[]", "a", false},
      {"[^", "a", true},
      {"\\*", "*", true},
      {"\\*", "a", false},
      {"\\?x", "?x", true},
      {"a\\", "a\\", true},
      {"\\a", "a", true},
      {"A*", "abc", false},
      {"user:*:name", "user:7:name", true},
  };
  for (const Case& expected : kCases) {
    ck_assert_msg(matches_glob(expected.pattern, expected.text) == expected.matches,
                  "'%s' and '%s'", expected.pattern, expected.text);
  }
}
END_TEST

START_TEST(case_is_ignored_when_asked) {
  ck_assert(matches_glob("MaxMem*", "maxmemory", true));
  ck_assert(matches_glob("[A-C]x", "bX", true));
  ck_assert(!matches_glob("MaxMem*", "maxmemory"));
}
END_TEST

START_TEST(any_pattern_agrees_with_a_plain_matcher) {
  std::mt19937 random(7);
  const auto word = [&](std::string_view letters) {
    std::string text(random() % 8, ' ');
    for (char& letter : text) letter = letters[random() % letters.size()];
    return text;
  };
  int matched = 0;
  for (int i = 0; i < 200'000; ++i) {
    const std::string pattern = word("ab*?");
    const std::string text = word("ab");
    const bool expected = matches_plainly(pattern, text);
    matched += expected ? 1 : 0;
    ck_assert_msg(matches_glob(pattern, text) == expected, "'%s' and '%s'", pattern.c_str(),
                  text.c_str());
  }
  ck_assert_int_gt(matched, 10'000);
}
END_TEST

START_TEST(many_stars_do_not_take_exponential_time) {
  std::string pattern;
  for (int i = 0; i < 1'000; ++i) pattern += "a*";
  ck_assert(!matches_glob(pattern + "b", std::string(10'000, 'a')));
}
END_TEST

PELIKAN_TESTS("protocol/resp/glob", each_form_matches_what_it_says, case_is_ignored_when_asked,
              any_pattern_agrees_with_a_plain_matcher, many_stars_do_not_take_exponential_time)
