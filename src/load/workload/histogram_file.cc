#include "load/workload/histogram_file.h"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "base/bytes.h"
#include "base/escape.h"
#include "base/setup_error.h"
#include "load/trace/input.h"
#include "load/workload/words.h"

namespace pelikan::load {
namespace {

using Json = nlohmann::json;

constexpr uint64_t kMaxFile = 16 * kMiB;

[[noreturn]] void refuse(const std::string& where, std::string_view wrong) {
  throw SetupError(ExitCode::kConfig, fmt::format("{}: {}", where, wrong));
}

HistogramGroup parse_line(std::string_view line, const std::string& where) {
  const Setting setting(where, line);
  Words words(setting, "FROM TO WEIGHT");
  constexpr double kMax = 0x1p52;
  const double from = words.number(parse_size, "FROM", 0, kMax);
  const double to = words.number(parse_size, "TO", from, kMax);
  const double weight = words.number(parse_decimal, "WEIGHT", 0);
  words.end();
  return {.from = static_cast<uint64_t>(from), .to = static_cast<uint64_t>(to), .weight = weight};
}

std::vector<HistogramGroup> parse_lines(const std::string& path, std::string_view text) {
  std::vector<HistogramGroup> groups;
  size_t number = 0;
  for (std::string_view line : split(text, '\n')) {
    ++number;
    line = trimmed(line.substr(0, line.find('#')));
    if (!line.empty()) groups.push_back(parse_line(line, fmt::format("{}:{}", path, number)));
  }
  return groups;
}

// Two arrays of one length.
struct Arrays {
  std::vector<double> numbers;
  std::vector<double> weights;
};
Arrays parse_arrays(const std::string& path, const Json& json, const char* numbers,
                    const char* weights) {
  Arrays arrays;
  try {
    arrays = {.numbers = json.at(numbers).get<std::vector<double>>(),
              .weights = json.at(weights).get<std::vector<double>>()};
  } catch (const Json::exception&) {
    refuse(path, fmt::format("has no arrays of numbers '{}' and '{}'", numbers, weights));
  }
  if (arrays.numbers.size() != arrays.weights.size()) {
    refuse(path, fmt::format("'{}' and '{}' are not of one length", numbers, weights));
  }
  for (const double number : arrays.numbers) {
    if (!(number >= 0 && number <= 0x1p52))
      refuse(path, fmt::format("{} in '{}' is out of range", number, numbers));
  }
  return arrays;
}

// A size's weight is that of the sizes from it to the next one.
std::vector<HistogramGroup> size_groups(const std::string& path, const Json& json) {
  const Arrays arrays = parse_arrays(path, json, "valSizeRange", "valSizeRangeProbability");
  std::vector<HistogramGroup> groups;
  for (size_t i = 0; i < arrays.numbers.size(); ++i) {
    const auto from = static_cast<uint64_t>(arrays.numbers[i]);
    const bool is_last = i + 1 == arrays.numbers.size();
    const uint64_t next = is_last ? from + 1 : static_cast<uint64_t>(arrays.numbers[i + 1]);
    if (next <= from) refuse(path, "'valSizeRange' does not rise");
    groups.push_back({.from = from, .to = next - 1, .weight = arrays.weights[i]});
  }
  return groups;
}

std::vector<HistogramGroup> popularity_groups(const std::string& path, const Json& json) {
  const Arrays arrays = parse_arrays(path, json, "popularityBuckets", "popularityWeights");
  std::vector<HistogramGroup> groups;
  uint64_t first = 0;
  for (size_t i = 0; i < arrays.numbers.size(); ++i) {
    const auto keys = static_cast<uint64_t>(arrays.numbers[i]);
    if (keys == 0) continue;
    groups.push_back({.from = first, .to = first + keys - 1, .weight = arrays.weights[i]});
    first += keys;
  }
  return groups;
}

using FromJson = std::vector<HistogramGroup> (*)(const std::string& path, const Json& json);

std::vector<HistogramGroup> read_histogram(const std::string& path, FromJson from_json) {
  const std::string text = read_whole(path, kMaxFile);
  std::vector<HistogramGroup> groups;
  if (trimmed(text).starts_with('{')) {
    const Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
    if (json.is_discarded()) refuse(path, "is no JSON");
    groups = from_json(path, json);
  } else {
    groups = parse_lines(path, text);
  }
  double sum = 0;
  for (const HistogramGroup& group : groups) {
    if (!(group.weight >= 0)) refuse(path, fmt::format("{} is no weight", group.weight));
    sum += group.weight;
  }
  if (!(sum > 0) || !std::isfinite(sum)) refuse(path, "has no group with a weight");
  return groups;
}

}  // namespace

std::vector<HistogramGroup> read_size_histogram(const std::string& path) {
  return read_histogram(path, size_groups);
}
std::vector<HistogramGroup> read_popularity_histogram(const std::string& path) {
  return read_histogram(path, popularity_groups);
}

}  // namespace pelikan::load
