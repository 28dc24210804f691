// Verdicts: whether a run's numbers show the server, or the generator.
#pragma once

#include <string_view>

#include "load/engine/result.h"

namespace pelikan::load {

// Fills in the verdicts of a run that is complete but for them. `gone` names the server that went
// away in mid-run, if one did.
void judge(RunResult& result, std::string_view gone);

}  // namespace pelikan::load
