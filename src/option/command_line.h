// The command line of every server and tool: `[OPTIONS] [config file]`.
//
//   -h --help, -v --version, -c --config (list options), -s --stats (list metrics), -t --test (test
//   the config)
//   --NAME VALUE or --NAME=VALUE sets the option NAME. Given twice, the last one counts.
//   --FLAG gives the options' one-shot FLAG.
//
// The command line wins over the config file.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "option/option_set.h"

namespace pelikan {

enum class CommandLineAction : uint8_t {
  kRun,
  kHelp,
  kVersion,
  kListOptions,
  kListMetrics,
  kTestConfig
};

struct CommandLine {
  struct Setting {
    OptionBase* option;
    std::string_view text;
  };

  CommandLineAction action = CommandLineAction::kRun;
  std::string config_path;          // empty: none given
  std::vector<Setting> settings;    // in order; not yet applied
  std::vector<OneShot*> one_shots;  // not yet applied
  std::vector<std::string> errors;  // of usage: then nothing is to be done
};

// Reads the arguments behind the program's name. No option is set, no value looked at.
// REQUIRES: the arguments outlive the result; no option is named help, version, config, stats or
// test
[[nodiscard]] CommandLine parse_command_line(std::span<const char* const> arguments,
                                             const OptionSet& options);

// Sets the options, from the config file first, then from the command line; gives the one-shots.
// Returns every error in both.
[[nodiscard]] std::vector<std::string> apply_command_line(const CommandLine& line,
                                                          const OptionSet& options);

// The answer to -h, ending in a line end.
[[nodiscard]] std::string help_text(std::string_view program, std::string_view summary,
                                    const OptionSet& options);

}  // namespace pelikan
