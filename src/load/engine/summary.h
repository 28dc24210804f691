// The summary of a run, for people: the verdict first.
#pragma once

#include <string>

#include "load/engine/result.h"

namespace pelikan::load {

[[nodiscard]] std::string summary_text(const RunResult& result, bool in_colour);

}  // namespace pelikan::load
