// A file that others wait for and read: it is there as a whole, or as it was before.
#pragma once

#include <string>
#include <string_view>

namespace pelikan {

// Returns 0, or what the system refused (errno); nothing is left behind then. What is no regular
// file, as a pipe or /dev/null, is written to and stays.
[[nodiscard]] int replace_file(const std::string& path, std::string_view text);

}  // namespace pelikan
