#include "option/command_line.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/assertion.h"
#include "base/escape.h"
#include "option/config_file.h"

namespace pelikan {
namespace {

struct Flag {
  CommandLineAction action;
  std::string_view letter;
  std::string_view word;
  std::string_view help;
};

constexpr Flag kFlags[] = {
    {CommandLineAction::kHelp, "-h", "--help", "this text"},
    {CommandLineAction::kVersion, "-v", "--version", "the version"},
    {CommandLineAction::kListOptions, "-c", "--config",
     "all options: name, type, default, what is allowed, meaning"},
    {CommandLineAction::kListMetrics, "-s", "--stats", "all metrics: name, kind, meaning"},
    {CommandLineAction::kTestConfig, "-t", "--test",
     "test the config file and the command line, then exit"},
};

const Flag* find_flag(std::string_view argument) {
  const auto flag = std::ranges::find_if(
      kFlags, [argument](const Flag& f) { return f.letter == argument || f.word == argument; });
  return flag == std::end(kFlags) ? nullptr : flag;
}

OneShot* find_one_shot(const OptionSet& options, std::string_view name) {
  const auto found = std::ranges::find(options.one_shots(), name, &OneShot::name);
  return found == options.one_shots().end() ? nullptr : *found;
}

// Walks the arguments once, left to right.
class CommandLineParser {
 public:
  CommandLineParser(std::span<const char* const> arguments, const OptionSet& options)
      : rest_(arguments), options_(options) {}

  CommandLine parse() {
    while (!rest_.empty()) {
      const std::string_view argument = take();
      if (const Flag* flag = find_flag(argument)) {
        set_action(*flag);
      } else if (argument.starts_with("--") && argument.size() > 2) {
        add_setting(argument.substr(2));
      } else if (argument.starts_with("-")) {
        add_error("unknown flag '{}'; -h lists the flags", escaped(argument));
      } else {
        set_config_path(argument);
      }
    }
    return std::move(line_);
  }

 private:
  template <class... Arguments>
  void add_error(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    line_.errors.push_back(fmt::format(format, std::forward<Arguments>(arguments)...));
  }

  std::string_view take() {
    const std::string_view argument = rest_.front();
    rest_ = rest_.subspan(1);
    return argument;
  }

  void set_action(const Flag& flag) {
    const bool is_first = line_.action == CommandLineAction::kRun;
    if (!is_first && line_.action != flag.action) {
      const auto earlier = std::ranges::find(kFlags, line_.action, &Flag::action);
      return add_error("{} and {} exclude each other", earlier->letter, flag.letter);
    }
    line_.action = flag.action;
  }

  void add_setting(std::string_view argument) {
    const size_t equals = argument.find('=');
    const std::string_view name = argument.substr(0, equals);
    OptionBase* option = options_.find(name);
    OneShot* one_shot = find_one_shot(options_, name);
    if (one_shot != nullptr && equals == argument.npos) {
      line_.one_shots.push_back(one_shot);
      return;
    }
    if (one_shot != nullptr || find_flag(fmt::format("--{}", name)) != nullptr) {
      return add_error("--{} takes no value", name);
    }
    if (option == nullptr) return add_unknown(name);
    if (equals != argument.npos) {
      line_.settings.push_back({option, argument.substr(equals + 1)});
      return;
    }
    // A value may begin with one dash (-5), not with two: `--a --b 1` has forgotten that of a.
    if (rest_.empty() || std::string_view(rest_.front()).starts_with("--")) {
      return add_error("--{} needs a value", name);
    }
    line_.settings.push_back({option, take()});
  }

  void add_unknown(std::string_view name) {
    std::vector<std::string_view> names;
    for (const Flag& flag : kFlags) names.push_back(flag.word.substr(2));
    for (const OptionBase* option : options_.options()) names.push_back(option->name());
    for (const OneShot* one_shot : options_.one_shots()) names.push_back(one_shot->name());
    const std::string_view near = nearest_word(name, names);
    add_error("unknown flag '--{}'{}", escaped(name),
              did_you_mean(near.empty() ? std::string() : fmt::format("--{}", near)));
  }

  void set_config_path(std::string_view argument) {
    if (argument.empty()) return add_error("the config file's name is empty");
    if (!line_.config_path.empty()) {
      return add_error("two config files, '{}' and '{}'; one is read", escaped(line_.config_path),
                       escaped(argument));
    }
    line_.config_path = argument;
  }

  std::span<const char* const> rest_;
  const OptionSet& options_;
  CommandLine line_;
};

}  // namespace

CommandLine parse_command_line(std::span<const char* const> arguments, const OptionSet& options) {
  for (const Flag& flag : kFlags) CHECK(options.find(flag.word.substr(2)) == nullptr);
  return CommandLineParser(arguments, options).parse();
}

std::vector<std::string> apply_command_line(const CommandLine& line, const OptionSet& options) {
  std::vector<std::string> errors;
  if (!line.config_path.empty()) errors = apply_config_file(line.config_path, options);
  for (const CommandLine::Setting& setting : line.settings) {
    const std::string error = set_from_text(*setting.option, setting.text);
    if (!error.empty()) errors.push_back("--" + error);
  }
  for (OneShot* one_shot : line.one_shots) one_shot->give();
  return errors;
}

std::string help_text(std::string_view program, std::string_view summary,
                      const OptionSet& options) {
  std::string text =
      fmt::format("{}: {}\n\nUsage: {} [OPTIONS] [config file]\n\n", program, summary, program);
  for (const Flag& flag : kFlags)
    text += fmt::format("  {}, {:<14}{}\n", flag.letter, flag.word, flag.help);
  for (const OneShot* one_shot : options.one_shots())
    text += fmt::format("      --{:<12}{}\n", one_shot->name(), one_shot->help());
  text += fmt::format(
      "  --NAME VALUE      set the option NAME; also --NAME=VALUE\n\n"
      "Every option is as well a line `NAME: VALUE` of the config file; the command line wins.\n\n"
      "Examples:\n"
      "  {0} my.conf --NAME VALUE\n"
      "  {0} -t my.conf\n"
      "  {0} -c\n",
      program);
  return text;
}

}  // namespace pelikan
