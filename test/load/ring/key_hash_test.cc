// The hashes of keys, by numbers that were computed from their definitions.
#include "load/ring/key_hash.h"

#include <array>

#include "check.h"

using namespace pelikan;
using namespace pelikan::load;

namespace {

struct Expected {
  std::string_view name;
  std::array<uint32_t, 3> hashes;  // of kKeys
};

constexpr std::array<std::string_view, 3> kKeys = {"a", "foobar", "some:longer:key:7"};

// The FNV ones of "a" and "foobar" are also in its authors' table of tests.
constexpr std::array kExpected = {
    Expected{"fnv1a_64", {0x8601ec8c, 0xf73967e8, 0xb04c7c02}},
    Expected{"fnv1_64", {0x8601b7be, 0xa4dda9c2, 0xf02e522c}},
    Expected{"fnv1a_32", {0xe40c292c, 0xbf9cf968, 0x724c47e2}},
    Expected{"fnv1_32", {0x050c5d7e, 0x31f0b262, 0x2ae022ec}},
    Expected{"crc32", {0x68b7, 0x1ef6, 0x3969}},
    Expected{"murmur", {0x4b41757c, 0xabecff17, 0x6ff9d3b4}},
    Expected{"one_at_a_time", {0xca2e9442, 0xf952fde7, 0x968d1f60}},
    Expected{"md5", {0xb975c10c, 0x22f65838, 0xb45e2b59}},
};

}  // namespace

START_TEST(every_hash_gives_its_known_numbers) {
  for (const Expected& expected : kExpected) {
    const KeyHash hash = find_key_hash(expected.name);
    ck_assert_ptr_nonnull(reinterpret_cast<void*>(hash));
    for (size_t i = 0; i < kKeys.size(); ++i) {
      ck_assert_uint_eq(hash(kKeys[i]), expected.hashes[i]);
    }
  }
}
END_TEST

START_TEST(a_hash_that_is_not_there_has_no_name) {
  ck_assert_ptr_null(reinterpret_cast<void*>(find_key_hash("crc16")));
  ck_assert_text_eq(key_hash_names(),
                    "fnv1a_64|fnv1_64|fnv1a_32|fnv1_32|crc32|murmur|one_at_a_time|md5");
}
END_TEST

PELIKAN_TESTS("load/ring/key_hash", every_hash_gives_its_known_numbers,
              a_hash_that_is_not_there_has_no_name)
