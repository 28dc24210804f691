#include "option/option.h"

#include <limits>

#include "check.h"

using namespace pelikan;
using namespace std::chrono_literals;
using std::chrono::milliseconds;

namespace {

struct AllTypes : OptionGroup {
  Option<bool> flag{this, "flag", true, "a flag"};
  Option<uint64_t> count{this, "count", 4, "a count", {1, 64}};
  Option<int64_t> shift{this, "shift", -3, "a shift", {-10, 10}};
  Option<double> share{this, "share", 0.25, "a share", {0, 1}};
  Option<Bytes> memory{this, "memory", {64 * kMiB}, "a size", {8 * kMiB, kTiB}};
  Option<milliseconds> wait{this, "wait", 60s, "a time", {1ms, 24h}};
  Option<std::string> path{this, "path", "", "a path"};
  Option<Choice> policy{this, "policy", "fifo", "a policy", {"none", "fifo"}};
  Option<Bytes> any_size{this, "any_size", {}, "no range"};
  Option<milliseconds> any_time{this, "any_time", {}, "no range"};
};

uint64_t bytes_of(std::string_view text) {
  AllTypes options;
  ck_assert_text_eq(options.any_size.parse(text), "");
  return options.any_size.get().value;
}

int64_t ms_of(std::string_view text) {
  AllTypes options;
  ck_assert_text_eq(options.any_time.parse(text), "");
  return options.any_time.get().count();
}

START_TEST(a_group_lists_its_options_in_order_of_declaration) {
  const AllTypes options;
  ck_assert_uint_eq(options.options().size(), 10);
  ck_assert_text_eq(options.options()[0]->name(), "flag");
  ck_assert_text_eq(options.options()[9]->name(), "any_time");
}
END_TEST

START_TEST(defaults_and_ranges_read_as_in_a_file) {
  const AllTypes options;
  ck_assert_text_eq(options.flag.default_text(), "yes");
  ck_assert_text_eq(options.count.default_text(), "4");
  ck_assert_text_eq(options.shift.default_text(), "-3");
  ck_assert_text_eq(options.share.default_text(), "0.25");
  ck_assert_text_eq(options.memory.default_text(), "64MiB");
  ck_assert_text_eq(options.wait.default_text(), "1m");
  ck_assert_text_eq(options.path.default_text(), "");
  ck_assert_text_eq(options.policy.default_text(), "fifo");
  ck_assert_text_eq(options.any_size.default_text(), "0B");
  ck_assert_text_eq(options.any_time.default_text(), "0ms");
  ck_assert_text_eq(options.count.range_text(), "1..64");
  ck_assert_text_eq(options.share.range_text(), "0..1");
  ck_assert_text_eq(options.memory.range_text(), "8MiB..1TiB");
  ck_assert_text_eq(options.wait.range_text(), "1ms..1d");
  ck_assert_text_eq(options.policy.range_text(), "none|fifo");
  ck_assert_text_eq(options.path.range_text(), "");
}
END_TEST

START_TEST(every_type_is_parsed_from_its_text) {
  AllTypes options;
  ck_assert_text_eq(options.flag.parse("no"), "");
  ck_assert(!options.flag.get());
  ck_assert_text_eq(options.count.parse("64"), "");
  ck_assert_uint_eq(options.count.get(), 64);
  ck_assert_text_eq(options.shift.parse("-10"), "");
  ck_assert_int_eq(options.shift.get(), -10);
  ck_assert_text_eq(options.share.parse("0.5"), "");
  ck_assert_double_eq(options.share.get(), 0.5);
  ck_assert_text_eq(options.path.parse("/var/lib/a b"), "");
  ck_assert_text_eq(options.path.get(), "/var/lib/a b");
  ck_assert_text_eq(options.path.parse(""), "");
  ck_assert_text_eq(options.path.get(), "");
  ck_assert_text_eq(options.policy.parse("none"), "");
  ck_assert(options.policy.get() == "none");
  ck_assert_text_eq(options.policy.current_text(), "none");
  ck_assert_text_eq(options.policy.default_text(), "fifo");
}
END_TEST

START_TEST(byte_units_are_powers_of_1024_in_any_case) {
  ck_assert_uint_eq(bytes_of("0"), 0);
  ck_assert_uint_eq(bytes_of("1000"), 1000);
  ck_assert_uint_eq(bytes_of("1000B"), 1000);
  for (const char* text : {"3k", "3K", "3KB", "3kb", "3KiB", "3kib"})
    ck_assert_uint_eq(bytes_of(text), 3072);
  for (const char* text : {"3m", "3MB", "3MiB"}) ck_assert_uint_eq(bytes_of(text), 3 * kMiB);
  for (const char* text : {"3g", "3GB", "3GiB"}) ck_assert_uint_eq(bytes_of(text), 3 * kGiB);
  for (const char* text : {"3t", "3TB", "3TiB"}) ck_assert_uint_eq(bytes_of(text), 3 * kTiB);
  ck_assert_uint_eq(bytes_of("18446744073709551615"), std::numeric_limits<uint64_t>::max());
}
END_TEST

START_TEST(time_units_and_the_bare_number_of_seconds) {
  ck_assert_int_eq(ms_of("250ms"), 250);
  ck_assert_int_eq(ms_of("7"), 7000);
  ck_assert_int_eq(ms_of("7s"), 7000);
  ck_assert_int_eq(ms_of("7m"), 420'000);
  ck_assert_int_eq(ms_of("7h"), 25'200'000);
  ck_assert_int_eq(ms_of("7d"), 604'800'000);
}
END_TEST

START_TEST(text_of_the_wrong_kind_is_refused_and_changes_nothing) {
  AllTypes options;
  for (const char* text : {"", "true", "YES", "1", "yes ", "on"}) {
    ck_assert_text_eq(options.flag.parse(text), "neither yes nor no");
  }
  for (const char* text : {"", "-1", "+1", "1.5", "0x10", "1 ", "18446744073709551616", "four"}) {
    ck_assert_text_eq(options.count.parse(text), "not a number without sign");
  }
  for (const char* text : {"", "--1", "+1", "9223372036854775808", "-"}) {
    ck_assert_text_eq(options.shift.parse(text), "not a number");
  }
  for (const char* text : {"", "nan", "inf", "1e-1", "0,5", "0.5x", "-inf"}) {
    ck_assert_text_eq(options.share.parse(text), "not a decimal number (like 0.25)");
  }
  for (const char* text :
       {"", "MiB", "-1MiB", "1.5GiB", "64 MiB", "64MiBs", "64X", "18446744073709551615k"}) {
    ck_assert_text_eq(options.memory.parse(text), "not a number of bytes (like 64MiB)");
  }
  for (const char* text :
       {"", "s", "-1s", "1.5s", "1 s", "1S", "1w", "1min", "9223372036854775807s"}) {
    ck_assert_text_eq(options.wait.parse(text), "not a time (like 250ms, 10s, 5m, 1h, 7d)");
  }
  for (const char* text : {"", "FIFO", "fif", "fifo "}) {
    ck_assert_text_eq(options.policy.parse(text), "not one of the words");
  }
  for (const OptionBase* option : options.options()) {
    ck_assert_text_eq(option->current_text(), option->default_text());
  }
}
END_TEST

START_TEST(ranges_include_their_ends_and_nothing_beyond) {
  AllTypes options;
  ck_assert_text_eq(options.count.parse("1"), "");
  ck_assert_text_eq(options.count.parse("0"), "out of range");
  ck_assert_text_eq(options.count.parse("65"), "out of range");
  ck_assert_uint_eq(options.count.get(), 1);
  ck_assert_text_eq(options.shift.parse("11"), "out of range");
  ck_assert_text_eq(options.share.parse("1"), "");
  ck_assert_text_eq(options.share.parse("1.01"), "out of range");
  ck_assert_text_eq(options.memory.parse("8MiB"), "");
  ck_assert_text_eq(options.memory.parse("8388607"), "out of range");
  ck_assert_text_eq(options.memory.parse("1TiB"), "");
  ck_assert_text_eq(options.memory.parse("2TiB"), "out of range");
  ck_assert_text_eq(options.wait.parse("0"), "out of range");
  ck_assert_text_eq(options.wait.parse("25h"), "out of range");
}
END_TEST

START_TEST(set_changes_the_value_and_set_default_both) {
  AllTypes options;
  options.count.set(9);
  ck_assert_text_eq(options.count.current_text(), "9");
  ck_assert_text_eq(options.count.default_text(), "4");
  options.memory.set_default({kGiB});
  ck_assert_text_eq(options.memory.current_text(), "1GiB");
  ck_assert_text_eq(options.memory.default_text(), "1GiB");
  options.policy.set_default("none");
  ck_assert_text_eq(options.policy.default_text(), "none");
}
END_TEST

START_TEST(a_mistake_in_the_code_aborts) {
  AllTypes options;
  ck_assert_aborts(options.count.set_default(65));
  ck_assert_aborts(options.memory.set({1}));
  ck_assert_aborts(options.policy.set("lru"));
  ck_assert_aborts(const Option<bool> option(&options, "Bad-Name", true, "help"));
  ck_assert_aborts(const Option<bool> option(&options, "name", true, ""));
}
END_TEST

}  // namespace

PELIKAN_TESTS("option/option", a_group_lists_its_options_in_order_of_declaration,
              defaults_and_ranges_read_as_in_a_file, every_type_is_parsed_from_its_text,
              byte_units_are_powers_of_1024_in_any_case, time_units_and_the_bare_number_of_seconds,
              text_of_the_wrong_kind_is_refused_and_changes_nothing,
              ranges_include_their_ends_and_nothing_beyond,
              set_changes_the_value_and_set_default_both, a_mistake_in_the_code_aborts)
