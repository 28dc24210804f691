#include "load/report/json.h"

#include <fmt/format.h>

#include <array>
#include <concepts>
#include <exception>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <type_traits>
#include <utility>

#include "base/setup_error.h"
#include "core/version.h"
#include "load/engine/figures.h"

namespace pelikan::load {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kSchema = 1;
constexpr std::string_view kTool = "pelikan_load";

constexpr std::array kShares = {std::pair{"p50", 0.5}, std::pair{"p90", 0.9},
                                std::pair{"p99", 0.99}, std::pair{"p99.9", 0.999},
                                std::pair{"p99.99", 0.9999}};

// A struct to be written, which is const, or to be read.
template <class Value, class Struct>
concept Of = std::same_as<std::remove_const_t<Value>, Struct>;

// Each struct is described once, for both directions. An archive takes fields, which are written
// and read, those added later, which older reports lack, and derived figures, which are written
// only.
template <class Archive, Of<Latencies> Value>
void describe(Archive& archive, Value& latencies) {
  archive.field("response", latencies.response);
  archive.field("service", latencies.service);
  archive.field("lag", latencies.lag);
}

template <class Archive, Of<VerbResult> Value>
void describe(Archive& archive, Value& verb) {
  archive.derived("count", verb.counts[Count::kDone]);
  archive.derived("hit", verb.counts.hit_ratio());
  archive.field("counts", verb.counts);
  archive.field("hist", verb.latencies);
}

template <class Archive, Of<Interval> Value>
void describe(Archive& archive, Value& interval) {
  archive.field("start_s", interval.start_s);
  archive.field("seconds", interval.seconds);
  archive.field("planned", interval.planned_rate);
  const auto done = static_cast<double>(interval.counts[Count::kDone]);
  archive.derived("achieved", interval.seconds > 0 ? done / interval.seconds : 0);
  archive.derived("hit", interval.counts.hit_ratio());
  archive.derived("errors", interval.counts.errors());
  archive.field("counts", interval.counts);
  archive.field("response", interval.response);
  archive.field("lag", interval.lag);
  archive.field("bytes_in", interval.bytes_in);
  archive.field("bytes_out", interval.bytes_out);
  archive.field("connections", interval.connections);
}

template <class Archive, Of<PhaseResult> Value>
void describe(Archive& archive, Value& phase) {
  archive.field("plan", phase.plan);
  archive.field("start_s", phase.start_s);
  archive.field("seconds", phase.seconds);
  archive.field("planned", phase.planned_rate);
  archive.field("achieved", phase.achieved_rate);
}

template <class Archive, Of<ThreadUse> Value>
void describe(Archive& archive, Value& use) {
  archive.field("cpu_s", use.cpu_s);
  archive.field("wait_s", use.wait_s);
  archive.field("seconds", use.seconds);
}

// Of a server's statistics, which stand in an object of their own.
template <class Server>
struct StatsOf {
  Server& server;
};

template <class Archive, class Server>
void describe(Archive& archive, const StatsOf<Server>& stats) {
  archive.field("before", stats.server.stats_before);
  archive.field("after", stats.server.stats_after);
}

template <class Archive, Of<ServerReport> Value>
void describe(Archive& archive, Value& server) {
  archive.field("address", server.address);
  archive.field("version", server.version);
  StatsOf<Value> stats{server};
  archive.field("stats", stats);
}

template <class Archive, Of<HostReport> Value>
void describe(Archive& archive, Value& host) {
  archive.field("cpu", host.cpu);
  archive.field("cpus", host.cpus);
  archive.field("kernel", host.kernel);
  archive.field("governor", host.governor);
  archive.field("nic", host.nic);
}

template <class Archive, Of<PrefillResult> Value>
void describe(Archive& archive, Value& prefill) {
  archive.field("keys", prefill.keys);
  archive.field("seconds", prefill.seconds);
  archive.field("resident", prefill.resident);
}

template <class Archive, Of<Handshakes> Value>
void describe(Archive& archive, Value& handshakes) {
  archive.field("times", handshakes.times);
  archive.field("resumed", handshakes.resumed);
  archive.field("failed", handshakes.failed);
}

template <class Archive, Of<RunVerdict> Value>
void describe(Archive& archive, Value& verdict) {
  archive.field("kind", verdict.kind);
  archive.field("sentence", verdict.sentence);
}

template <class Archive, Of<AssertionResult> Value>
void describe(Archive& archive, Value& assertion) {
  archive.field("text", assertion.text);
  archive.field("actual", assertion.actual);
  archive.field("met", assertion.is_met);
}

template <class Archive, Of<RunResult> Value>
void describe(Archive& archive, Value& result) {
  archive.field("started_unix_ms", result.started_unix_ms);
  archive.field("seconds", result.seconds);
  archive.field("closed_loop", result.closed_loop);
  archive.field("planned_s", result.planned_s);
  archive.derived("rate", result.rate());
  archive.derived("hit", result.counts.hit_ratio());
  archive.derived("errors", result.counts.errors());
  archive.field("verdicts", result.verdicts);
  archive.field("assertions", result.assertions);
  archive.field("host", result.host);
  archive.field("server", result.servers);
  archive.field("config", result.config);
  archive.field("prefill", result.prefill);
  archive.added("handshakes", result.handshakes);
  archive.field("phases", result.phases);
  archive.field("counts", result.counts);
  archive.field("passed_over", result.passed_over);
  archive.field("hist", result.latencies);
  archive.field("own_lag", result.own_lag);
  archive.field("stalled_s", result.stalled_s);
  archive.field("full_s", result.full_s);
  archive.field("bytes_in", result.bytes_in);
  archive.field("bytes_out", result.bytes_out);
  archive.field("threads", result.threads);
  archive.field("verbs", result.verbs);
  archive.field("series", result.series);
}

class Writer {
 public:
  template <class Value>
  void field(const char* name, const Value& value) {
    object_[name] = json_of(value);
  }
  template <class Value>
  void derived(const char* name, const Value& value) {
    field(name, value);
  }
  template <class Value>
  void added(const char* name, const Value& value) {
    field(name, value);
  }
  [[nodiscard]] Json take() { return std::move(object_); }

