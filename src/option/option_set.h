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

  // The option of this name, or nullptr.
  [[nodiscard]] OptionBase* find(std::string_view name) const noexcept;

  // "; did you mean 'seg_memory'?" for a name close to a known one, else empty.
  [[nodiscard]] std::string suggestion(std::string_view name) const;

  // The known name that takes the fewest edits to reach; empty when all are far (more than a third
  // of the letters differ).
  [[nodiscard]] std::string_view nearest(std::string_view name) const;

 private:
  std::vector<OptionBase*> options_;
};

// What is wrong with `text` as a value of `option`, as a sentence without its place; empty when it
// was set.
//   seg_memory: '1KiB' is out of range; allowed: 8MiB..1TiB
[[nodiscard]] std::string set_from_text(OptionBase& option, std::string_view text);

}  // namespace pelikan
