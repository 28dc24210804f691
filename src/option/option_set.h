// OptionSet: the groups of one program seen as one list, in the order given.
//
// Thread safety: as Option's.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "option/option.h"

namespace pelikan {

class OptionSet {
 public:
  // REQUIRES: the groups outlive the set; no name stands in two of them (CHECK).
  explicit OptionSet(const std::vector<OptionGroup*>& groups);

  [[nodiscard]] const std::vector<OptionBase*>& options() const noexcept { return options_; }

  [[nodiscard]] const std::vector<OneShot*>& one_shots() const noexcept { return one_shots_; }

  // The option of this name, or nullptr.
  [[nodiscard]] OptionBase* find(std::string_view name) const noexcept;

  // The name that nearest_word() finds among the options'.
  [[nodiscard]] std::string_view nearest(std::string_view name) const;

 private:
  std::vector<OptionBase*> options_;
  std::vector<OneShot*> one_shots_;
};

// The word that takes the fewest edits to reach; empty when each takes more than one for every
// three letters.
[[nodiscard]] std::string_view nearest_word(std::string_view word,
                                            const std::vector<std::string_view>& words);

// "; did you mean 'seg_memory'?", or nothing for an empty word.
[[nodiscard]] std::string did_you_mean(std::string_view word);

// Sets the option. Returns an empty string, or what is wrong with the text, without its place:
//   seg_memory: '1KiB' is out of range; allowed: 8MiB..1TiB
[[nodiscard]] std::string set_from_text(OptionBase& option, std::string_view text);

// The options as a table for a terminal (`-c`).
[[nodiscard]] std::string option_table(const OptionSet& options);

}  // namespace pelikan
