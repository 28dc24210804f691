#include "option/secret_option.h"

#include "check.h"

using namespace pelikan;

namespace {

struct Options : OptionGroup {
  SecretOption word{this, "word", "that clients must tell"};
};

START_TEST(what_is_set_is_had_and_not_shown) {
  Options options;
  ck_assert_text_eq(options.word.get(), "");
  ck_assert_text_eq(options.word.current_text(), "");
  ck_assert_text_eq(options.word.parse("secret"), "");
  ck_assert_text_eq(options.word.get(), "secret");
  ck_assert_text_eq(options.word.current_text(), "(not shown)");
  ck_assert_text_eq(options.word.default_text(), "");
  options.word.set("other");
  ck_assert_text_eq(options.word.get(), "other");
}
END_TEST

}  // namespace

PELIKAN_TESTS("option/secret_option", what_is_set_is_had_and_not_shown)
