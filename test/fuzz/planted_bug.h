// Planted bugs: faults a fuzz target puts into what it tests when PELIKAN_PLANT_BUG names one.
// scripts/fuzz.sh shows with them that the target can find what it is for. A target's faults stand
// in planted_bugs.txt.
#pragma once

#include <cstdlib>
#include <string_view>

namespace pelikan::fuzz {

[[nodiscard]] inline bool is_planted(std::string_view bug) {
  static const char* const planted = std::getenv("PELIKAN_PLANT_BUG");
  return planted != nullptr && bug == planted;
}

}  // namespace pelikan::fuzz
