#include "load/report/memtier.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>
#include <utility>

#include "load/engine/figures.h"
#include "load/workload/mix.h"
#include "load/workload/words.h"

namespace pelikan::load {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kFormatVersion = 2;

constexpr std::array kShares = {std::pair{"p50.00", 0.5},   std::pair{"p90.00", 0.9},
                                std::pair{"p95.00", 0.95},  std::pair{"p99.00", 0.99},
                                std::pair{"p99.90", 0.999}, std::pair{"p99.99", 0.9999}};

double hundredths(double value) { return std::round(value * 100) / 100; }
double milliseconds(double nanoseconds) { return std::round(nanoseconds / 1e3) / 1e3; }
double milliseconds(uint64_t nanoseconds) { return milliseconds(static_cast<double>(nanoseconds)); }
double per_second(uint64_t count, double seconds) {
  return seconds > 0 ? hundredths(static_cast<double>(count) / seconds) : 0;
}
double kilobytes_per_second(uint64_t bytes, double seconds) {
  return seconds > 0 ? hundredths(static_cast<double>(bytes) / 1024 / seconds) : 0;
}

// What was measured of one section.
struct Section {
  Counts counts;
  HistogramSnapshot response;

  void add(const Counts& more, const HistogramSnapshot& responses) {
    counts.add(more);
    response.add(responses);
  }
};

// As many keys as memtier writes for samples that are there.
void put_percentiles(Json& to, const HistogramSnapshot& values) {
  for (const auto& [name, share] : kShares) to[name] = milliseconds(values.percentile(share));
}

uint64_t least_of(const HistogramSnapshot& values) {
  for (size_t i = 0; i < values.buckets().size(); ++i) {
    if (values.buckets()[i] != 0) return HistogramScale::lower_bound(i);
  }
  return 0;
}

void put_latencies(Json& to, const HistogramSnapshot& values) {
  to["Average Latency"] = milliseconds(mean_of(values));
  to["Accumulated Latency"] = values.sum() / 1'000'000;
  to["Min Latency"] = milliseconds(least_of(values));
  to["Max Latency"] = milliseconds(values.max());
}

Json json_of(const Section& section, double seconds) {
  const Counts& counts = section.counts;
  const uint64_t broken = counts[Count::kLost] + counts[Count::kBroken];
  Json json;
  json["Count"] = counts[Count::kDone];
  json["Ops/sec"] = per_second(counts[Count::kDone], seconds);
  json["Hits/sec"] = per_second(counts[Count::kHits], seconds);
  json["Misses/sec"] = per_second(counts[Count::kMisses], seconds);
  json["Connection Errors/sec"] = per_second(broken, seconds);
  json["Connection Errors"] = broken;
  json["Latency"] = milliseconds(mean_of(section.response));
  put_latencies(json, section.response);
  json["Time-Serie"] = Json::object();
  put_percentiles(json["Percentile Latencies"] = Json::object(), section.response);
  return json;
}

struct Second {
  Section section;
  uint64_t bytes_in = 0;
  uint64_t bytes_out = 0;
};

// An interval counts in the second in which it begins; memtier knows no other steps.
Json series_of(const std::vector<Interval>& series) {
  std::map<uint64_t, Second> seconds;
  for (const Interval& interval : series) {
    // Intervals begin a little late, never early: 0.9998 is the second second.
    Second& second = seconds[static_cast<uint64_t>(interval.start_s + 0.005)];
    second.section.add(interval.counts, interval.response);
    second.bytes_in += interval.bytes_in;
    second.bytes_out += interval.bytes_out;
  }
  Json json = Json::object();
  for (const auto& [at, second] : seconds) {
    Json& entry = json[fmt::format("{}", at)];
    entry["Bytes RX"] = second.bytes_in;
    entry["Bytes TX"] = second.bytes_out;
    entry["Count"] = second.section.counts[Count::kDone];
    if (second.section.response.count() == 0) continue;
    put_latencies(entry, second.section.response);
    put_percentiles(entry, second.section.response);
  }
  return json;
}

Json totals_of(const RunResult& result) {
  Section all;
  all.add(result.counts, result.latencies.response);
  Json json = json_of(all, result.seconds);
  json["KB/sec"] = kilobytes_per_second(result.bytes_in + result.bytes_out, result.seconds);
  json["KB/sec RX/TX"] = json["KB/sec"];
  json["KB/sec RX"] = kilobytes_per_second(result.bytes_in, result.seconds);
  json["KB/sec TX"] = kilobytes_per_second(result.bytes_out, result.seconds);
  json["Time-Serie"] = series_of(result.series);
  return json;
}

// How many percent of the answers took at most so long.
Json distribution_of(const HistogramSnapshot& values) {
  Json rows = Json::array();
  uint64_t seen = 0;
  for (size_t i = 0; i < values.buckets().size(); ++i) {
    if (values.buckets()[i] == 0) continue;
    seen += values.buckets()[i];
    const double share = static_cast<double>(seen) / static_cast<double>(values.count());
    const uint64_t bound =
        seen == values.count() ? values.max() : HistogramScale::lower_bound(i + 1) - 1;
    rows.push_back({{"<=msec", milliseconds(bound)}, {"percent", hundredths(100 * share)}});
  }
  return rows;
}

// "delete" is "Deletes"; whatever stores is "Sets", what reads is "Gets".
std::string section_name(const std::string& verb) {
  const std::optional<Verb> known = parse_verb(verb);
  if (known && has_value(*known)) return "Sets";
  if (known && reads_value(*known)) return "Gets";
  std::string name = verb + "s";
  if (name.front() >= 'a' && name.front() <= 'z') name.front() = static_cast<char>(name[0] - 32);
  return name;
}

Json runtime_of(const RunResult& result) {
  const auto duration_ms = static_cast<int64_t>(std::llround(result.seconds * 1e3));
  return {{"Start time", result.started_unix_ms},
          {"Finish time", result.started_unix_ms + duration_ms},
          {"Total duration", duration_ms},
          {"Time unit", "MILLISECONDS"}};
}

Json all_stats_of(const RunResult& result) {
  std::map<std::string, Section> sections = {{"Sets", {}}, {"Gets", {}}};
  for (const VerbResult& verb : result.verbs) {
    sections[section_name(verb.name)].add(verb.counts, verb.latencies.response);
  }
  Json json;
  json["Runtime"] = runtime_of(result);
  for (const char* name : {"Sets", "Gets"}) json[name] = json_of(sections[name], result.seconds);
  json["Waits"] = json_of({}, result.seconds);
  for (const auto& [name, section] : sections) {
    if (!json.contains(name)) json[name] = json_of(section, result.seconds);
  }
  json["Totals"] = totals_of(result);
  json["SET"] = distribution_of(sections["Sets"].response);
  json["GET"] = distribution_of(sections["Gets"].response);
  return json;
}

// An option's value: a number where it is one, so that 1k is 1000.
Json option_of(const RunResult& result, std::string_view name) {
  for (const auto& [option, text] : result.config) {
    if (option != name) continue;
    const std::optional<double> number = parse_count(text);
    if (!number) return text;
    if (*number == std::floor(*number)) return static_cast<int64_t>(*number);
    return *number;
  }
  return nullptr;
}

// Those of memtier's names that have a meaning here.
Json configuration_of(const RunResult& result) {
  constexpr std::array kNames = {std::pair{"server", "servers"},
                                 std::pair{"protocol", "protocol"},
                                 std::pair{"requests", "requests"},
                                 std::pair{"clients", "connections"},
                                 std::pair{"threads", "threads"},
                                 std::pair{"ratio", "ks.default.mix"},
                                 std::pair{"pipeline", "pipeline"},
                                 std::pair{"data_size", "ks.default.value_size"},
                                 std::pair{"expiry_range", "ks.default.ttl"},
                                 std::pair{"key_prefix", "ks.default.key_prefix"},
                                 std::pair{"key_maximum", "ks.default.keys"},
                                 std::pair{"key_pattern", "ks.default.popularity"},
                                 std::pair{"reconnect_interval", "reconnect_every"}};
  Json json;
  for (const auto& [name, option] : kNames) {
    if (Json value = option_of(result, option); !value.is_null()) json[name] = std::move(value);
  }
  return json;
}

Json run_information_of(const RunResult& result) {
  return {{"Threads", result.threads.size()},
          {"Connections per thread", option_of(result, "connections")},
          {"Seconds", std::llround(result.seconds)},
          {"Format version", kFormatVersion}};
}

}  // namespace

std::string memtier_text(const RunResult& result) {
  Json json;
  json["configuration"] = configuration_of(result);
  json["run information"] = run_information_of(result);
  json["ALL STATS"] = all_stats_of(result);
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace pelikan::load
