#include "load/engine/summary.h"

#include <fmt/format.h>

#include "base/text_table.h"
#include "load/engine/figures.h"

namespace pelikan::load {
namespace {

constexpr std::string_view kGreen = "\x1b[32m", kRed = "\x1b[31m", kPlain = "\x1b[0m";

std::string time_text(uint64_t nanoseconds) {
  return duration_text(static_cast<double>(nanoseconds));
}

std::string coloured(std::string_view text, bool is_good, bool in_colour) {
  if (!in_colour) return std::string(text);
  return fmt::format("{}{}{}", is_good ? kGreen : kRed, text, kPlain);
}

void add_latencies(TextTable& table, std::string_view name, const HistogramSnapshot& values) {
  TextTable::Row row = {std::string(name), count_text(static_cast<double>(values.count())),
                        duration_text(mean_of(values))};
  for (const double share : {0.5, 0.9, 0.99, 0.999, 0.9999}) {
    row.push_back(time_text(values.percentile(share)));
  }
  row.push_back(time_text(values.max()));
  table.add(std::move(row));
}

std::string latency_table(const RunResult& result) {
  TextTable table({"latency", "count", "mean", "p50", "p90", "p99", "p99.9", "p99.99", "max"});
  for (const VerbResult& verb : result.verbs) {
    add_latencies(table, verb.name, verb.latencies.response);
  }
  if (result.verbs.size() > 1) add_latencies(table, "all", result.latencies.response);
  if (!result.closed_loop) {
    add_latencies(table, "service", result.latencies.service);
    add_latencies(table, "lag", result.latencies.lag);
  }
  if (result.handshakes.times.count() > 0)
    add_latencies(table, "handshakes", result.handshakes.times);
  return table.plain();
}

std::string errors_text(const Counts& counts) {
  std::string text = fmt::format("errors {}", counts.errors());
  std::string_view separator = " (";
  for (const Count count : kErrorCounts) {
    if (counts[count] == 0) continue;
    text += fmt::format("{}{} {}", separator, count_name(count), counts[count]);
    separator = ", ";
  }
  if (counts.errors() > 0) text += ")";
  if (counts[Count::kDropped] > 0) text += fmt::format(", dropped {}", counts[Count::kDropped]);
  return text;
}

std::string keys_text(const Counts& counts) {
  std::string text;
  if (counts[Count::kHits] + counts[Count::kMisses] > 0) {
    text += fmt::format(", hit {} ({} of {})", percent_text(counts.hit_ratio()),
                        counts[Count::kHits], counts[Count::kHits] + counts[Count::kMisses]);
  }
  if (counts[Count::kNotStored] > 0) {
    text += fmt::format(", not stored {}", counts[Count::kNotStored]);
  }
  return text;
}

// Empty when there were none.
std::string handshakes_text(const Handshakes& handshakes) {
  const uint64_t done = handshakes.times.count();
  if (done + handshakes.failed == 0) return {};
  return fmt::format("TLS: {} handshakes, {} of them resumed, {} failed\n", done,
                     handshakes.resumed, handshakes.failed);
}

std::string cpu_text(const RunResult& result) {
  double cpu_s = 0;
  for (const ThreadUse& use : result.threads) cpu_s += use.cpu_s;
  const uint64_t done = result.counts[Count::kDone];
  return fmt::format("generator: {:.2f} s CPU, {} per request, {} thread{}\n", cpu_s,
                     duration_text(done == 0 ? 0 : cpu_s * 1e9 / static_cast<double>(done)),
                     result.threads.size(), result.threads.size() == 1 ? "" : "s");
}

}  // namespace

std::string summary_text(const RunResult& result, bool in_colour) {
  std::string text;
  for (const RunVerdict& verdict : result.verdicts) {
    text += coloured(verdict.sentence, verdict.kind == VerdictKind::kSound, in_colour) + "\n";
  }
  if (result.closed_loop && result.verdicts.front().kind != VerdictKind::kSound) {
    text += "closed loop: latency is not comparable with open-loop results\n";
  }
  text += fmt::format("\n{} requests in {:.2f} s, {}/s", result.counts[Count::kDone],
                      result.seconds, count_text(result.rate()));
  text += keys_text(result.counts) + ", " + errors_text(result.counts) + "\n";
  if (result.passed_over > 0) {
    text +=
        fmt::format("passed over {} commands of the trace, which are none of a cache's client\n",
                    result.passed_over);
  }
  for (const PhaseResult& phase : result.phases) {
    if (result.phases.size() < 2) break;
    text += fmt::format("  {}: {}/s of {}/s planned\n", phase.plan, count_text(phase.achieved_rate),
                        count_text(phase.planned_rate));
  }
  text +=
      "\n" + latency_table(result) + "\n" + handshakes_text(result.handshakes) + cpu_text(result);
  for (const AssertionResult& assertion : result.assertions) {
    text += coloured(fmt::format("{} {}: {}\n", assertion.is_met ? "met" : "FAILED", assertion.text,
                                 assertion.actual),
                     assertion.is_met, in_colour);
  }
  return text;
}

}  // namespace pelikan::load
