// What a constructor says against its options.
#pragma once

#include <string>

#include "base/setup_error.h"

namespace pelikan::load::test {

// The sentence of the SetupError that `act` ends with; empty when it ends well.
template <class Act>
std::string refusal_of(const Act& act) {
  try {
    act();
  } catch (const SetupError& error) {
    return error.what();
  }
  return {};
}

}  // namespace pelikan::load::test
