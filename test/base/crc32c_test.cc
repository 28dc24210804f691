#include "base/crc32c.h"

#include <string_view>
#include <vector>

#include "check.h"

using namespace pelikan;

namespace {

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

START_TEST(the_examples_of_the_standard_come_out) {  // RFC 3720, B.4; "123456789" from Rocksoft
  std::vector<std::byte> bytes(32);
  ck_assert_uint_eq(crc32c(bytes), 0x8A9136AA);
  std::fill(bytes.begin(), bytes.end(), std::byte{0xFF});
  ck_assert_uint_eq(crc32c(bytes), 0x62A8AB43);
  for (size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::byte>(i);
  ck_assert_uint_eq(crc32c(bytes), 0x46DD794E);
  ck_assert_uint_eq(crc32c(bytes_of("123456789")), 0xE3069283);
  ck_assert_uint_eq(crc32c({}), 0);
}
END_TEST

START_TEST(the_table_gives_what_the_instruction_gives_at_every_length_and_place) {
  std::vector<std::byte> bytes(200);
  for (size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::byte>(i * 151 + i / 7);
  for (size_t from = 0; from < 9; ++from) {
    for (size_t size = 0; from + size <= bytes.size(); ++size) {
      const auto part = std::span(bytes).subspan(from, size);
      ck_assert_uint_eq(crc32c(part), crc32c_by_table(part));
    }
  }
}
END_TEST

START_TEST(pieces_give_what_the_whole_gives) {
  const auto whole = bytes_of("a text that is cut at every place once");
  for (size_t cut = 0; cut <= whole.size(); ++cut) {
    const uint32_t in_two = crc32c(whole.subspan(cut), crc32c(whole.first(cut)));
    ck_assert_uint_eq(in_two, crc32c(whole));
    ck_assert_uint_eq(crc32c_by_table(whole.subspan(cut), crc32c_by_table(whole.first(cut))),
                      crc32c(whole));
  }
}
END_TEST

}  // namespace

PELIKAN_TESTS("base/crc32c", the_examples_of_the_standard_come_out,
              the_table_gives_what_the_instruction_gives_at_every_length_and_place,
              pieces_give_what_the_whole_gives)
