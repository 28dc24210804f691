#include "option/option_set.h"

#include <algorithm>
#include <cstddef>

#include "base/assertion.h"
#include "base/escape.h"

namespace pelikan {
namespace {

// Levenshtein's distance: letters to insert, delete or replace. One row of the table is kept;
// before step i row[j] is the distance between the first i - 1 letters of a and the first j of b.
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

constexpr size_t kNameMax = 64;  // longer input is no misspelt option, and not worth a table

}  // namespace

OptionSet::OptionSet(const std::vector<OptionGroup*>& groups) {
  for (const OptionGroup* group : groups) {
    for (OptionBase* option : group->options()) {
      CHECK(find(option->name()) == nullptr);
      options_.push_back(option);
    }
  }
}

OptionBase* OptionSet::find(std::string_view name) const noexcept {
  const auto found = std::ranges::find(options_, name, &OptionBase::name);
  return found == options_.end() ? nullptr : *found;
}

std::string_view OptionSet::nearest(std::string_view name) const {
  if (name.empty() || name.size() > kNameMax) return {};
  std::string_view best;
  size_t best_distance = std::max<size_t>(name.size() / 3, 1) + 1;
  for (const OptionBase* option : options_) {
    const size_t distance = edit_distance(name, option->name());
    if (distance >= best_distance) continue;
    best = option->name();
    best_distance = distance;
  }
  return best;
}

std::string OptionSet::suggestion(std::string_view name) const {
  const std::string_view near = nearest(name);
  if (near.empty()) return {};
  return std::string("; did you mean '").append(near).append("'?");
}

std::string set_from_text(OptionBase& option, std::string_view text) {
  const std::string wrong = option.parse(text);
  if (wrong.empty()) return {};
  std::string sentence(option.name());
  sentence.append(": '").append(escaped(text)).append("' is ").append(wrong);
  const std::string range = option.range_text();
  if (!range.empty()) sentence.append("; allowed: ").append(range);
  return sentence;
}

}  // namespace pelikan
