// Keys whose slots look alike: a slot holds 16 bits of the hash, so one in some thousand looks in a
// full chain meets the tag of another key.
#include <string>

#include "storage/conformance/client.h"
#include "storage/seg/seg_fixture.h"

#include "check.h"

namespace {

using namespace pelikan;
using namespace pelikan::test;

class FullChains : public SegFixture {
 public:
  FullChains() : SegFixture(Bytes{kMiB}, Bytes{2 * kKiB}, Bytes{64 * kKiB}) {}
};

START_TEST(absent_keys_with_the_tag_of_one_that_is_there_are_not_found) {
  Client<FullChains> c;
  for (int i = 0; i < 20'000; ++i)
    ck_assert(c.put("there:" + std::to_string(i), "v") == PutStatus::kStored);
  int asked = 0;
  while (c.fixture.registry().read().value("seg_false_tag") < 10) {
    for (int end = asked + 10'000; asked < end; ++asked)
      ck_assert(!c.has("absent:" + std::to_string(asked)));
    ck_assert_int_lt(asked, 20'000'000);
  }
}
END_TEST

}  // namespace

PELIKAN_TESTS("storage/seg/equal_tags", absent_keys_with_the_tag_of_one_that_is_there_are_not_found)
