#include "service/resp/info_commands.h"

#include <fmt/format.h>

#include <iterator>

#include "protocol/resp/command.h"
#include "service/resp/metrics.h"

namespace pelikan {
namespace {

int64_t calls_of(const MetricSnapshot& metrics, resp::Command command) {
  return metrics.value(command_metric_names(command).calls);
}
int64_t errors_of(const MetricSnapshot& metrics, resp::Command command) {
  return metrics.value(command_metric_names(command).errors);
}

double mean_us(const MetricSnapshot& metrics, const resp::CommandSpec& spec) {
  std::string_view name = "resp_other_latency";
  if (spec.has(resp::flag::kReadonly)) name = "resp_read_latency";
  if (spec.has(resp::flag::kWrite)) name = "resp_write_latency";
  const MetricReading* reading = metrics.find(name);
  if (reading == nullptr || reading->histogram.count() == 0) return 0;
  return static_cast<double>(reading->histogram.sum()) /
         static_cast<double>(reading->histogram.count()) / 1000;
}

}  // namespace

int64_t total_calls(const MetricSnapshot& metrics) {
  int64_t sum = 0;
  for (const resp::CommandSpec& spec : resp::all_commands()) sum += calls_of(metrics, spec.id);
  return sum;
}

int64_t total_errors(const MetricSnapshot& metrics) {
  int64_t sum = 0;
  for (const RespErrorKind& kind : kRespErrorKinds) sum += metrics.value(kind.metric);
  return sum;
}

void append_error_stats(const MetricSnapshot& metrics, std::string& text) {
  for (const RespErrorKind& kind : kRespErrorKinds) {
    const int64_t count = metrics.value(kind.metric);
    if (count == 0) continue;
    fmt::format_to(std::back_inserter(text), "errorstat_{}:count={}\r\n", kind.word, count);
  }
}

void append_command_stats(const MetricSnapshot& metrics, std::string& text) {
  for (const resp::CommandSpec& spec : resp::all_commands()) {
    const int64_t calls = calls_of(metrics, spec.id);
    if (calls == 0) continue;
    const double each_us = mean_us(metrics, spec);
    fmt::format_to(std::back_inserter(text),
                   "cmdstat_{}:calls={},usec={:.0f},usec_per_call={:.2f},rejected_calls=0,"
                   "failed_calls={}\r\n",
                   spec.fullname, calls, each_us * static_cast<double>(calls), each_us,
                   errors_of(metrics, spec.id));
  }
}

}  // namespace pelikan
