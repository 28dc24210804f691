#include "metric/listing.h"

#include <fmt/format.h>

#include <iterator>
#include <string_view>

#include "base/text_table.h"

namespace pelikan {
namespace {

constexpr struct {
  std::string_view name;
  double share;
} kPercentiles[] = {{"p50", 0.5}, {"p90", 0.9}, {"p99", 0.99}, {"p999", 0.999}, {"p9999", 0.9999}};

constexpr std::string_view kind_name(MetricKind kind) noexcept {
  switch (kind) {
    case MetricKind::kCounter:
      return "counter";
    case MetricKind::kGauge:
      return "gauge";
    case MetricKind::kHistogram:
      return "histogram";
  }
  return {};
}

void append_histogram(std::vector<MetricNumber>& numbers, std::string_view name,
                      const HistogramSnapshot& histogram) {
  const auto append = [&](std::string_view suffix, uint64_t value) {
    numbers.push_back({fmt::format("{}_{}", name, suffix), static_cast<int64_t>(value)});
  };
  append("count", histogram.count());
  append("sum_ns", histogram.sum());
  for (const auto& percentile : kPercentiles) {
    append(fmt::format("{}_ns", percentile.name), histogram.percentile(percentile.share));
  }
  append("max_ns", histogram.max());
}

}  // namespace

std::vector<MetricNumber> flat_numbers(const MetricSnapshot& snapshot) {
  std::vector<MetricNumber> numbers;
  for (const MetricReading& reading : snapshot.readings()) {
    if (reading.kind == MetricKind::kHistogram) {
      append_histogram(numbers, reading.name, reading.histogram);
    } else {
      numbers.push_back({std::string(reading.name), reading.value});
    }
  }
  return numbers;
}

// By hand: nlohmann's objects allocate in their destructors, and so end the process where memory is
// short. Names need no escapes.
std::string json_text(const MetricSnapshot& snapshot) {
  std::string text;
  for (const MetricNumber& number : flat_numbers(snapshot)) {
    fmt::format_to(std::back_inserter(text), "{}\"{}\":{}", text.empty() ? '{' : ',', number.name,
                   number.value);
  }
  return text.empty() ? "{}" : text + '}';
}

std::string metric_listing(const MetricSnapshot& snapshot) {
  TextTable table({"name", "kind", "meaning"});
  for (const MetricReading& reading : snapshot.readings()) {
    table.add({std::string(reading.name), std::string(kind_name(reading.kind)),
               std::string(reading.help)});
  }
  return table.plain();
}

}  // namespace pelikan
