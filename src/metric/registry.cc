#include "metric/registry.h"

#include <algorithm>

#include "base/assertion.h"

namespace pelikan {
namespace {

void add_to(MetricReading& reading, const Metric& metric) {
  switch (metric.kind()) {
    case MetricKind::kCounter:
      reading.value += static_cast<int64_t>(static_cast<const Counter&>(metric).value());
      return;
    case MetricKind::kGauge:
      reading.value += static_cast<const Gauge&>(metric).value();
      return;
    case MetricKind::kHistogram:
      static_cast<const Distribution&>(metric).histogram().add_to(reading.histogram);
      return;
  }
}

MetricReading empty_reading(const Metric& metric) {
  return {.name = metric.name(), .help = metric.help(), .kind = metric.kind(), .histogram = {}};
}

}  // namespace

const MetricReading* MetricSnapshot::find(std::string_view name) const noexcept {
  const auto found = std::ranges::find(readings_, name, &MetricReading::name);
  return found == readings_.end() ? nullptr : &*found;
}

int64_t MetricSnapshot::value(std::string_view name) const noexcept {
  const MetricReading* reading = find(name);
  return reading == nullptr ? 0 : reading->value;
}

MetricSnapshot MetricRegistry::read() {
  const std::lock_guard lock(mutex_);
  run_acts();
  std::vector<MetricReading> readings;
  readings.reserve(rows_.size());
  for (const Row& row : rows_) readings.push_back(total(row));
  return MetricSnapshot(std::move(readings));
}

MetricSnapshot MetricRegistry::read_since_reset() {
  const std::lock_guard lock(mutex_);
  run_acts();
  std::vector<MetricReading> readings;
  readings.reserve(rows_.size());
  for (const Row& row : rows_) {
    MetricReading& reading = readings.emplace_back(total(row));
    reading.value -= row.baseline.value;
    reading.histogram.subtract(row.baseline.histogram);
  }
  return MetricSnapshot(std::move(readings));
}

void MetricRegistry::reset() {
  const std::lock_guard lock(mutex_);
  for (Row& row : rows_) {
    if (row.departed.kind != MetricKind::kGauge) row.baseline = total(row);
  }
}

void MetricRegistry::join(const Metric& metric) {
  const std::lock_guard lock(mutex_);
  Row* row = find(metric.name());
  if (row == nullptr) {
    row = &rows_.emplace_back(Row{empty_reading(metric), empty_reading(metric), {}});
  }
  CHECK(row->departed.kind == metric.kind());
  row->instances.push_back(&metric);
}

void MetricRegistry::leave(const Metric& metric) noexcept {
  const std::lock_guard lock(mutex_);
  Row* row = find(metric.name());
  if (metric.kind() != MetricKind::kGauge) add_to(row->departed, metric);
  std::erase(row->instances, &metric);
}

void MetricRegistry::join(const BeforeRead& act) {
  const std::lock_guard lock(mutex_);
  acts_.push_back(&act);
}

void MetricRegistry::leave(const BeforeRead& act) noexcept {
  const std::lock_guard lock(mutex_);
  std::erase(acts_, &act);
}

MetricRegistry::Row* MetricRegistry::find(std::string_view name) noexcept {
  const auto found =
      std::ranges::find(rows_, name, [](const Row& row) { return row.departed.name; });
  return found == rows_.end() ? nullptr : &*found;
}

MetricReading MetricRegistry::total(const Row& row) const {
  MetricReading reading = row.departed;
  for (const Metric* metric : row.instances) add_to(reading, *metric);
  return reading;
}

void MetricRegistry::run_acts() const {
  for (const BeforeRead* act : acts_) (*act)();
}

}  // namespace pelikan
