#include "load/engine/gate.h"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "load/engine/figures.h"
#include "load/workload/words.h"

namespace pelikan::load {
namespace {

constexpr std::string_view kAllowed =
    "a list of p<PERCENT>, max, mean (of the response time; service.p99, lag.p99), hit, rate, "
    "errors, timeouts or dropped, each with <, <=, >, "
    ">= or = and a bound, like p99.9<2ms,hit>0.9,errors=0";

// The longer ones first.
constexpr std::array<std::pair<std::string_view, Gate::Relation>, 5> kRelations = {{
    {"<=", Gate::Relation::kLessOrEqual},
    {">=", Gate::Relation::kMoreOrEqual},
    {"<", Gate::Relation::kLess},
    {">", Gate::Relation::kMore},
    {"=", Gate::Relation::kEqual},
}};

constexpr std::array<std::pair<std::string_view, Gate::Time>, 2> kTimes = {{
    {"service.", Gate::Time::kService},
    {"lag.", Gate::Time::kLag},
}};

bool holds(double actual, Gate::Relation relation, double bound) noexcept {
  switch (relation) {
    case Gate::Relation::kLess:
      return actual < bound;
    case Gate::Relation::kLessOrEqual:
      return actual <= bound;
    case Gate::Relation::kMore:
      return actual > bound;
    case Gate::Relation::kMoreOrEqual:
      return actual >= bound;
    case Gate::Relation::kEqual:
      return actual == bound;
  }
  return false;
}

}  // namespace

std::vector<Gate> Gate::parse_list(std::string_view option, std::string_view text) {
  std::vector<Gate> gates;
  for (const std::string_view one : split(text, ',')) gates.push_back(parse(option, trimmed(one)));
  return gates;
}

Gate Gate::parse(std::string_view option, std::string_view text) {
  const Setting setting(option, text);
  const size_t at = text.find_first_of("<>=");
  if (at == text.npos) setting.refuse("it compares nothing", kAllowed);
  Gate gate;
  gate.text_ = text;
  std::string_view behind = text.substr(at);
  for (const auto& [sign, relation] : kRelations) {
    if (!behind.starts_with(sign)) continue;
    gate.relation_ = relation;
    behind.remove_prefix(sign.size());
    break;
  }
  if (!gate.parse_figure(trimmed(text.substr(0, at)))) {
    setting.refuse("no such figure", kAllowed);
  }
  const auto bound = gate.is_time() ? parse_seconds(trimmed(behind)) : parse_count(trimmed(behind));
  if (!bound) setting.refuse(gate.is_time() ? "the bound is no time" : "the bound is no number");
  gate.bound_ = gate.is_time() ? *bound * 1e9 : *bound;
  return gate;
}

bool Gate::parse_figure(std::string_view name) {
  for (const auto& [prefix, time] : kTimes) {
    if (!name.starts_with(prefix)) continue;
    name.remove_prefix(prefix.size());
    time_ = time;
    return parse_name(name) && is_time();
  }
  return parse_name(name);
}

bool Gate::parse_name(std::string_view name) {
  constexpr std::array<std::pair<std::string_view, Figure>, 7> kNames = {{
      {"max", Figure::kMax},
      {"mean", Figure::kMean},
      {"hit", Figure::kHit},
      {"rate", Figure::kRate},
      {"errors", Figure::kErrors},
      {"timeouts", Figure::kTimeouts},
      {"dropped", Figure::kDropped},
  }};
  for (const auto& [known, figure] : kNames) {
    if (name != known) continue;
    figure_ = figure;
    return true;
  }
  const auto percent = name.starts_with('p') ? parse_decimal(name.substr(1)) : std::nullopt;
  if (!percent || *percent < 0 || *percent > 100) return false;
  figure_ = Figure::kPercentile;
  percent_ = *percent;
  return true;
}

const HistogramSnapshot& Gate::times(const RunResult& result) const noexcept {
  switch (time_) {
    case Time::kResponse:
      return result.latencies.response;
    case Time::kService:
      return result.latencies.service;
    case Time::kLag:
      return result.latencies.lag;
  }
  return result.latencies.response;
}

double Gate::actual(const RunResult& result) const {
  const HistogramSnapshot& values = times(result);
  switch (figure_) {
    case Figure::kPercentile:
      return static_cast<double>(values.percentile(percent_ / 100));
    case Figure::kMax:
      return static_cast<double>(values.max());
    case Figure::kMean:
      return mean_of(values);
    case Figure::kHit:
      return result.counts.hit_ratio();
    case Figure::kRate:
      return result.rate();
    case Figure::kErrors:
      return static_cast<double>(result.counts.errors());
    case Figure::kTimeouts:
      return static_cast<double>(result.counts[Count::kTimeouts]);
    case Figure::kDropped:
      return static_cast<double>(result.counts[Count::kDropped]);
  }
  return 0;
}

AssertionResult Gate::check(const RunResult& result) const {
  const double value = actual(result);
  // A run that was answered nothing meets no bound on its times.
  const bool has_figure = !is_time() || times(result).count() > 0;
  const std::string shown = !has_figure ? "no answer"
                            : is_time() ? duration_text(value)
                                        : fmt::format("{:.6g}", value);
  return {.text = text_, .actual = shown, .is_met = has_figure && holds(value, relation_, bound_)};
}

}  // namespace pelikan::load
