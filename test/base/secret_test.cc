#include "base/secret.h"

#include <string>

#include "check.h"

using namespace pelikan;

namespace {

START_TEST(a_secret_is_the_same_as_itself_alone) {
  const std::string long_one(1024, 'x');
  const std::string zero("pass\0word", 9);
  for (const std::string& known : {std::string(), std::string("pass"), long_one, zero}) {
    for (const std::string& said : {std::string(), std::string("pass"), std::string("pas"),
                                    std::string("passpass"), std::string("Pass"), long_one, zero})
      ck_assert((Secret(said) == Secret(known)) == (said == known));
  }
}
END_TEST

START_TEST(a_secret_does_not_have_its_text) {
  const std::string text = "a password that is seldom used";
  const Secret secret(text);
  const std::string_view bytes(reinterpret_cast<const char*>(&secret), sizeof secret);
  ck_assert(bytes.find(text.substr(0, 4)) == bytes.npos);
}
END_TEST

}  // namespace

PELIKAN_TESTS("base/secret", a_secret_is_the_same_as_itself_alone, a_secret_does_not_have_its_text)
