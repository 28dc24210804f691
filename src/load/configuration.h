// Configuration: all options of a command and where their values come from: the defaults, then the
// config file, then the environment (PELIKAN_LOAD_<KEY>), then the command line.
//
// Keyspaces come into being by being named: `ks.user.weight: 80` in a file, --ks.user.weight 80 or
// --set ks.user.weight=80 on the command line, PELIKAN_LOAD_KS_USER_WEIGHT. Their options without a
// name are those of `default`, which is there as well when no keyspace is named.
//
// Thread safety: as Option's.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "load/workload/keyspace_options.h"
#include "option/command_line.h"

namespace pelikan::load {

class Configuration {
 public:
  // `environment` ends with a null, as environ. REQUIRES: the groups outlive it. Throws SetupError
  // when a keyspace's name is none.
  Configuration(const std::vector<OptionGroup*>& groups, std::span<const char* const> arguments,
                const char* const* environment);

  // What the command line asks for; its errors are those of usage.
  [[nodiscard]] const CommandLine& command_line() const noexcept { return line_; }
  [[nodiscard]] const OptionSet& options() const noexcept { return *options_; }
  [[nodiscard]] const KeyspaceGroups& keyspaces() const noexcept { return keyspaces_; }

  // Sets every option; returns all that is wrong with file, environment and command line.
  [[nodiscard]] std::vector<std::string> apply();

 private:
  struct Variable {  // of the environment
    std::string name;
    std::string key;  // the option's name in full, or what it would be
    std::string value;
  };

  void read_arguments(std::span<const char* const> arguments);
  void read_environment(const char* const* environment);
  void read_file();
  void parse();
  [[nodiscard]] std::string full_name(std::string_view name) const;
  [[nodiscard]] std::string name_of_variable(std::string_view name) const;
  void name_keyspace(std::string_view option);

  const std::vector<OptionGroup*> groups_;
  KeyspaceGroups keyspaces_;
  std::vector<std::string> words_;  // the arguments, names in full
  std::vector<const char*> word_pointers_;
  bool lacks_setting_ = false;  // the last word is --set
  std::vector<Variable> variables_;
  std::string file_text_;  // names in full
  std::string file_error_;
  std::unique_ptr<OptionSet> options_;
  CommandLine line_;
};

}  // namespace pelikan::load
