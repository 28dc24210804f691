#include "option/option_set.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>

#include "base/assertion.h"
#include "base/escape.h"
#include "base/text_table.h"

namespace pelikan {
namespace {

// Levenshtein's distance: letters to insert, delete or replace. One row of the table is kept:
// before step i, row[j] is the distance between the first i - 1 letters of a and the first j of b.
size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row[b.size()];
}

constexpr size_t kWordMax = 64;  // longer input is no misspelt name, and not worth a table

}  // namespace

OptionSet::OptionSet(const std::vector<OptionGroup*>& groups) {
  for (const OptionGroup* group : groups) {
    for (OptionBase* option : group->options()) {
      CHECK(find(option->name()) == nullptr);
      options_.push_back(option);
    }
    one_shots_.insert(one_shots_.end(), group->one_shots().begin(), group->one_shots().end());
  }
}

OptionBase* OptionSet::find(std::string_view name) const noexcept {
  const auto found = std::ranges::find(options_, name, &OptionBase::name);
  return found == options_.end() ? nullptr : *found;
}

std::string_view OptionSet::nearest(std::string_view name) const {
  std::vector<std::string_view> names;
  names.reserve(options_.size());
  for (const OptionBase* option : options_) names.push_back(option->name());
  return nearest_word(name, names);
}

std::string_view nearest_word(std::string_view word, const std::vector<std::string_view>& words) {
  if (word.empty() || word.size() > kWordMax) return {};
  std::string_view best;
  size_t best_distance = std::max<size_t>(word.size() / 3, 1) + 1;
  for (const std::string_view candidate : words) {
    const size_t distance = edit_distance(word, candidate);
    if (distance >= best_distance) continue;
    best = candidate;
    best_distance = distance;
  }
  return best;
}

std::string did_you_mean(std::string_view word) {
  return word.empty() ? std::string() : fmt::format("; did you mean '{}'?", word);
}

std::string set_from_text(OptionBase& option, std::string_view text) {
  const std::string wrong = option.parse(text);
  if (wrong.empty()) return {};
  const std::string range = option.range_text();
  return fmt::format("{}: '{}' is {}{}{}", option.name(), escaped(text), wrong,
                     range.empty() ? "" : "; allowed: ", range);
}

std::string option_table(const OptionSet& options) {
  TextTable table({"name", "type", "default", "allowed", "meaning"});
  for (const OptionBase* option : options.options()) {
    table.add({std::string(option->name()), option->type_text(), option->default_text(),
               option->range_text(), std::string(option->help())});
  }
  return table.plain();
}

}  // namespace pelikan
