#include "metric/prometheus.h"

#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <iterator>

namespace pelikan {
namespace {

constexpr uint64_t kSecond = 1'000'000'000;

// 1, 2, 5 times 10^-6 to 10^1 seconds, and 100 seconds, in nanoseconds.
constexpr std::array<uint64_t, 25> kBounds = [] {
  std::array<uint64_t, 25> bounds{};
  uint64_t power = 1000;
  for (size_t at = 0; at < bounds.size() - 1; at += 3, power *= 10) {
    bounds[at] = power;
    bounds[at + 1] = 2 * power;
    bounds[at + 2] = 5 * power;
  }
  bounds.back() = 100 * kSecond;
  return bounds;
}();

class PrometheusWriter {
 public:
  void add(const MetricReading& reading) {
    switch (reading.kind) {
      case MetricKind::kCounter:
        return add_number(reading, "counter", fmt::format("pelikan_{}_total", reading.name));
      case MetricKind::kGauge:
        return add_number(reading, "gauge", fmt::format("pelikan_{}", reading.name));
      case MetricKind::kHistogram:
        return add_histogram(reading, fmt::format("pelikan_{}_seconds", reading.name));
    }
  }

  [[nodiscard]] std::string take() { return std::move(text_); }

 private:
  template <class... Arguments>
  void append(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    fmt::format_to(std::back_inserter(text_), format, std::forward<Arguments>(arguments)...);
  }

  void add_head(const MetricReading& reading, std::string_view type, const std::string& name) {
    append("# HELP {} {}\n# TYPE {} {}\n", name, reading.help, name, type);
  }

  void add_number(const MetricReading& reading, std::string_view type, const std::string& name) {
    add_head(reading, type, name);
    append("{} {}\n", name, reading.value);
  }

  void add_histogram(const MetricReading& reading, const std::string& name) {
    add_head(reading, "histogram", name);
    const HistogramSnapshot& histogram = reading.histogram;
    for (const uint64_t bound : kBounds) {
      const double bound_s = static_cast<double>(bound) / static_cast<double>(kSecond);
      append("{}_bucket{{le=\"{}\"}} {}\n", name, bound_s, histogram.count_up_to(bound));
    }
    append("{}_bucket{{le=\"+Inf\"}} {}\n", name, histogram.count());
    append("{}_sum {}.{:09}\n", name, histogram.sum() / kSecond, histogram.sum() % kSecond);
    append("{}_count {}\n", name, histogram.count());
  }

  std::string text_;
};

}  // namespace

std::string prometheus_text(const MetricSnapshot& snapshot) {
  PrometheusWriter writer;
  for (const MetricReading& reading : snapshot.readings()) writer.add(reading);
  return writer.take();
}

}  // namespace pelikan
