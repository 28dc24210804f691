#include "service/resp/command_arguments.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <utility>

#include "base/letters.h"

namespace pelikan {
namespace {

using Arguments = std::vector<RespArgument>;

constexpr auto kKeys =
    std::to_array<std::string_view>({"key", "newkey", "destkey", "source", "destination"});
constexpr auto kIntegers = std::to_array<std::string_view>(
    {"seconds", "milliseconds", "s",       "ms",          "count", "offset",  "start",
     "end",     "bit",          "numkeys", "numfields",   "stop",  "rank",    "len",
     "cursor",  "index",        "timeout", "numreplicas", "id",    "protover"});

bool is_one_of(std::string_view word, std::span<const std::string_view> words) {
  return std::ranges::find(words, word) != words.end();
}

std::string_view type_of(std::string_view name) {
  if (is_one_of(name, kKeys)) return "key";
  if (is_one_of(name, kIntegers)) return "integer";
  if (name == "pattern") return "pattern";
  return name.starts_with("unix-time") ? "unix-time" : "string";
}

bool is_token(std::string_view word) { return word[0] >= 'A' && word[0] <= 'Z'; }

class SyntaxReader {
 public:
  explicit SyntaxReader(std::string_view syntax) : rest_(syntax) { advance(); }

  // Sequences with | between them.
  Arguments read_choice() {
    Arguments first = read_sequence();
    if (next_ != "|") return first;
    Arguments parts{as_one(std::move(first))};
    while (next_ == "|") {
      advance();
      parts.push_back(as_one(read_sequence()));
    }
    return {together("oneof", std::move(parts))};
  }

 private:
  static constexpr std::string_view kMarks = "[]<>|";

  void advance() {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(' '), rest_.size()));
    size_t size = std::min(rest_.find_first_of(" []<>|"), rest_.size());
    if (size == 0 && !rest_.empty()) size = 1;
    next_ = rest_.substr(0, size);
    rest_.remove_prefix(size);
  }
  [[nodiscard]] bool is_at_mark() const { return kMarks.find(next_[0]) != kMarks.npos; }

  static RespArgument as_one(Arguments arguments) {
    if (arguments.size() == 1) return std::move(arguments.front());
    return together("block", std::move(arguments));
  }
  // Named after its parts.
  static RespArgument together(std::string_view type, Arguments parts) {
    std::string name;
    for (const RespArgument& part : parts) name += (name.empty() ? "" : "_") + part.name;
    return {.name = std::move(name), .type = type, .parts = std::move(parts)};
  }

  Arguments read_sequence() {
    Arguments sequence;
    while (!next_.empty() && next_ != "]" && next_ != ">" && next_ != "|") {
      if (next_ == "[") {
        read_optional(sequence);
      } else if (next_ == "<") {
        sequence.push_back(read_group());
      } else if (is_token(next_)) {
        sequence.push_back(read_token());
      } else {
        sequence.push_back(read_word());
      }
    }
    return sequence;
  }

  RespArgument read_word() {
    RespArgument word{.name = std::string(next_), .type = type_of(next_)};
    advance();
    return word;
  }

  // Behind "<" or "[", and over what ends it.
  RespArgument read_group() {
    advance();
    RespArgument group = as_one(read_choice());
    advance();
    return group;
  }

  // A token with the words that belong to it.
  RespArgument read_token() {
    const std::string_view token = next_;
    advance();
    Arguments values;
    while (!next_.empty() && (next_ == "<" || is_repeat() || !is_at_mark()) && !is_token(next_)) {
      if (next_ == "[") {
        read_optional(values);
      } else {
        values.push_back(next_ == "<" ? read_group() : read_word());
      }
    }
    if (values.empty()) return {.name = in_lower_case(token), .type = "pure-token", .token = token};
    RespArgument argument = as_one(std::move(values));
    argument.token = token;
    return argument;
  }

  // At the "[" of "[key ...]".
  [[nodiscard]] bool is_repeat() const {
    const std::string_view inside = rest_.substr(0, rest_.find_first_of("[]"));
    return next_ == "[" && inside.ends_with(" ...");
  }

  void read_optional(Arguments& before) {
    if (!is_repeat()) {
      before.push_back(read_group());
      before.back().is_optional = true;
      return;
    }
    advance();
    Arguments again;
    while (next_ != "...") again.push_back(read_word());
    advance();
    advance();
    const size_t size = again.size();
    const bool is_again = before.size() >= size && before.back().name == again.back().name;
    if (is_again) before.resize(before.size() - size);
    before.push_back(as_one(std::move(again)));
    before.back().is_multiple = true;
    before.back().is_optional = !is_again;
  }

  std::string_view rest_;
  std::string_view next_;
};

void append_argument(RespText& text, const RespArgument& argument) {
  const auto flags = static_cast<size_t>(argument.is_optional) + argument.is_multiple;
  const bool has_parts = !argument.parts.empty();
  text.map(2 + !argument.token.empty() + (flags != 0) + 1U);
  text.bulk("name").bulk(argument.name).bulk("type").bulk(argument.type);
  if (!argument.token.empty()) text.bulk("token").bulk(argument.token);
  if (flags != 0) text.bulk("flags").set(flags);
  if (argument.is_optional) text.simple("optional");
  if (argument.is_multiple) text.simple("multiple");
  if (!has_parts) {
    text.bulk("display_text").bulk(argument.name);
    return;
  }
  text.bulk("arguments");
  append_arguments(text, argument.parts);
}

}  // namespace

std::vector<RespArgument> read_arguments(std::string_view syntax) {
  return SyntaxReader(syntax).read_choice();
}

void append_arguments(RespText& text, const std::vector<RespArgument>& arguments) {
  text.array(arguments.size());
  for (const RespArgument& argument : arguments) append_argument(text, argument);
}

}  // namespace pelikan
