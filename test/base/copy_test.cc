#include "base/copy.h"

#include <string>
#include <string_view>

#include "check.h"

namespace pelikan {
namespace {

START_TEST(values_of_every_size_are_copied_exactly) {
  std::string source;
  for (size_t size = 0; size < 600; ++size) {
    std::string target(size + 1, '#');
    copy_exact(target.data(), source);
    ck_assert_text_eq(std::string_view(target).substr(0, size), source);
    ck_assert_int_eq(target.back(), '#');
    source += static_cast<char>('a' + size % 26);
  }
}
END_TEST

}  // namespace
}  // namespace pelikan

PELIKAN_TESTS("base/copy", pelikan::values_of_every_size_are_copied_exactly)
