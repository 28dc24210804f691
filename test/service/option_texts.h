// Options given as texts, as on a command line.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/assertion.h"
#include "option/option_set.h"

namespace pelikan::test {

using OptionTexts = std::vector<std::pair<std::string, std::string>>;  // names and values

inline void set_options(const OptionSet& options, const OptionTexts& texts) {
  for (const auto& [name, text] : texts) {
    OptionBase* option = options.find(name);
    CHECK(option != nullptr && option->parse(text).empty());
  }
}

}  // namespace pelikan::test
