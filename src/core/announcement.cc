#include "core/announcement.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>

#include "base/setup_error.h"

namespace pelikan {

std::string ready_line(std::string_view name, std::string_view version,
                       const std::vector<Fact>& facts) {
  std::string line = fmt::format("{} {} ready:", name, version);
  for (const Fact& fact : facts) {
    if (fact.value.empty()) continue;
    const char* quote = fact.value.find(' ') == std::string::npos ? "" : "\"";
    fmt::format_to(std::back_inserter(line), " {}={}{}{}", fact.name, quote, fact.value, quote);
  }
  return line;
}

void write_ports_file(const std::string& path, const std::vector<OpenPort>& ports) {
  const std::string fresh = path + ".new";
  std::ofstream file(fresh, std::ios::trunc);
  for (const OpenPort& open : ports) file << open.option << ": " << open.port << '\n';
  file.close();
  if (!file || std::rename(fresh.c_str(), path.c_str()) != 0) {
    throw SetupError(ExitCode::kSystem,
                     fmt::format("ports_file {}: {}", path, std::strerror(errno)));
  }
}

}  // namespace pelikan
