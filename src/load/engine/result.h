// RunResult: all that one run found out; summaries, reports and assertions are made from it.
//
// Thread safety: values.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "load/engine/counts.h"
#include "load/engine/handshakes.h"
#include "metric/histogram.h"

namespace pelikan::load {

using NamedTexts = std::vector<std::pair<std::string, std::string>>;

// Nanoseconds. In a closed loop a request is planned when it is written: response equals service,
// and lag is empty.
struct Latencies {
  HistogramSnapshot response;  // last byte of the reply - planned time: the headline
  HistogramSnapshot service;   // last byte of the reply - actual write
  HistogramSnapshot lag;       // actual write - planned time

  void add(const Latencies& other) {
    response.add(other.response);
    service.add(other.service);
    lag.add(other.lag);
  }
};

struct VerbResult {
  std::string name;  // "get", "set"; the fills after a miss count as "set"
  Counts counts;
  Latencies latencies;
};

// One step of the time series. Requests count where they end, not where they begin.
struct Interval {
  double start_s = 0;  // since the measured part began
  double seconds = 0;
  double planned_rate = 0;  // requests/s; 0 in a closed loop
  Counts counts;            // of all verbs
  HistogramSnapshot response;
  HistogramSnapshot lag;
  uint64_t bytes_in = 0;
  uint64_t bytes_out = 0;
  uint64_t connections = 0;  // up at its end, the idle ones included
};

// A part of the schedule; a run without one has a single phase.
struct PhaseResult {
  std::string plan;  // as configured: "ramp 10k 50k 30s", "closed loop"
  double start_s = 0;
  double seconds = 0;
  double planned_rate = 0;   // the mean; 0 in a closed loop
  double achieved_rate = 0;  // answers per second
};

// A thread of the generator, over the measured part.
struct ThreadUse {
  double cpu_s = 0;   // user and system
  double wait_s = 0;  // ready to run, but another task had the CPU
  double seconds = 0;
};

struct ServerReport {
  std::string address;
  std::string version;  // empty: the protocol cannot ask
  NamedTexts stats_before;
  NamedTexts stats_after;
};

struct HostReport {
  std::string cpu;
  uint32_t cpus = 0;
  std::string kernel;
  std::string governor;  // empty: the machine shows none
  std::string nic;       // the interface that leads to the first server
};

enum class VerdictKind : uint8_t {
  kSound,           // the numbers show the server
  kGeneratorBound,  // the generator was the bottleneck
  kServerStalled,   // windows were full and nothing was answered
  kServerBound,     // the server answered, but not as fast as planned
  kServerGone,      // the run ended early
};

// "sound", "generator_bound", ... as in reports.
[[nodiscard]] std::string_view verdict_name(VerdictKind kind) noexcept;

struct RunVerdict {
  VerdictKind kind = VerdictKind::kSound;
  std::string sentence;
};

struct AssertionResult {
  std::string text;  // "p99.9<2ms"
  std::string actual;
  bool is_met = false;
};

struct PrefillResult {
  uint64_t keys = 0;  // stored
  double seconds = 0;
  double resident = 0;  // share of them that the server had afterwards; negative: not asked
};

struct RunResult {
  int64_t started_unix_ms = 0;
  double seconds = 0;  // of the measured part
  bool closed_loop = true;
  double planned_s = 0;      // of the schedule; 0 in a closed loop
  Counts counts;             // of all verbs
  uint64_t passed_over = 0;  // commands of a trace that no cache's client sends
  Latencies latencies;
  HistogramSnapshot own_lag;  // the lag that is the generator's: there was room and it was awake
  double stalled_s = 0;       // windows were full and nothing was answered
  double full_s = 0;          // windows were full while requests were due
  uint64_t bytes_in = 0;
  uint64_t bytes_out = 0;
  Handshakes handshakes;  // of TLS; not those of the prefill
  PrefillResult prefill;
  std::vector<PhaseResult> phases;
  std::vector<VerbResult> verbs;
  std::vector<Interval> series;
  std::vector<ThreadUse> threads;
  std::vector<ServerReport> servers;
  HostReport host;
  NamedTexts config;                 // every option and its value
  std::vector<RunVerdict> verdicts;  // at least one, the weightiest first
  std::vector<AssertionResult> assertions;

  [[nodiscard]] double rate() const noexcept {  // answers per second
    return seconds > 0 ? static_cast<double>(counts[Count::kDone]) / seconds : 0;
  }
};

}  // namespace pelikan::load
