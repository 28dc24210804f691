// Traces of real caches: files <name>.u32.zst, a zstd stream of little-endian 32-bit key numbers,
// one request each. They hold no sizes and no times; every trace gets the same rules for those, so
// that results compare.
#pragma once

#include <string>
#include <vector>

#include "workload.h"

namespace pelikan::replay {

// The trace files of a folder, sorted by name. Throws SetupError when there is none.
[[nodiscard]] std::vector<std::string> find_traces(const std::string& folder);

// Reads a trace. Throws SetupError when the file cannot be read or is no such stream.
[[nodiscard]] Workload read_trace(const std::string& path);

}  // namespace pelikan::replay
