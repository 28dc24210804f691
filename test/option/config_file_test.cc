#include "option/config_file.h"

#include <unistd.h>

#include <fstream>

#include "sample_options.h"

#include "check.h"

using namespace pelikan;
using pelikan::test::SampleOptions;

namespace {

// All errors, one per line.
std::string errors_of(std::string_view text, const SampleOptions& sample) {
  std::string all;
  for (const std::string& error : apply_config_text(text, "x.conf", sample.all))
    all += error + "\n";
  return all;
}

std::string errors_of(std::string_view text) { return errors_of(text, SampleOptions()); }

START_TEST(a_good_file_sets_its_options_and_no_other) {
  const SampleOptions sample;
  ck_assert_text_eq(errors_of("# a cache\n"
                              "\n"
                              "seg_memory: 4GiB\n"
                              "seg_eviction :none   # nothing goes\r\n"
                              "   \t # an indented comment\n"
                              "server_unix_path:\t/run/a b#c.sock \t\n"
                              "nice:-5",
                              sample),
                    "");
  ck_assert_uint_eq(sample.seg.memory.get().value, 4 * kGiB);
  ck_assert(sample.seg.eviction.get() == "none");
  ck_assert_text_eq(sample.server.path.get(), "/run/a b#c.sock");
  ck_assert_int_eq(sample.server.nice.get(), -5);
  ck_assert_uint_eq(sample.server.port.get(), 11211);
}
END_TEST

START_TEST(a_text_may_be_empty_and_hold_colons) {
  const SampleOptions sample;
  ck_assert_text_eq(errors_of("server_unix_path: a:b", sample), "");
  ck_assert_text_eq(sample.server.path.get(), "a:b");
  ck_assert_text_eq(errors_of("server_unix_path: # none", sample), "");
  ck_assert_text_eq(sample.server.path.get(), "");
}
END_TEST

START_TEST(nothing_is_wrong_with_an_empty_file) {
  for (const char* text : {"", "\n", "\n\n# only a comment", "#"})
    ck_assert_text_eq(errors_of(text), "");
}
END_TEST

START_TEST(a_value_out_of_range_is_told_with_the_range) {
  ck_assert_text_eq(errors_of("seg_memory: 1KiB"),
                    "x.conf:1: seg_memory: '1KiB' is out of range; allowed: 8MiB..1TiB\n");
  ck_assert_text_eq(errors_of("\n\nserver_port: 65536 # too many"),
                    "x.conf:3: server_port: '65536' is out of range; allowed: 0..65535\n");
}
END_TEST

START_TEST(a_value_of_the_wrong_kind_is_told_with_the_right_one) {
  ck_assert_text_eq(errors_of("idle_timeout: 5 s"),
                    "x.conf:1: idle_timeout: '5 s' is not a time (like 250ms, 10s, 5m, 1h, 7d); "
                    "allowed: 0ms..1d\n");
  ck_assert_text_eq(errors_of("seg_cas: 1"), "x.conf:1: seg_cas: '1' is neither yes nor no\n");
  ck_assert_text_eq(errors_of("seg_eviction: lru"),
                    "x.conf:1: seg_eviction: 'lru' is not one of the words; allowed: none|fifo\n");
  ck_assert_text_eq(
      errors_of("seg_memory:"),
      "x.conf:1: seg_memory: '' is not a number of bytes (like 64MiB); allowed: 8MiB..1TiB\n");
}
END_TEST

START_TEST(an_unknown_key_is_told_with_the_nearest_known) {
  ck_assert_text_eq(errors_of("seg_memry: 1GiB"),
                    "x.conf:1: unknown option 'seg_memry'; did you mean 'seg_memory'?\n");
  ck_assert_text_eq(errors_of("listen: 127.0.0.1:80"), "x.conf:1: unknown option 'listen'\n");
  ck_assert_text_eq(errors_of(": 7"), "x.conf:1: unknown option ''\n");
}
END_TEST

START_TEST(a_key_set_twice_is_told_with_the_first_line) {
  const SampleOptions sample;
  ck_assert_text_eq(errors_of("nice: 1\n\nnice: 2\nnice: 1\n", sample),
                    "x.conf:3: nice: set again; line 1 sets it already\n"
                    "x.conf:4: nice: set again; line 1 sets it already\n");
  ck_assert_int_eq(sample.server.nice.get(), 1);
}
END_TEST

START_TEST(an_indented_line_is_refused) {
  ck_assert_text_eq(errors_of("  nice: 1"),
                    "x.conf:1: 'nice: 1' is indented; a key starts in the first column\n");
  ck_assert_text_eq(errors_of("\tnice: 1 # c"),
                    "x.conf:1: 'nice: 1' is indented; a key starts in the first column\n");
}
END_TEST

START_TEST(a_line_without_colon_is_refused) {
  ck_assert_text_eq(errors_of("nice 1"),
                    "x.conf:1: 'nice 1' has no colon; a line is `key: value`\n");
  ck_assert_text_eq(errors_of("nice # : 1"),
                    "x.conf:1: 'nice' has no colon; a line is `key: value`\n");
}
END_TEST

START_TEST(bytes_that_are_no_text_are_shown_escaped) {
  using namespace std::string_view_literals;
  ck_assert_text_eq(errors_of("\xef\xbb\xbfnice: 1\n\0\0: 2"sv),
                    "x.conf:1: unknown option '\\xef\\xbb\\xbfnice'\n"
                    "x.conf:2: unknown option '\\x00\\x00'\n");
}
END_TEST

START_TEST(all_errors_of_a_file_come_in_one_go) {
  const SampleOptions sample;
  ck_assert_text_eq(
      errors_of("seg_memory: lots\n"
                "server_port: 12000\n"
                "sever_port: 1\n"
                " nice: 3\n"
                "nice\n"
                "nice: 20\n",
                sample),
      "x.conf:1: seg_memory: 'lots' is not a number of bytes (like 64MiB); allowed: 8MiB..1TiB\n"
      "x.conf:3: unknown option 'sever_port'; did you mean 'server_port'?\n"
      "x.conf:4: 'nice: 3' is indented; a key starts in the first column\n"
      "x.conf:5: 'nice' has no colon; a line is `key: value`\n"
      "x.conf:6: nice: '20' is out of range; allowed: -20..19\n");
  ck_assert_uint_eq(sample.server.port.get(), 12000);
  ck_assert_int_eq(sample.server.nice.get(), 0);
}
END_TEST

// A file in the directory for temporary files, removed in the end.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& text) {
    ::close(::mkstemp(path_.data()));
    std::ofstream(path_) << text;
  }
  ~TemporaryFile() { ::unlink(path_.c_str()); }
  const std::string& path() const { return path_; }

 private:
  std::string path_ = "/tmp/config_file_test.XXXXXX";
};

