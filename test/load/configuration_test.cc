// Where options get their values from, and how keyspaces come into being.
#include "load/configuration.h"

#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "load/options.h"

#include "check.h"

using namespace pelikan;
using namespace pelikan::load;

namespace {

// A config file of this test's process.
class ConfigFile {
 public:
  explicit ConfigFile(const std::string& text) {
    const int fd = ::mkstemp(path_);
    ck_assert_int_ge(fd, 0);
    ::close(fd);
    std::ofstream(path_) << text;
  }
  ~ConfigFile() { ::unlink(path_); }
  [[nodiscard]] const char* path() const { return path_; }

 private:
  char path_[32] = "/tmp/pelikan-load-XXXXXX";
};

struct Given {
  Given(std::vector<const char*> arguments, std::vector<const char*> environment = {}) {
    environment.push_back(nullptr);
    configuration = std::make_unique<Configuration>(std::vector<OptionGroup*>{&options}, arguments,
                                                    environment.data());
    errors = configuration->command_line().errors;
    if (errors.empty()) errors = configuration->apply();
  }
  [[nodiscard]] std::string value(std::string_view name) const {
    const OptionBase* option = configuration->options().find(name);
    return option == nullptr ? "no such option" : option->current_text();
  }
  [[nodiscard]] size_t keyspaces() const { return configuration->keyspaces().groups().size(); }

  LoadOptions options;
  std::unique_ptr<Configuration> configuration;
  std::vector<std::string> errors;
};

void expect_error(const Given& given, std::string_view text) {
  ck_assert_uint_eq(given.errors.size(), 1);
  ck_assert_text_eq(given.errors.front(), text);
}

}  // namespace

START_TEST(without_a_word_there_is_the_keyspace_default) {
  const Given given({});
  ck_assert(given.errors.empty());
  ck_assert_uint_eq(given.keyspaces(), 1);
  ck_assert_text_eq(given.value("ks.default.value_size"), "64");
}
END_TEST

START_TEST(the_command_line_wins_over_the_environment_and_that_over_the_file) {
  const ConfigFile file("rate: 1k\nthreads: 2\nseed: 3\n");
  const Given given({file.path(), "--rate", "3k"},
                    {"PELIKAN_LOAD_RATE=2k", "PELIKAN_LOAD_THREADS=4", "HOME=/", "PELIKAN_X=1"});
  ck_assert(given.errors.empty());
  ck_assert_text_eq(given.value("rate"), "3k");
  ck_assert_text_eq(given.value("threads"), "4");
  ck_assert_text_eq(given.value("seed"), "3");
}
END_TEST

START_TEST(a_keyspaces_option_without_its_name_is_of_default) {
  const ConfigFile file("value_size: 100  # bytes\nmix: get:1\n");
  const Given given({file.path(), "--keys=500", "--ttl", "1h"}, {"PELIKAN_LOAD_KEY_SIZE=20"});
  ck_assert(given.errors.empty());
  ck_assert_uint_eq(given.keyspaces(), 1);
  ck_assert_text_eq(given.value("ks.default.value_size"), "100");
  ck_assert_text_eq(given.value("ks.default.mix"), "get:1");
  ck_assert_text_eq(given.value("ks.default.keys"), "500");
  ck_assert_text_eq(given.value("ks.default.ttl"), "1h");
  ck_assert_text_eq(given.value("ks.default.key_size"), "20");
}
END_TEST

START_TEST(keyspaces_come_into_being_by_being_named) {
  const ConfigFile file("ks.user.weight: 80\n");
  const Given given(
      {file.path(), "--set", "ks.post.weight=20", "--set=ks.user.keys=7", "--ks.post.keys", "9"},
      {"PELIKAN_LOAD_KS_BIG_ONE_VALUE_SIZE=1k"});
  ck_assert(given.errors.empty());
  ck_assert_uint_eq(given.keyspaces(), 3);  // default is not among them
  ck_assert_text_eq(given.value("ks.user.weight"), "80");
  ck_assert_text_eq(given.value("ks.user.keys"), "7");
  ck_assert_text_eq(given.value("ks.post.weight"), "20");
  ck_assert_text_eq(given.value("ks.post.keys"), "9");
  ck_assert_text_eq(given.value("ks.big_one.value_size"), "1k");
}
END_TEST

START_TEST(what_is_unknown_is_named_with_its_place_and_the_nearest_name) {
  expect_error(Given({"--rat", "1"}), "unknown flag '--rat'; did you mean '--rate'?");
  expect_error(Given({"--set", "ks.a.weigth=1"}),
               "unknown flag '--ks.a.weigth'; did you mean '--ks.a.weight'?");
  expect_error(Given({"--set"}), "--set needs a setting, like ks.user.weight=80");
  expect_error(Given({}, {"PELIKAN_LOAD_TREADS=1"}),
               "PELIKAN_LOAD_TREADS: unknown option 'treads'; did you mean 'threads'?");
  const ConfigFile file("rate: 1k\n\nks.a.key: 3\n");
  expect_error(Given({file.path()}), std::string(file.path()) +
                                         ":3: unknown option 'ks.a.key'; did you mean "
                                         "'ks.a.keys'?");
}
END_TEST

START_TEST(wrong_values_are_named_with_their_place) {
  expect_error(Given({"--threads", "0"}), "--threads: '0' is out of range; allowed: 1..1024");
  expect_error(Given({}, {"PELIKAN_LOAD_STRICT=maybe"}),
               "PELIKAN_LOAD_STRICT: strict: 'maybe' is neither yes nor no");
  expect_error(Given({"no-such-file.conf"}),
               "config file no-such-file.conf: No such file or directory");
}
END_TEST

START_TEST(counts_have_decimal_units) {
  const Given given({"--keys", "1500", "--requests", "1.5M", "--connections", "2k"});
  ck_assert(given.errors.empty());
  ck_assert_uint_eq(given.options.requests.get(), 1'500'000);
  ck_assert_text_eq(given.value("requests"), "1500k");
  ck_assert_text_eq(given.value("connections"), "2k");
  ck_assert_text_eq(given.value("ks.default.keys"), "1500");
  ck_assert_text_eq(Given({}).value("ks.default.keys"), "1M");
}
END_TEST

START_TEST(what_is_no_count_is_refused) {
  constexpr std::string_view kWrong =
      " is not a whole number (like 250, 100k, 1M); allowed: 1..1000G";
  for (const char* text : {"many", "1.5", "-1", "1KiB", "inf", "nan"}) {
    expect_error(Given({"--keys", text}),
                 "--ks.default.keys: '" + std::string(text) + "'" + std::string(kWrong));
  }
  for (const char* text : {"0", "1001G", "99999999999999999999G"}) {
    expect_error(Given({"--keys", text}), "--ks.default.keys: '" + std::string(text) +
                                              "' is out of range; allowed: 1..1000G");
  }
}
END_TEST

START_TEST(a_files_last_line_may_lack_its_end) {
  const ConfigFile file("# load\n\nthreads: 3");
  ck_assert_text_eq(Given({file.path()}).value("threads"), "3");
}
END_TEST

PELIKAN_TESTS("load/configuration", without_a_word_there_is_the_keyspace_default,
              the_command_line_wins_over_the_environment_and_that_over_the_file,
              a_keyspaces_option_without_its_name_is_of_default,
              keyspaces_come_into_being_by_being_named,
              what_is_unknown_is_named_with_its_place_and_the_nearest_name,
              wrong_values_are_named_with_their_place, counts_have_decimal_units,
              what_is_no_count_is_refused, a_files_last_line_may_lack_its_end)
