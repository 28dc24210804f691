#include "server/segcache/memcached_flags.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "base/escape.h"
#include "base/text_table.h"
#include "server/segcache/memcached_line.h"

namespace pelikan {
namespace {

// Walks the arguments once, left to right, as getopt_long does.
class Walk {
 public:
  Walk(std::span<const char* const> arguments, MemcachedLine& line)
      : rest_(arguments), line_(line) {}

  void go() {
    while (!rest_.empty() && !line_.is_refused()) {
      const std::string_view argument = take();
      if (argument == "--") {
        while (!rest_.empty()) line_.ignore(take());
      } else if (argument.starts_with("--")) {
        long_flag(argument);
      } else if (argument.size() > 1 && argument.starts_with('-')) {
        letters(argument.substr(1));
      } else {
        line_.ignore(argument);
      }
    }
  }

 private:
  std::string_view take() {
    const std::string_view argument = rest_.front();
    rest_ = rest_.subspan(1);
    return argument;
  }

  // "vp11211": flags without a value may stand together, and the last may have one behind it.
  void letters(std::string_view text) {
    while (!text.empty() && !line_.is_refused()) {
      const char letter = text.front();
      text.remove_prefix(1);
      const auto flag = std::ranges::find(memcached_flags(), letter, &MemcachedFlag::letter);
      if (flag == memcached_flags().end()) {
        return line_.refuse(EXIT_FAILURE, fmt::format("unknown flag '-{}'; -h lists the flags",
                                                      escaped(std::string_view(&letter, 1))));
      }
      if (flag->value.empty()) {
        flag->take(line_, *flag, {});
      } else {
        std::optional<std::string_view> value;
        if (!text.empty()) value = std::exchange(text, {});
        with_value(*flag, value);
      }
    }
  }

  void with_value(const MemcachedFlag& flag, std::optional<std::string_view> value) {
    if (!value && rest_.empty())
      return line_.refuse(EXIT_FAILURE, fmt::format("{} needs a value", flag.name()));
    flag.take(line_, flag, value ? *value : take());
  }

  void long_flag(std::string_view argument) {
    const size_t equals = argument.find('=');
    const std::string_view word = argument.substr(2, equals - 2);
    const MemcachedFlag* flag = find(word);
    if (line_.is_refused()) return;
    if (flag == nullptr) return own_option(argument);
    std::optional<std::string_view> value;
    if (equals != argument.npos) value = argument.substr(equals + 1);
    if (!flag->value.empty()) return with_value(*flag, value);
    if (value) return line_.refuse(EXIT_FAILURE, fmt::format("--{} takes no value", flag->word));
    flag->take(line_, *flag, {});
  }

  // A word may be cut short as long as no other begins like it.
  const MemcachedFlag* find(std::string_view word) {
    const auto flags = memcached_flags();
    const auto exact = std::ranges::find(flags, word, &MemcachedFlag::word);
    if (word.empty() || exact != flags.end()) return word.empty() ? nullptr : &*exact;
    const auto begins = [word](const MemcachedFlag& flag) { return flag.word.starts_with(word); };
    const auto first = std::ranges::find_if(flags, begins);
    if (first == flags.end()) return nullptr;
    const auto second = std::find_if(first + 1, flags.end(), begins);
    if (second != flags.end())
      line_.refuse(EXIT_FAILURE,
                   fmt::format("'--{}' may be --{} or --{}", word, first->word, second->word));
    return &*first;
  }

  // One of ours, or nobody's, which our command line will say. Its value may stand behind it when
  // it does not look like a flag.
  void own_option(std::string_view argument) {
    line_.pass_on(argument);
    const bool has_value = argument.find('=') != argument.npos;
    if (!has_value && !rest_.empty() && rest_.front()[0] != '-') line_.pass_on(take());
  }

  std::span<const char* const> rest_;
  MemcachedLine& line_;
};

void add_row(TextTable& table, const MemcachedFlag& flag) {
  std::string usage = flag.name();
  if (flag.letter != '\0' && !flag.word.empty()) usage += fmt::format(", --{}", flag.word);
  if (!flag.value.empty())
    usage += fmt::format("{}<{}>", flag.word.empty() ? " " : "=", flag.value);
  table.add({usage, std::string(flag.key), std::string(flag.note)});
}

}  // namespace

MemcachedCommandLine parse_memcached_flags(std::span<const char* const> arguments, bool is_root) {
  MemcachedLine line(is_root);
  Walk(arguments, line).go();
  return line.finish();
}

std::string memcached_help() {
  TextTable table({"flag", "our option", "note"});
  for (const MemcachedFlag& flag : memcached_flags()) add_row(table, flag);
  for (const MemcachedFlag& flag : memcached_extended_flags()) add_row(table, flag);
  return table.plain();
}

}  // namespace pelikan
