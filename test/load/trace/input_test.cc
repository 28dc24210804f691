#include "load/trace/input.h"

#include <string>

#include "load/packing.h"
#include "load/refusal.h"
#include "load/temporary_file.h"
#include "load/trace/line_reader.h"
#include "load/trace/record_reader.h"
#include "load/workload/random.h"

#include "check.h"

namespace pelikan::load {
namespace {

using test::gzipped;
using test::refusal_of;
using test::TemporaryFile;
using test::zstd_packed;

constexpr size_t kPlenty = size_t{1} << 30;

// More than a block of the readers, and hard to pack.
std::string large_text() {
  Random random(1);
  std::string text;
  for (int i = 0; i < 60'000; ++i) text += std::to_string(random.next()) + "\n";
  return text;
}

std::string read_of(std::string_view content) {
  const TemporaryFile file(content);
  return read_whole(file.path(), kPlenty);
}

std::string refusal_of_content(std::string_view content) {
  const TemporaryFile file(content);
  const std::string sentence = refusal_of([&] { return read_whole(file.path(), kPlenty); });
  ck_assert_msg(sentence.starts_with(file.path() + ": "), "'%s'", sentence.c_str());
  return sentence.substr(file.path().size() + 2);
}

START_TEST(plain_and_packed_bytes_are_read_alike) {
  for (const std::string& text :
       {std::string(), std::string("x"), std::string("a\nb"), large_text()}) {
    ck_assert(read_of(text) == text);
    ck_assert(read_of(gzipped(text)) == text);
    ck_assert(read_of(zstd_packed(text)) == text);
  }
}
END_TEST

START_TEST(files_put_together_are_read_to_the_end) {
  ck_assert_text_eq(read_of(gzipped("one ") + gzipped("two")), "one two");
  ck_assert_text_eq(read_of(zstd_packed("one ") + zstd_packed("two")), "one two");
}
END_TEST

START_TEST(a_truncated_input_is_an_error_wherever_it_ends) {
  const std::string gzip = gzipped(large_text());
  const std::string zstd = zstd_packed(large_text());
  for (const size_t missing :
       {size_t{1}, size_t{8}, size_t{1000}, gzip.size() / 2, gzip.size() - 8}) {
    ck_assert_text_eq(refusal_of_content(gzip.substr(0, gzip.size() - missing)),
                      "the gzip stream ends early");
  }
  for (const size_t missing :
       {size_t{1}, size_t{8}, size_t{1000}, zstd.size() / 2, zstd.size() - 8}) {
    ck_assert_text_eq(refusal_of_content(zstd.substr(0, zstd.size() - missing)),
                      "the zstd stream ends early");
  }
}
END_TEST

START_TEST(a_corrupt_input_is_an_error) {
  const std::string text = large_text();
  std::string gzip = gzipped(text);
  gzip[gzip.size() / 2] = static_cast<char>(gzip[gzip.size() / 2] ^ 0x55);
  ck_assert(refusal_of_content(gzip).starts_with("corrupt gzip stream: "));
  std::string zstd = zstd_packed(text);
  zstd[10] = static_cast<char>(zstd[10] ^ 0xff);
  ck_assert(refusal_of_content(zstd).starts_with("corrupt zstd stream: "));
  ck_assert(refusal_of_content(zstd_packed("x") + "garbage").starts_with("corrupt zstd stream: "));
}
END_TEST

START_TEST(a_missing_file_is_an_error) {
  ck_assert_text_eq(refusal_of([] { return Input::open("/nowhere/trace.gz"); }),
                    "/nowhere/trace.gz: No such file or directory");
}
END_TEST

START_TEST(a_folder_is_an_error) {
  ck_assert_text_eq(refusal_of([] { return Input::open("/tmp"); }), "/tmp: Is a directory");
}
END_TEST

START_TEST(a_whole_file_has_a_limit) {
  const TemporaryFile file("12345");
  ck_assert(!refusal_of([&] { return read_whole(file.path(), 4); }).empty());
  ck_assert_text_eq(read_whole(file.path(), 5), "12345");
}
END_TEST

START_TEST(lines_end_with_or_without_carriage_returns) {
  const TemporaryFile file("one\r\n\ntwo\nlast");
  LineReader lines(file.path());
  std::string_view line;
  for (const char* expected : {"one", "", "two", "last"}) {
    ck_assert(lines.next(line));
    ck_assert_text_eq(line, expected);
  }
  ck_assert(!lines.next(line));
  ck_assert(!lines.next(line));
  ck_assert_text_eq(refusal_of([&] { lines.refuse("wrong"); }), file.path() + ":4: wrong");
}
END_TEST

START_TEST(lines_longer_than_a_block_are_read_up_to_the_limit) {
  const std::string longest(LineReader::kMaxLine / 2, 'x');
  const TemporaryFile file(longest + "\nnext\n");
  LineReader lines(file.path());
  std::string_view line;
  ck_assert(lines.next(line));
  ck_assert(line == longest);
  ck_assert(lines.next(line));
  ck_assert_text_eq(line, "next");
  const TemporaryFile too_long("short\n" + longest + longest + longest);
  LineReader others(too_long.path());
  ck_assert(others.next(line));
  ck_assert(refusal_of([&] { return others.next(line); }).starts_with(too_long.path() + ":2: "));
}
END_TEST

START_TEST(records_are_read_whole_or_named) {
  std::string numbers;
  for (uint32_t i = 0; i < 20'000; ++i) {
    numbers.append(reinterpret_cast<const char*>(&i), sizeof i);
  }
  const TemporaryFile file(zstd_packed(numbers));
  RecordReader records(file.path(), 4);
  for (uint32_t i = 0; i < 20'000; ++i) {
    const char* const record = records.next();
    ck_assert_ptr_nonnull(record);
    ck_assert_mem_eq(record, &i, sizeof i);
  }
  ck_assert_ptr_null(records.next());
  ck_assert_uint_eq(records.number(), 20'000);
  const TemporaryFile cut(numbers.substr(0, 4002));
  RecordReader others(cut.path(), 4);
  const auto read_all = [&] {
    while (others.next() != nullptr) {
    }
  };
  ck_assert_text_eq(refusal_of(read_all), cut.path() + ": record 1001 ends after 2 of 4 bytes");
}
END_TEST

}  // namespace
}  // namespace pelikan::load

PELIKAN_TESTS("load/trace/input", pelikan::load::plain_and_packed_bytes_are_read_alike,
              pelikan::load::files_put_together_are_read_to_the_end,
              pelikan::load::a_truncated_input_is_an_error_wherever_it_ends,
              pelikan::load::a_corrupt_input_is_an_error, pelikan::load::a_missing_file_is_an_error,
              pelikan::load::a_folder_is_an_error, pelikan::load::a_whole_file_has_a_limit,
              pelikan::load::lines_end_with_or_without_carriage_returns,
              pelikan::load::lines_longer_than_a_block_are_read_up_to_the_limit,
              pelikan::load::records_are_read_whole_or_named)
