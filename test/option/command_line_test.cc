#include "option/command_line.h"

#include <initializer_list>

#include "sample_options.h"

#include "check.h"

using namespace pelikan;
using pelikan::test::SampleOptions;

namespace {

CommandLine parse(const SampleOptions& sample, std::initializer_list<const char*> arguments) {
  return parse_command_line({arguments.begin(), arguments.size()}, sample.all);
}

// All usage errors, one per line.
std::string errors_of(std::initializer_list<const char*> arguments) {
  std::string all;
  for (const std::string& error : parse(SampleOptions(), arguments).errors) all += error + "\n";
  return all;
}

START_TEST(no_arguments_mean_run_without_config) {
  const CommandLine line = parse(SampleOptions(), {});
  ck_assert(line.action == CommandLineAction::kRun);
  ck_assert_text_eq(line.config_path, "");
  ck_assert_uint_eq(line.settings.size() + line.errors.size(), 0);
}
END_TEST

START_TEST(each_action_has_a_letter_and_a_word) {
  const SampleOptions sample;
  const struct {
    const char* letter;
    const char* word;
    CommandLineAction action;
  } flags[] = {{"-h", "--help", CommandLineAction::kHelp},
               {"-v", "--version", CommandLineAction::kVersion},
               {"-c", "--config", CommandLineAction::kListOptions},
               {"-s", "--stats", CommandLineAction::kListMetrics},
               {"-t", "--test", CommandLineAction::kTestConfig}};
  for (const auto& flag : flags) {
    ck_assert(parse(sample, {flag.letter}).action == flag.action);
    ck_assert(parse(sample, {flag.word}).action == flag.action);
    ck_assert(parse(sample, {flag.letter, "x.conf", flag.word}).action == flag.action);
  }
}
END_TEST

START_TEST(both_forms_set_an_option_and_the_last_one_counts) {
  const SampleOptions sample;
  const CommandLine line =
      parse(sample, {"--nice", "-5", "--seg_memory=1GiB", "x.conf", "--server_unix_path", "",
                     "--nice=6", "--seg_eviction=none"});
  ck_assert_uint_eq(line.errors.size(), 0);
  ck_assert_text_eq(line.config_path, "x.conf");
  ck_assert_int_eq(sample.server.nice.get(), 0);  // nothing is set yet
  CommandLine without_file = line;
  without_file.config_path.clear();
  ck_assert_uint_eq(apply_command_line(without_file, sample.all).size(), 0);
  ck_assert_int_eq(sample.server.nice.get(), 6);
  ck_assert_uint_eq(sample.seg.memory.get().value, kGiB);
  ck_assert(sample.seg.eviction.get() == "none");
}
END_TEST

START_TEST(a_one_shot_takes_no_value_and_is_given_when_the_line_is_applied) {
  const SampleOptions sample;
  const CommandLine line = parse(sample, {"--empty-it", "--nice", "3"});
  ck_assert_uint_eq(line.errors.size(), 0);
  ck_assert(!sample.seg.empty_it.is_given());
  ck_assert_uint_eq(apply_command_line(line, sample.all).size(), 0);
  ck_assert(sample.seg.empty_it.is_given());
  ck_assert_text_eq(errors_of({"--empty-it=yes"}), "--empty-it takes no value\n");
  ck_assert_text_eq(errors_of({"--empty-is"}),
                    "unknown flag '--empty-is'; did you mean '--empty-it'?\n");
}
END_TEST

START_TEST(an_unknown_flag_is_told_with_the_nearest_known) {
  ck_assert_text_eq(errors_of({"--seg_memry", "1GiB"}),
                    "unknown flag '--seg_memry'; did you mean '--seg_memory'?\n");
  ck_assert_text_eq(errors_of({"--hlp"}), "unknown flag '--hlp'; did you mean '--help'?\n");
  ck_assert_text_eq(errors_of({"--daemonize=yes"}), "unknown flag '--daemonize'\n");
  ck_assert_text_eq(errors_of({"-m"}), "unknown flag '-m'; -h lists the flags\n");
  ck_assert_text_eq(errors_of({"--"}), "unknown flag '--'; -h lists the flags\n");
  ck_assert_text_eq(errors_of({"--help=yes"}), "--help takes no value\n");
}
END_TEST

START_TEST(usage_errors_come_in_one_go) {
  ck_assert_text_eq(errors_of({"a.conf", "b.conf", "-c", "-t", "--nice", "--seg_memory"}),
                    "two config files, 'a.conf' and 'b.conf'; one is read\n"
                    "-c and -t exclude each other\n"
                    "--nice needs a value\n"
                    "--seg_memory needs a value\n");
  ck_assert_text_eq(errors_of({""}), "the config file's name is empty\n");
}
END_TEST

START_TEST(the_command_line_wins_over_the_file_and_both_tell_their_errors) {
  const SampleOptions sample;
  const CommandLine line = parse(sample, {"/dev/null", "--nice", "3", "--seg_memory=1KiB"});
  const auto errors = apply_command_line(line, sample.all);
  ck_assert_uint_eq(errors.size(), 1);
  ck_assert_text_eq(errors[0], "--seg_memory: '1KiB' is out of range; allowed: 8MiB..1TiB");
  ck_assert_int_eq(sample.server.nice.get(), 3);
}
END_TEST

START_TEST(the_help_names_every_flag) {
  ck_assert_text_eq(
      help_text("pelikan_x", "an example", SampleOptions().all),
      "pelikan_x: an example\n"
      "\n"
      "Usage: pelikan_x [OPTIONS] [config file]\n"
      "\n"
      "  -h, --help        this text\n"
      "  -v, --version     the version\n"
      "  -c, --config      all options: name, type, default, what is allowed, meaning\n"
      "  -s, --stats       all metrics: name, kind, meaning\n"
      "  -t, --test        test the config file and the command line, then exit\n"
      "      --empty-it    forget everything\n"
      "  --NAME VALUE      set the option NAME; also --NAME=VALUE\n"
      "\n"
      "Every option is as well a line `NAME: VALUE` of the config file; the command line wins.\n"
      "\n"
      "Examples:\n"
      "  pelikan_x my.conf --NAME VALUE\n"
      "  pelikan_x -t my.conf\n"
      "  pelikan_x -c\n");
}
END_TEST

START_TEST(an_option_named_like_a_flag_aborts) {
  OptionGroup group;
  const Option<bool> option(&group, "help", true, "not this one");
  const OptionSet set({&group});
  ck_assert_aborts(static_cast<void>(parse_command_line({}, set)));
}
END_TEST

}  // namespace

PELIKAN_TESTS("option/command_line", no_arguments_mean_run_without_config,
              each_action_has_a_letter_and_a_word,
              a_one_shot_takes_no_value_and_is_given_when_the_line_is_applied,
              both_forms_set_an_option_and_the_last_one_counts,
              an_unknown_flag_is_told_with_the_nearest_known, usage_errors_come_in_one_go,
              the_command_line_wins_over_the_file_and_both_tell_their_errors,
              the_help_names_every_flag, an_option_named_like_a_flag_aborts)
