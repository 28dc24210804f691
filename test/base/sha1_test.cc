// Expected digests: FIPS 180-4's examples, and what sha1sum says of texts around a block's end.
#include "base/sha1.h"

#include <string>
#include <string_view>

#include "check.h"

using namespace pelikan;

namespace {

std::string hex(std::string_view bytes) {
  const auto digest = sha1_hex(bytes);
  return {digest.data(), digest.size()};
}

}  // namespace

START_TEST(the_standards_examples_have_their_digests) {
  ck_assert_text_eq(hex(""), "da39a3ee5e6b4b0d3255bfef95601890afd80709");
  ck_assert_text_eq(hex("abc"), "a9993e364706816aba3e25717850c26c9cd0d89d");
  ck_assert_text_eq(hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
                    "84983e441c3bd26ebaae4aa1f95129e5e54670f1");
  ck_assert_text_eq(hex(std::string(1'000'000, 'a')), "34aa973cd4c4daa4f61eeb2bdbad27316534016f");
}
END_TEST

START_TEST(texts_that_end_near_a_blocks_end_have_theirs) {
  ck_assert_text_eq(hex(std::string(55, 'x')), "cef734ba81a024479e09eb5a75b6ddae62e6abf1");
  ck_assert_text_eq(hex(std::string(56, 'x')), "901305367c259952f4e7af8323f480d59f81335b");
  ck_assert_text_eq(hex(std::string(63, 'x')), "0ddc4e0cccd9a12850deb5abb0853a4425559fec");
  ck_assert_text_eq(hex(std::string(64, 'x')), "bb2fa3ee7afb9f54c6dfb5d021f14b1ffe40c163");
  ck_assert_text_eq(hex(std::string(65, 'x')), "78c741ddc482e4cdf8c474a0876347a0905b6233");
  ck_assert_text_eq(hex(std::string(119, 'x')), "4300320394f7ee239bcdce7d3b8bcee173a0cd5c");
  ck_assert_text_eq(hex(std::string(120, 'x')), "ceb2821639c4b6dcb10bce0e522ca2e608ce056d");
}
END_TEST

PELIKAN_TESTS("base/sha1", the_standards_examples_have_their_digests,
              texts_that_end_near_a_blocks_end_have_theirs)
