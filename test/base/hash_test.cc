#include "base/hash.h"

#include <cstdlib>
#include <set>
#include <string>

#include "check.h"

using namespace pelikan;

namespace {

START_TEST(it_is_xxh3_with_a_seed) {
  // The value xxhash's own sanity table gives for no bytes and no seed.
  ck_assert_uint_eq(KeyedHash(0)(""), 0x2D06800538D394C2ULL);
}
END_TEST

START_TEST(equal_keys_hash_equal_wherever_they_lie) {
  const KeyedHash hash(1);
  std::string memory(600, '.');
  for (size_t size = 0; size <= 300; ++size) {
    const std::string key(size, 'k');
    memory.replace(7, size, key);
    ck_assert_uint_eq(hash(key), hash(std::string_view(memory).substr(7, size)));
  }
}
END_TEST

START_TEST(every_byte_and_every_bit_of_the_seed_counts) {
  const uint64_t seed = 0x9E3779B97F4A7C15;
  for (const size_t size : {1, 3, 4, 8, 9, 16, 17, 128, 129, 240, 241, 250}) {
    std::string key(size, 'k');
    std::set<uint64_t> hashes{KeyedHash(seed)(key)};
    for (char& byte : key) {
      byte ^= 1;
      hashes.insert(KeyedHash(seed)(key));
      byte ^= 1;
    }
    for (unsigned bit = 0; bit < 64; ++bit)
      hashes.insert(KeyedHash(seed ^ (uint64_t{1} << bit))(key));
    ck_assert_uint_eq(hashes.size(), 1 + size + 64);
  }
}
END_TEST

START_TEST(the_hash_bits_of_counted_keys_are_even) {
  // 2^16 keys over the low, middle and high 8 bits: 256 expected in each of 256 cells, standard
  // deviation 16.
  const KeyedHash hash(42);
  for (const unsigned shift : {0u, 28u, 56u}) {
    int cells[256] = {};
    for (int n = 0; n < 65536; ++n) ++cells[hash("user:" + std::to_string(n)) >> shift & 255];
    for (const int cell : cells) ck_assert_int_le(std::abs(cell - 256), 6 * 16);
  }
}
END_TEST

START_TEST(random_seeds_differ) { ck_assert_uint_ne(random_seed(), random_seed()); }
END_TEST

}  // namespace

PELIKAN_TESTS("base/hash", it_is_xxh3_with_a_seed, equal_keys_hash_equal_wherever_they_lie,
              every_byte_and_every_bit_of_the_seed_counts, the_hash_bits_of_counted_keys_are_even,
              random_seeds_differ)
