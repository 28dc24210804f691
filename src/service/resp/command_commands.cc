#include "service/resp/command_commands.h"

#include <algorithm>
#include <string>
#include <vector>

#include "base/letters.h"
#include "protocol/resp/glob.h"
#include "service/resp/call.h"
#include "service/resp/command_arguments.h"
#include "service/resp/command_keys.h"
#include "service/resp/refusal.h"
#include "service/resp/reply_text.h"
#include "service/resp/words.h"

namespace pelikan {
namespace {

using resp::CommandSpec;

std::vector<const CommandSpec*> top_level() {
  std::vector<const CommandSpec*> specs;
  for (const CommandSpec& spec : resp::all_commands()) {
    if (!spec.is_subcommand()) specs.push_back(&spec);
  }
  return specs;
}

// "get", "client" or "client|setname".
const CommandSpec* find_fullname(std::string_view name) noexcept {
  const size_t bar = name.find('|');
  const CommandSpec* spec = resp::find_command(name.substr(0, bar));
  if (spec == nullptr || bar == std::string_view::npos) return spec;
  return resp::find_subcommand(*spec, name.substr(bar + 1));
}

// What Redis' access lists call a group of its documentation.
std::string_view category_of(std::string_view group) noexcept {
  if (group == "generic") return "keyspace";
  return group == "sorted-set" ? "sortedset" : group;
}

// The categories of Redis' access lists that a command falls into.
std::vector<std::string> categories(const CommandSpec& spec) {
  std::vector<std::string> words;
  if (spec.has(resp::flag::kWrite)) words.emplace_back("@write");
  if (spec.has(resp::flag::kReadonly)) words.emplace_back("@read");
  words.push_back("@" + std::string(category_of(spec.group)));
  if (spec.has(resp::flag::kAdmin)) words.insert(words.end(), {"@admin", "@dangerous"});
  words.emplace_back(spec.has(resp::flag::kFast) ? "@fast" : "@slow");
  return words;
}

void append_info(RespText& text, const CommandSpec* spec) {
  if (spec == nullptr) {
    text.null();
    return;
  }
  text.array(10).bulk(spec->fullname).integer(spec->arity);
  std::vector<std::string_view> flags;
  for (const resp::FlagName& row : resp::command_flag_names()) {
    if (spec->has(row.flag)) flags.push_back(row.name);
  }
  text.set(flags.size());
  for (const std::string_view flag : flags) text.simple(flag);
  text.integer(spec->keys.first).integer(spec->keys.last).integer(spec->keys.step);
  const auto words = categories(*spec);
  text.set(words.size());
  for (const std::string& word : words) text.simple(word);
  text.set(0).set(0);  // hints for proxies, forms of keys
  const auto children = resp::subcommands(*spec);
  children.empty() ? text.set(0) : text.array(children.size());
  for (const CommandSpec& child : children) append_info(text, &child);
}

void append_docs(RespText& text, const CommandSpec& spec) {
  const auto children = resp::subcommands(spec);
  text.bulk(spec.fullname).map(4U + !spec.syntax.empty() + !children.empty());
  text.bulk("summary").bulk(spec.summary).bulk("since").bulk(spec.since);
  text.bulk("group").bulk(spec.group).bulk("complexity").bulk(spec.complexity);
  if (!spec.syntax.empty()) {
    text.bulk("arguments");
    append_arguments(text, read_arguments(spec.syntax));
  }
  if (children.empty()) return;
  text.bulk("subcommands").map(children.size());
  for (const CommandSpec& child : children) append_docs(text, child);
}

RespOutcome reply_infos(RespCall& call, const std::vector<const CommandSpec*>& specs) {
  RespText text(call.client.version);
  text.array(specs.size());
  for (const CommandSpec* spec : specs) append_info(text, spec);
  return call.reply_long(text.take());
}

// The commands that are named, or all.
std::vector<const CommandSpec*> named(std::span<const std::string_view> names) {
  if (names.empty()) return top_level();
  std::vector<const CommandSpec*> specs;
  for (const std::string_view name : names) specs.push_back(find_fullname(name));
  return specs;
}

RespOutcome command(RespCall& call) {
  return call.args.size() > 1 ? refuse(call) : reply_infos(call, top_level());
}

RespOutcome command_info(RespCall& call) { return reply_infos(call, named(call.args.subspan(2))); }

RespOutcome docs(RespCall& call) {
  std::vector<const CommandSpec*> specs = named(call.args.subspan(2));
  std::erase(specs, nullptr);
  RespText text(call.client.version);
  text.map(specs.size());
  for (const CommandSpec* spec : specs) append_docs(text, *spec);
  return call.reply_long(text.take());
}

RespOutcome count(RespCall& call) { return call.reply_count(top_level().size()); }

RespOutcome reply_names(RespCall& call, const std::vector<std::string_view>& names) {
  RespText text(call.client.version);
  text.array(names.size());
  for (const std::string_view name : names) text.bulk(name);
  return call.reply_long(text.take());
}

RespOutcome command_list(RespCall& call) {
  const auto args = call.args.subspan(2);
  if (!args.empty() && (args.size() != 3 || !is_word(args[0], "FILTERBY"))) {
    return call.reply_error(resp::Error::kSyntax);
  }
  const bool by_pattern = !args.empty() && is_word(args[1], "PATTERN");
  const bool by_category = !args.empty() && is_word(args[1], "ACLCAT");
  const bool by_module = !args.empty() && is_word(args[1], "MODULE");
  if (!args.empty() && !by_pattern && !by_category && !by_module) {
    return call.reply_error(resp::Error::kSyntax);
  }
  std::vector<std::string_view> names;
  for (const CommandSpec& spec : resp::all_commands()) {
    const auto is_category = [&](const std::string& word) { return word.substr(1) == args[2]; };
    if (by_module) continue;
    if (by_pattern && !resp::matches_glob(args[2], spec.fullname, true)) continue;
    if (by_category && !std::ranges::any_of(categories(spec), is_category)) continue;
    names.push_back(spec.fullname);
  }
  return reply_names(call, names);
}

RespOutcome getkeys(RespCall& call) {
  const auto args = call.args.subspan(2);
  const CommandSpec* spec = resp::find_command(args);
  if (spec == nullptr) return call.reply_error(resp::Error::kInvalidCommand);
  if (!spec->takes(args.size())) return call.reply_error(resp::Error::kInvalidArguments);
  const auto keys = keys_of(*spec, args);
  if (!keys) return call.reply_error(resp::Error::kInvalidArguments);
  if (keys->empty()) return call.reply_error(resp::Error::kNoKeysInCommand);
  return reply_names(call, *keys);
}

// What the subcommands of the command are, in lines.
RespOutcome help(RespCall& call) {
  const CommandSpec& container = resp::spec_of(call.spec->parent);
  std::vector<std::string> lines{in_upper_case(container.name) +
                                 " <subcommand> [<arg> [value] [opt] ...]. Subcommands are:"};
  for (const CommandSpec& spec : resp::subcommands(container)) {
    std::string line = in_upper_case(spec.name);
    if (!spec.syntax.empty()) line.append(" ").append(spec.syntax);
    lines.push_back(std::move(line));
    lines.push_back("    " + std::string(spec.summary) + ".");
  }
  RespText text(call.client.version);
  text.array(lines.size());
  for (const std::string& line : lines) text.simple(line);
  return call.reply_long(text.take());
}

}  // namespace

void enter_command_commands(RespControlHandlers& handlers) noexcept {
  using resp::Command;
  handlers[Command::kCommand] = command;
  handlers[Command::kCommandInfo] = command_info;
  handlers[Command::kCommandDocs] = docs;
  handlers[Command::kCommandCount] = count;
  handlers[Command::kCommandList] = command_list;
  handlers[Command::kCommandGetkeys] = getkeys;
  for (const CommandSpec& spec : resp::all_commands()) {
    if (spec.is_subcommand() && spec.name == "help") handlers[spec.id] = help;
  }
}

}  // namespace pelikan