 private:
  template <class Value>
  static Json json_of(const Value& value) {
    if constexpr (std::is_arithmetic_v<Value> || std::same_as<Value, std::string>) {
      return value;
    } else {
      Writer writer;
      describe(writer, value);
      return writer.take();
    }
  }
  template <class Value>
  static Json json_of(const std::vector<Value>& values) {
    Json array = Json::array();
    for (const Value& value : values) array.push_back(json_of(value));
    return array;
  }
  static Json json_of(const std::vector<VerbResult>& verbs) {
    Json object = Json::object();
    for (const VerbResult& verb : verbs) object[verb.name] = json_of(verb);
    return object;
  }
  static Json json_of(const NamedTexts& texts) {
    Json object = Json::object();
    for (const auto& [name, text] : texts) object[name] = text;
    return object;
  }
  static Json json_of(const Counts& counts) {
    Json object;
    for (size_t i = 0; i < kCounts; ++i) {
      object[std::string(count_name(static_cast<Count>(i)))] = counts.cells[i];
    }
    return object;
  }
  static Json json_of(VerdictKind kind) { return std::string(verdict_name(kind)); }
  static Json json_of(const HistogramSnapshot& values) {
    Json object;
    object["count"] = values.count();
    object["mean"] = mean_of(values);
    for (const auto& [name, share] : kShares) object[name] = values.percentile(share);
    object["max"] = values.max();
    object["sum"] = values.sum();
    Json& buckets = object["buckets"] = Json::array();
    for (size_t i = 0; i < values.buckets().size(); ++i) {
      if (values.buckets()[i] == 0) continue;
      buckets.push_back({HistogramScale::lower_bound(i), values.buckets()[i]});
    }
    return object;
  }

  Json object_ = Json::object();
};

class Reader {
 public:
  explicit Reader(const Json& object) : object_(object) {}

  template <class Value>
  void field(const char* name, Value& value) {
    read(object_.at(name), value);
  }
  template <class Value>
  void derived(const char*, const Value&) {}
  template <class Value>
  void added(const char* name, Value& value) {
    if (object_.contains(name)) field(name, value);
  }

 private:
  template <class Value>
  static void read(const Json& json, Value& value) {
    if constexpr (std::is_arithmetic_v<Value> || std::same_as<Value, std::string>) {
      json.get_to(value);
    } else {
      Reader reader(json);
      describe(reader, value);
    }
  }
  template <class Value>
  static void read(const Json& json, std::vector<Value>& values) {
    for (const Json& element : json) read(element, values.emplace_back());
  }
  static void read(const Json& json, std::vector<VerbResult>& verbs) {
    for (const auto& [name, verb] : json.items()) {
      verbs.emplace_back().name = name;
      read(verb, verbs.back());
    }
  }
  static void read(const Json& json, NamedTexts& texts) {
    for (const auto& [name, text] : json.items()) texts.emplace_back(name, text);
  }
  static void read(const Json& json, Counts& counts) {
    for (size_t i = 0; i < kCounts; ++i) {
      json.at(std::string(count_name(static_cast<Count>(i)))).get_to(counts.cells[i]);
    }
  }
  static void read(const Json& json, VerdictKind& kind) {
    for (const auto known :
         {VerdictKind::kSound, VerdictKind::kGeneratorBound, VerdictKind::kServerStalled,
          VerdictKind::kServerBound, VerdictKind::kServerGone}) {
      if (verdict_name(known) != json.get<std::string>()) continue;
      kind = known;
      return;
    }
    throw std::invalid_argument(fmt::format("no verdict is called {}", json.dump()));
  }
  static void read(const Json& json, HistogramSnapshot& values) {
    std::vector<uint64_t> buckets;
    for (const Json& pair : json.at("buckets")) {
      const auto low = pair.at(0).get<uint64_t>();
      const size_t index = HistogramScale::index(low);
      if (HistogramScale::lower_bound(index) != low) {
        throw std::invalid_argument(fmt::format("no histogram's bucket begins at {}", low));
      }
      buckets.resize(HistogramScale::kBuckets);
      buckets[index] = pair.at(1);
    }
    values = HistogramSnapshot(std::move(buckets), json.at("sum"), json.at("max"));
  }

  const Json& object_;
};

}  // namespace

std::string json_text(const RunResult& result) {
  Writer writer;
  writer.field("schema", kSchema);
  writer.field("tool", std::string(kTool));
  writer.field("version", std::string(version()));
  describe(writer, result);
  return writer.take().dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

RunResult parse_json(std::string_view path, std::string_view text) {
  RunResult result;
  try {
    const Json json = Json::parse(text);
    if (json.at("tool") != kTool) throw std::invalid_argument("it is of another tool");
    if (json.at("schema") != kSchema) {
      throw std::invalid_argument(
          fmt::format("its schema is {}, known is {}", json.at("schema").dump(), kSchema));
    }
    Reader reader(json);
    describe(reader, result);
  } catch (const std::exception& error) {
    throw SetupError(ExitCode::kBadData,
                     fmt::format("{}: no JSON report of {}: {}", path, kTool, error.what()));
  }
  return result;
}

}  // namespace pelikan::load
