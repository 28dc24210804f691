#include "datapool/available_memory.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <limits>
#include <optional>
#include <sstream>

#include "base/bytes.h"

namespace pelikan {
namespace {

constexpr size_t kUnlimited = std::numeric_limits<size_t>::max();

// A file with one number in it; "max" is none.
std::optional<size_t> read_number(const std::string& path) {
  std::ifstream file(path);
  std::string word;
  if (!(file >> word)) return std::nullopt;
  return parse_u64(word);
}

// The number behind a name at the start of a line.
std::optional<size_t> read_row(const std::string& path, std::string_view wanted) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string name;
    size_t number = 0;
    if (words >> name >> number && name == wanted) return number;
  }
  return std::nullopt;
}

// What a group holds for good: not the pages of files, which are given up when memory is wanted.
size_t used_in_group(const std::string& folder) {
  const size_t used = read_number(folder + "memory.current").value_or(0);
  const size_t files = read_row(folder + "memory.stat", "active_file").value_or(0) +
                       read_row(folder + "memory.stat", "inactive_file").value_or(0);
  return used - std::min(used, files);
}

// "0::/path" is the group of the unified hierarchy.
std::string control_group(const std::string& root) {
  std::ifstream file(root + "proc/self/cgroup");
  std::string line;
  while (std::getline(file, line)) {
    if (line.starts_with("0::/")) return line.substr(4);
  }
  return {};
}

// Every group up to the root of the tree may have a limit.
size_t available_in_group(const std::string& root, std::string path) {
  size_t available = kUnlimited;
  for (;;) {
    const std::string folder = fmt::format("{}sys/fs/cgroup/{}/", root, path);
    if (const auto limit = read_number(folder + "memory.max")) {
      available = std::min(available, *limit - std::min(used_in_group(folder), *limit));
    }
    if (path.empty()) return available;
    const size_t slash = path.rfind('/');
    path.erase(slash == std::string::npos ? 0 : slash);
  }
}

}  // namespace

size_t available_memory(const std::string& root) {
  const auto machine_kib = read_row(root + "proc/meminfo", "MemAvailable:");
  return std::min(machine_kib ? *machine_kib * kKiB : kUnlimited,
                  available_in_group(root, control_group(root)));
}

}  // namespace pelikan
