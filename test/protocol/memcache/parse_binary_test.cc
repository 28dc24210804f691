#include "protocol/memcache/parse_binary.h"

#include <string>

#include "padded.h"

#include "check.h"

namespace pelikan::memcache {
namespace {

std::string frame(BinaryHeader header, std::string_view body) {
  header.magic = kBinaryRequest;
  std::string text(kBinaryHeader, '\0');
  write_header(text.data(), header);
  return text.append(body);
}

struct Seen {
  ParseStatus status;
  BinaryRequest request;
  size_t size = 0;
  std::string key;
  std::string value;
};

Seen parse(std::string_view text) {
  const test::Padded input(text);
  Seen seen;
  NoFlags flags;
  seen.status = BinaryParser().parse(input.text(), seen.request, flags);
  if (seen.status != ParseStatus::kRequest) return seen;
  seen.size = static_cast<size_t>(seen.request.end - input.text().data());
  if (seen.request.command == Command::kRefused) return seen;
  seen.key = seen.request.key;
  if (is_storage(seen.request.command)) {
    seen.value.assign(seen.request.value, seen.request.value_size);
  }
  return seen;
}

const std::string kSetBody = std::string("\0\0\0\7\0\0\0\x0a", 8) + "keyvalue";
constexpr BinaryHeader kSet{
    .opcode = Opcode::kSet, .key_size = 3, .extras_size = 8, .body_size = 16, .opaque = 9};

START_TEST(a_header_is_read_as_it_was_written) {
  const BinaryHeader header{.magic = kBinaryReply,
                            .opcode = Opcode::kGatKQ,
                            .key_size = 0x0102,
                            .extras_size = 0x03,
                            .status = BinaryStatus::kNoMemory,
                            .body_size = 0x04050607,
                            .opaque = 0x08090a0b,
                            .cas = 0x0c0d0e0f10111213};
  std::string bytes(kBinaryHeader, 'x');
  ck_assert_ptr_eq(write_header(bytes.data(), header), bytes.data() + kBinaryHeader);
  ck_assert(bytes == std::string("\x81\x24\x01\x02\x03\x00\x00\x82\x04\x05\x06\x07\x08\x09\x0a\x0b"
                                 "\x0c\x0d\x0e\x0f\x10\x11\x12\x13",
                                 24));
  const BinaryHeader read = read_header(bytes.data());
  ck_assert(read.opcode == header.opcode && read.status == header.status);
  ck_assert(read.cas == header.cas && read.opaque == header.opaque);
  ck_assert(read.key_size == 0x0102 && read.extras_size == 3 && read.body_size == 0x04050607);
}
END_TEST

START_TEST(a_set_has_flags_time_key_and_value) {
  const Seen seen = parse(frame(kSet, kSetBody) + "more");
  ck_assert(seen.status == ParseStatus::kRequest);
  ck_assert(seen.request.command == Command::kSet);
  ck_assert_uint_eq(seen.request.flags, 7);
  ck_assert_int_eq(seen.request.exptime, 10);
  ck_assert_uint_eq(seen.request.opaque, 9);
  ck_assert_text_eq(seen.key, "key");
  ck_assert_text_eq(seen.value, "value");
  ck_assert_uint_eq(seen.size, 40);
}
END_TEST

START_TEST(a_set_with_a_token_is_a_cas) {
  BinaryHeader header = kSet;
  header.cas = 77;
  const Seen seen = parse(frame(header, kSetBody));
  ck_assert(seen.request.command == Command::kCas);
  ck_assert_uint_eq(seen.request.number, 77);
}
END_TEST

START_TEST(every_beginning_of_a_frame_waits_for_the_rest) {
  const std::string whole = frame(kSet, kSetBody);
  const size_t value_at = whole.size() - 5;
  for (size_t size = 0; size < whole.size(); ++size) {
    const Seen seen = parse(std::string_view(whole).substr(0, size));
    ck_assert(seen.status ==
              (size < value_at ? ParseStatus::kIncomplete : ParseStatus::kIncompleteValue));
  }
}
END_TEST

// What a frame of these sizes comes to: whether it is refused, what is swallowed, whether it
// closes.
void expect_refused(const BinaryHeader& header, Reply why, size_t swallowed, bool closes) {
  const Seen seen = parse(frame(header, "k"));
  ck_assert(seen.status == ParseStatus::kRequest);
  ck_assert(seen.request.command == Command::kRefused && seen.request.refusal == why);
  ck_assert_uint_eq(seen.size, kBinaryHeader);
  ck_assert_uint_eq(seen.request.value_size, swallowed);
  ck_assert(seen.request.close == closes);
}

START_TEST(sizes_that_do_not_go_together_are_refused_before_the_body_comes) {
  constexpr auto kBad = Reply::kBadFormat;
  expect_refused({.opcode = Opcode::kGet, .key_size = 2, .body_size = 1}, kBad, 1, false);
  expect_refused({.opcode = Opcode::kGet, .key_size = 251, .body_size = 251}, kBad, 251, false);
  expect_refused({.opcode = Opcode::kGet, .key_size = 1, .extras_size = 255, .body_size = 255},
                 kBad, 255, false);
  expect_refused({.opcode = Opcode::kGet, .key_size = 0xffff, .extras_size = 0xff}, kBad, 0, false);
  expect_refused({.opcode = Opcode::kSet, .key_size = 1, .extras_size = 7, .body_size = 9}, kBad, 9,
                 false);
  expect_refused({.opcode = Opcode::kGet, .key_size = 1, .body_size = kMaxBadBody}, kBad,
                 kMaxBadBody, false);
  expect_refused({.opcode = Opcode::kGet, .key_size = 1, .body_size = kMaxBadBody + 1}, kBad, 0,
                 true);
  expect_refused({.opcode = Opcode::kGet, .key_size = 1, .body_size = 0xffffffff}, kBad, 0, true);
  expect_refused({.opcode = Opcode::kSet, .key_size = 1, .extras_size = 8, .body_size = 0xffffffff},
                 Reply::kTooLarge, 0, true);
}
END_TEST

START_TEST(unknown_opcodes_are_refused) {
  for (const int opcode : {0x1b, 0x1f, 0x20, 0x25, 0xff}) {
    expect_refused({.opcode = static_cast<Opcode>(opcode), .body_size = 1}, Reply::kError, 1,
                   false);
  }
}
END_TEST

START_TEST(what_is_no_request_is_hung_up_on) {
  ck_assert(parse("\x81").status == ParseStatus::kHangUp);
  ck_assert(parse("get k\r\n").status == ParseStatus::kHangUp);
}
END_TEST

START_TEST(an_increment_says_whether_it_creates) {
  BinaryHeader header{
      .opcode = Opcode::kIncrementQ, .key_size = 1, .extras_size = 20, .body_size = 21};
  const std::string numbers("\0\0\0\0\0\0\0\5\0\0\0\0\0\0\0\6", 16);
  const Seen creates = parse(frame(header, numbers + std::string("\0\0\0\1k", 5)));
  ck_assert(creates.request.creates && creates.request.noreply);
  ck_assert_uint_eq(creates.request.number, 5);
  ck_assert_uint_eq(creates.request.initial, 6);
  ck_assert_int_eq(creates.request.exptime, 1);
  ck_assert(!parse(frame(header, numbers + "\xff\xff\xff\xffk")).request.creates);
}
END_TEST

START_TEST(the_first_key_is_a_hint_even_where_a_frame_is_cut_or_wrong) {
  const std::string whole = frame(kSet, kSetBody);
  ck_assert_text_eq(std::string(first_binary_key(whole)), "key");
  ck_assert(first_binary_key(std::string_view(whole).substr(0, 23)).empty());
  ck_assert(first_binary_key(std::string_view(whole).substr(0, 33)) == "k");
  const std::string wrong = frame({.key_size = 0xffff, .extras_size = 0xff}, "k");
  ck_assert(first_binary_key(wrong).empty());
}
END_TEST

}  // namespace
}  // namespace pelikan::memcache

using namespace pelikan::memcache;
PELIKAN_TESTS("protocol/memcache/parse_binary", a_header_is_read_as_it_was_written,
              a_set_has_flags_time_key_and_value, a_set_with_a_token_is_a_cas,
              every_beginning_of_a_frame_waits_for_the_rest,
              sizes_that_do_not_go_together_are_refused_before_the_body_comes,
              unknown_opcodes_are_refused, what_is_no_request_is_hung_up_on,
              an_increment_says_whether_it_creates,
              the_first_key_is_a_hint_even_where_a_frame_is_cut_or_wrong)
