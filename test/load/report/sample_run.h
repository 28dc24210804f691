// A small run with something in every field.
#pragma once

#include <string>

#include "load/engine/result.h"

namespace pelikan::load::test {

inline HistogramSnapshot times(uint64_t least_us, uint64_t most_us) {
  Histogram histogram;
  for (uint64_t us = least_us; us <= most_us; ++us) histogram.record(us * 1000);
  HistogramSnapshot snapshot;
  histogram.add_to(snapshot);
  return snapshot;
}

inline Interval sample_interval(double start_s, uint64_t done) {
  Interval interval;
  interval.start_s = start_s;
  interval.seconds = 0.5;
  interval.planned_rate = 2000;
  interval.counts[Count::kSent] = done + 1;
  interval.counts[Count::kDone] = done;
  interval.counts[Count::kHits] = 3 * done / 4;
  interval.counts[Count::kMisses] = done / 4;
  interval.counts[Count::kTimeouts] = 2;
  interval.response = times(1, done);
  interval.lag = times(1, 10);
  interval.bytes_in = 5000;
  interval.bytes_out = 700;
  interval.connections = 16;
  return interval;
}

inline RunResult sample_run() {
  RunResult run;
  run.started_unix_ms = 1'700'000'000'000;
  run.seconds = 1;
  run.closed_loop = false;
  run.planned_s = 1;
  run.series = {sample_interval(0, 1000), sample_interval(0.5, 800)};
  for (const Interval& interval : run.series) {
    run.counts.add(interval.counts);
    run.latencies.response.add(interval.response);
    run.latencies.lag.add(interval.lag);
  }
  run.latencies.service = times(1, 500);
  run.own_lag = times(1, 3);
  run.stalled_s = 0.25;
  run.full_s = 0.125;
  run.passed_over = 3;
  run.bytes_in = 10000;
  run.bytes_out = 1400;
  run.handshakes = {.times = times(300, 900), .resumed = 7, .failed = 2};
  run.prefill = {.keys = 100, .seconds = 0.5, .resident = 0.97};
  run.phases = {{.plan = "const 2k 1s",
                 .start_s = 0,
                 .seconds = 1,
                 .planned_rate = 2000,
                 .achieved_rate = 1800}};
  run.verbs = {{.name = "get", .counts = run.counts, .latencies = run.latencies}};
  run.threads = {{.cpu_s = 0.1, .wait_s = 0.01, .seconds = 1}};
  run.servers = {{.address = "127.0.0.1:11211",
                  .version = "0.1.0",
                  .stats_before = {{"cmd_get", "5"}},
                  .stats_after = {{"cmd_get", "1805"}}}};
  run.host = {.cpu = "a CPU", .cpus = 2, .kernel = "6.1", .governor = "performance", .nic = "lo"};
  run.config = {{"rate", "2k"}, {"mix", "get:1"}};
  run.verdicts = {{.kind = VerdictKind::kServerStalled, .sentence = "server stalled 0.2 s"}};
  run.assertions = {{.text = "p99<1ms", .actual = "990us", .is_met = true}};
  return run;
}

}  // namespace pelikan::load::test
