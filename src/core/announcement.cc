#include "core/announcement.h"

#include <fmt/format.h>

#include <cstring>
#include <iterator>

#include "base/setup_error.h"
#include "core/replace_file.h"

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
  std::string text;
  for (const OpenPort& open : ports) text += fmt::format("{}: {}\n", open.option, open.port);
  if (const int error = replace_file(path, text); error != 0) {
    throw SetupError(ExitCode::kSystem,
                     fmt::format("ports_file {}: {}", path, std::strerror(error)));
  }
}

}  // namespace pelikan
