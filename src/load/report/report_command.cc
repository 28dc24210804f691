#include "load/report/report_command.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/setup_error.h"
#include "base/text_table.h"
#include "load/engine/figures.h"
#include "load/report/html.h"
#include "load/report/json.h"
#include "load/report/report_files.h"
#include "option/command_line.h"

namespace pelikan::load {
namespace {

[[noreturn]] void refuse(const std::string& why) {
  throw SetupError(ExitCode::kUsage, "report: " + why);
}

struct Request {
  std::vector<std::string> paths;  // of runs
  ReportOptions options;
};

// The words that are no flag, nor the value of one, are the runs.
void read_arguments(std::span<const char* const> arguments, Request& request) {
  const OptionSet options({&request.options});
  std::vector<const char*> flags;
  for (size_t i = 0; i < arguments.size(); ++i) {
    const std::string_view word = arguments[i];
    if (!word.starts_with('-')) {
      request.paths.emplace_back(word);
      continue;
    }
    flags.push_back(arguments[i]);
    const bool has_value = word.find('=') != word.npos || i + 1 == arguments.size();
    if (!has_value) flags.push_back(arguments[++i]);
  }
  const CommandLine line = parse_command_line(flags, options);
  if (!line.errors.empty()) refuse(line.errors.front());
  if (line.action != CommandLineAction::kRun) refuse("-h without `report` tells all");
  const std::vector<std::string> errors = apply_command_line(line, options);
  if (!errors.empty()) refuse(errors.front());
}

void check(const Request& request) {
  const ReportOptions& options = request.options;
  if (request.paths.empty()) refuse("name the runs, files written with --json");
  if (!options.json.get().empty()) refuse("--json is what is read here");
  if (request.paths.size() == 1) return;
  for (const auto* option : {&options.csv, &options.hgrm, &options.memtier_json}) {
    if (option->get().empty()) continue;
    refuse(fmt::format("--{} is of one run", option->name()));
  }
}

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (file.is_open() && !file.bad()) return text;
  throw SetupError(ExitCode::kConfig,
                   fmt::format("cannot read '{}': {}", path, std::strerror(errno)));
}

// Folders stay when they tell runs apart: a/run.json and b/run.json.
std::string name_of(std::string_view path) {
  if (path.ends_with(".json")) path.remove_suffix(std::string_view(".json").size());
  return std::string(path);
}

std::string table_of(const std::vector<NamedRun>& runs) {
  TextTable table({"run", "rate", "hit", "errors", "p50", "p99", "p99.9", "max", "verdict"});
  const auto time = [](uint64_t nanoseconds) {
    return duration_text(static_cast<double>(nanoseconds));
  };
  for (const auto& [name, run] : runs) {
    const HistogramSnapshot& response = run.latencies.response;
    table.add({name, count_text(run.rate()) + "/s", percent_text(run.counts.hit_ratio()),
               fmt::format("{}", run.counts.errors()), time(response.percentile(0.5)),
               time(response.percentile(0.99)), time(response.percentile(0.999)),
               time(response.max()), run.verdicts.empty() ? "" : run.verdicts.front().sentence});
  }
  return table.plain();
}

}  // namespace

int report_command(std::span<const char* const> arguments) {
  Request request;
  read_arguments(arguments, request);
  check(request);
  ReportFiles files(request.options);
  std::vector<NamedRun> runs;
  runs.reserve(request.paths.size());
  for (const std::string& path : request.paths) {
    runs.push_back({.name = name_of(path), .result = parse_json(path, read_file(path))});
  }
  files.write(runs);
  fmt::print("{}", table_of(runs));
  return 0;
}

}  // namespace pelikan::load
