// One phase of a schedule, from its words to its segments.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "load/workload/segment.h"
#include "load/workload/words.h"

namespace pelikan::load {

inline constexpr std::string_view kPhaseForms =
    "const R D, ramp R1 R2 D, step R1 R2 dR D [shuffle|mirror], sine MEAN AMP PERIOD D, burst BASE "
    "PEAK LEN EVERY D, file PATH";

// Throws a SetupError that names the phase when it is none or impossible.
[[nodiscard]] std::vector<Segment> parse_phase(const Setting& phase, uint64_t seed);

}  // namespace pelikan::load
