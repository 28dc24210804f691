// Keys up to 65,535 bytes or a quarter of a segment: every operation knows them whole.
#include <array>
#include <string>

#include "storage/conformance/overlays.h"
#include "storage/seg/seg_fixture.h"

#include "check.h"

namespace {

using namespace pelikan;
using namespace pelikan::test;

class LargeSegments : public SegFixture {
 public:
  LargeSegments() : SegFixture(Bytes{64 * kMiB}, Bytes{256 * kKiB}, Bytes{kMiB}) {}
};
class SmallestSegments : public SegFixture {
 public:
  SmallestSegments() : SegFixture(Bytes{kMiB}, Bytes{2 * kKiB}, Bytes{64 * kKiB}) {}
};

// A key of so many bytes that differs from others of its length in the last one only.
std::string key_of(size_t bytes, char last = 'k') { return std::string(bytes - 1, 'k') + last; }

template <class Fixture>
void play(size_t bytes) {
  OverlayClient<Fixture> c;
  const std::string key = key_of(bytes);
  const std::string other = key_of(bytes, 'o');
  ck_assert(c.put(key, "7") == PutStatus::kStored);
  ck_assert(!c.has(other));
  ck_assert(c.put(other, "o") == PutStatus::kStored);
  ck_assert_uint_eq(c.incr(key, 5).number, 12);
  ck_assert(c.expire(key, c.in_ms(1'234)) == ExpireStatus::kDone);
  ck_assert(c.join(key, "x", JoinMode::kAppend) == PutStatus::kStored);
  c.check_overlay(key, 4, "y", std::string("12x\0y", 5));
  ck_assert(c.write(key, {.bytes = std::string(40'000, 'v')}, {.keep_expiry = true}).status ==
            PutStatus::kStored);
  ck_assert(c.write(key, {.bytes = "w"}, {.cas = c.token(key), .keep_expiry = true}).status ==
            PutStatus::kStored);
  ck_assert_text_eq(c.get(other), "o");
  c.check_lives_ms(key, 1'234);
  ck_assert(c.erase(other));
  ck_assert_uint_eq(c.store.size().expiring, 1);  // dead, and not met since
}

START_TEST(keys_of_every_length_are_known_whole) {
  for (const size_t bytes : {2, 254, 255, 256, 257, 511, 512, 4'096, 65'534, 65'535}) {
    play<LargeSegments>(bytes);
  }
  for (const size_t bytes : {255, 256, 512}) play<SmallestSegments>(bytes);
}
END_TEST

template <class Fixture>
void refuse(size_t bytes) {
  Client<Fixture> c;
  ck_assert_uint_eq(c.store.value_limit(bytes), 0);
  ck_assert(c.put(key_of(bytes), "v") == PutStatus::kTooLarge);
  ck_assert_uint_gt(c.store.value_limit(bytes - 1), 0);
}

START_TEST(longer_keys_are_too_large) {
  refuse<LargeSegments>(65'536);
  refuse<SmallestSegments>(513);
}
END_TEST

}  // namespace

PELIKAN_TESTS("storage/seg/long_key", keys_of_every_length_are_known_whole,
              longer_keys_are_too_large)