START_TEST(a_file_is_read_from_its_path) {
  const SampleOptions sample;
  const TemporaryFile file("nice: 7\nnise: 8\n");
  const auto errors = apply_config_file(file.path(), sample.all);
  ck_assert_uint_eq(errors.size(), 1);
  ck_assert_text_eq(errors[0], file.path() + ":2: unknown option 'nise'; did you mean 'nice'?");
  ck_assert_int_eq(sample.server.nice.get(), 7);
}
END_TEST

START_TEST(a_path_that_is_no_config_file_is_told_with_the_reason) {
  const SampleOptions sample;
  const auto error_of = [&sample](const char* path) {
    return apply_config_file(path, sample.all).at(0);
  };
  ck_assert_text_eq(error_of("/no/such.conf"),
                    "config file /no/such.conf: No such file or directory");
  ck_assert_text_eq(error_of("/tmp"), "config file /tmp: Is a directory");
  ck_assert_text_eq(error_of("/dev/zero"),
                    "config file /dev/zero: larger than 1 MiB: no config file");
}
END_TEST

}  // namespace

PELIKAN_TESTS("option/config_file", a_good_file_sets_its_options_and_no_other,
              a_text_may_be_empty_and_hold_colons, nothing_is_wrong_with_an_empty_file,
              a_value_out_of_range_is_told_with_the_range,
              a_value_of_the_wrong_kind_is_told_with_the_right_one,
              an_unknown_key_is_told_with_the_nearest_known,
              a_key_set_twice_is_told_with_the_first_line, an_indented_line_is_refused,
              a_line_without_colon_is_refused, bytes_that_are_no_text_are_shown_escaped,
              all_errors_of_a_file_come_in_one_go, a_file_is_read_from_its_path,
              a_path_that_is_no_config_file_is_told_with_the_reason)
