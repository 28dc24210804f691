#include "load/configuration.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/letters.h"
#include "option/config_file.h"

namespace pelikan::load {
namespace {

constexpr std::string_view kKeyspace = "ks.";
constexpr std::string_view kDefault = "default";
constexpr std::string_view kVariable = "PELIKAN_LOAD_";

// The names of a keyspace's options, without "ks.NAME.".
const std::vector<std::string>& keyspace_keys() {
  static const std::vector<std::string> keys = [] {
    const KeyspaceOptions sample(kDefault);
    std::vector<std::string> names;
    for (const OptionBase* option : sample.options()) {
      names.emplace_back(option->name().substr(kKeyspace.size() + kDefault.size() + 1));
    }
    return names;
  }();
  return keys;
}

bool has_option(const std::vector<OptionGroup*>& groups, std::string_view name) {
  return std::ranges::any_of(groups, [name](const OptionGroup* group) {
    return std::ranges::find(group->options(), name, &OptionBase::name) != group->options().end();
  });
}

}  // namespace

Configuration::Configuration(const std::vector<OptionGroup*>& groups,
                             std::span<const char* const> arguments, const char* const* environment)
    : groups_(groups) {
  read_arguments(arguments);
  read_environment(environment);
  parse();  // to learn the config file's name
  read_file();
  if (keyspaces_.groups().empty()) keyspaces_.group(kDefault);
  parse();
}

void Configuration::parse() {
  std::vector<OptionGroup*> groups = groups_;
  for (const auto& keyspace : keyspaces_.groups()) groups.push_back(keyspace.get());
  line_ = {};  // it points into the set
  options_ = std::make_unique<OptionSet>(groups);
  line_ = parse_command_line(word_pointers_, *options_);
  if (lacks_setting_) line_.errors.emplace_back("--set needs a setting, like ks.user.weight=80");
}

std::string Configuration::full_name(std::string_view name) const {
  const bool is_keyspaces = !has_option(groups_, name) &&
                            std::ranges::find(keyspace_keys(), name) != keyspace_keys().end();
  return is_keyspaces ? fmt::format("{}{}.{}", kKeyspace, kDefault, name) : std::string(name);
}

// Makes the keyspace that "ks.NAME.weight" names.
void Configuration::name_keyspace(std::string_view option) {
  if (!option.starts_with(kKeyspace)) return;
  const std::string_view name = option.substr(kKeyspace.size());
  const size_t dot = name.find('.');
  if (dot != name.npos) keyspaces_.group(name.substr(0, dot));
}

void Configuration::read_arguments(std::span<const char* const> arguments) {
  constexpr std::string_view kSet = "--set";
  bool is_setting = false;  // the word behind --set
  for (const std::string_view argument : arguments) {
    std::string word(argument);
    if (!is_setting && argument == kSet) {
      is_setting = true;
      continue;
    }
    if (is_setting) {
      word.insert(0, "--");
      is_setting = false;
    } else if (argument.starts_with("--set=")) {
      word = fmt::format("--{}", argument.substr(kSet.size() + 1));
    }
    if (word == "--self-test") word = "--self_test=yes";
    if (word.starts_with("--") && word.size() > 2) {
      const size_t equals = std::min(word.find('='), word.size());
      const std::string name = full_name(std::string_view(word).substr(2, equals - 2));
      name_keyspace(name);
      word = fmt::format("--{}{}", name, word.substr(equals));
    }
    words_.push_back(std::move(word));
  }
  lacks_setting_ = is_setting;
  for (const std::string& word : words_) word_pointers_.push_back(word.c_str());
}

// KS_USER_VALUE_SIZE is ks.user.value_size: what follows the keyspace's name is one of its options.
std::string Configuration::name_of_variable(std::string_view name) const {
  const std::string key = in_lower_case(name);
  if (!key.starts_with("ks_")) return full_name(key);
  std::string found = key;
  size_t longest = 0;
  for (const std::string& option : keyspace_keys()) {
    const bool ends_so = key.ends_with("_" + option) && key.size() > 3 + 1 + option.size();
    if (!ends_so || option.size() < longest) continue;
    longest = option.size();
    const size_t name_size = key.size() - 3 - 1 - option.size();
    found = fmt::format("{}{}.{}", kKeyspace, key.substr(3, name_size), option);
  }
  return found;
}

void Configuration::read_environment(const char* const* environment) {
  for (; *environment != nullptr; ++environment) {
    const std::string_view entry(*environment);
    const size_t equals = entry.find('=');
    if (!entry.starts_with(kVariable) || equals == entry.npos) continue;
    const std::string_view name = entry.substr(0, equals);
    variables_.push_back({.name = std::string(name),
                          .key = name_of_variable(name.substr(kVariable.size())),
                          .value = std::string(entry.substr(equals + 1))});
    name_keyspace(variables_.back().key);
  }
}

void Configuration::read_file() {
  if (line_.config_path.empty()) return;
  std::string text;
  file_error_ = read_config_file(line_.config_path, text);
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find('\n', at), text.size() - 1);
    const std::string_view line = std::string_view(text).substr(at, end + 1 - at);
    const size_t key_size = std::min(line.find_first_of(": \t\r\n#"), line.size());
    const std::string key = full_name(line.substr(0, key_size));
    name_keyspace(key);
    file_text_.append(key).append(line.substr(key_size));
    at = end + 1;
  }
}

std::vector<std::string> Configuration::apply() {
  if (!file_error_.empty()) return {file_error_};
  std::vector<std::string> errors = apply_config_text(file_text_, line_.config_path, *options_);
  for (const Variable& variable : variables_) {
    OptionBase* option = options_->find(variable.key);
    const std::string error = option == nullptr
                                  ? fmt::format("unknown option '{}'{}", variable.key,
                                                did_you_mean(options_->nearest(variable.key)))
                                  : set_from_text(*option, variable.value);
    if (!error.empty()) errors.push_back(fmt::format("{}: {}", variable.name, error));
  }
  for (const CommandLine::Setting& setting : line_.settings) {
    const std::string error = set_from_text(*setting.option, setting.text);
    if (!error.empty()) errors.push_back("--" + error);
  }
  return errors;
}

}  // namespace pelikan::load
