#include "load/workload/mix.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/escape.h"

namespace pelikan::load {
namespace {

constexpr std::string_view kAllowed =
    "VERB:WEIGHT ..., verbs: get gets mget:WEIGHT:KEYS gat gats touch set mset:WEIGHT:KEYS add "
    "replace append prepend cas incr decr delete";

constexpr std::array<std::string_view, kVerbs> kNames = {
    "get",     "gets",   "mget",    "gat", "gats", "touch", "set",    "mset", "add",
    "replace", "append", "prepend", "cas", "incr", "decr",  "delete", "raw",  "fill",
};

Mix::Entry parse_entry(const Words& words, std::string_view text) {
  const std::vector<std::string_view> parts = split(text, ':');
  const std::optional<Verb> verb = parse_verb(parts[0]);
  if (!verb) words.refuse(fmt::format("'{}' is no verb", escaped(parts[0])));
  const bool has_keys = verb == Verb::kMget || verb == Verb::kMset;
  const size_t form = has_keys ? 3 : 2;
  if (parts.size() != form) {
    words.refuse(fmt::format("'{}' is not {}", escaped(text),
                             has_keys ? "VERB:WEIGHT:KEYS" : "VERB:WEIGHT"));
  }
  const std::optional<double> weight = parse_decimal(parts[1]);
  if (!weight || *weight < 0) words.refuse(fmt::format("'{}' has no weight", escaped(text)));
  const std::optional<uint64_t> keys = has_keys ? parse_u64(parts[2]) : 1;
  if (!keys || *keys < 1 || *keys > Mix::kMaxKeys) {
    words.refuse(fmt::format("'{}' has not 1 to {} keys", escaped(text), Mix::kMaxKeys));
  }
  return {.verb = *verb, .keys = static_cast<uint32_t>(*keys), .weight = *weight, .raw = {}};
}

std::vector<double> weights_of(const std::vector<Mix::Entry>& entries) {
  std::vector<double> weights;
  weights.reserve(entries.size());
  for (const Mix::Entry& entry : entries) weights.push_back(entry.weight);
  return weights;
}

}  // namespace

std::string_view verb_name(Verb verb) noexcept { return kNames[static_cast<size_t>(verb)]; }

std::optional<Verb> parse_verb(std::string_view name) noexcept {
  const auto found = std::ranges::find(kNames, name);
  const auto verb = static_cast<Verb>(found - kNames.begin());
  if (found == kNames.end() || is_written_by_user(verb)) return std::nullopt;
  return verb;
}

bool extends_life(Verb verb) noexcept {
  return verb == Verb::kGat || verb == Verb::kGats || verb == Verb::kTouch || verb == Verb::kMset;
}

bool alters_value(Verb verb) noexcept {
  return verb == Verb::kAppend || verb == Verb::kPrepend || verb == Verb::kIncr ||
         verb == Verb::kDecr || verb == Verb::kRaw;
}

Mix::Mix(std::vector<Entry> entries)
    : entries_(std::move(entries)), choice_(weights_of(entries_)) {}

std::vector<Mix::Entry> Mix::parse(const Setting& verbs, const Setting& raw) {
  Words words(verbs, kAllowed);
  std::vector<Entry> entries;
  while (!words.at_end()) entries.push_back(parse_entry(words, words.word()));
  for (WeightedCommand& weighted : parse_raw_commands(raw)) {
    entries.push_back({.verb = Verb::kRaw,
                       .keys = 1,
                       .weight = weighted.weight,
                       .raw = std::move(weighted.command)});
  }
  double sum = 0;
  for (const Entry& entry : entries) sum += entry.weight;
  if (!(sum > 0)) words.refuse("no verb has a weight");
  return entries;
}

}  // namespace pelikan::load
