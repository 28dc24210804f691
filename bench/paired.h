// Paired benchmarks: a subject and the floor it is judged by take turns in chunks within every
// repetition, so a machine that is busy or throttled slows both. The best repetition of each
// counts.
//
//   BENCHMARK(my_benchmark)->Apply(pelikan::bench::paired);
//   void my_benchmark(benchmark::State& state) {
//     pelikan::bench::measure(state, {.goal = 1.6, .per_chunk = 65'536}, floor_chunk,
//     subject_chunk);
//   }
//   int main(int argc, char** argv) { return pelikan::bench::run(argc, argv); }   // prints the
//   table
#pragma once

#include <benchmark/benchmark.h>
#include <time.h>

#include <algorithm>
#include <cstdio>
#include <limits>
#include <map>
#include <string>

namespace pelikan::bench {

struct Terms {
  double goal;       // the subject's time per operation over the floor's, at most; 0: none set
  size_t per_chunk;  // operations of a call of floor or subject
};

struct Best {
  double goal = 0;
  double subject_ns = std::numeric_limits<double>::infinity();
  double floor_ns = std::numeric_limits<double>::infinity();
};

// By the benchmark's name; filled as repetitions end.
inline std::map<std::string, Best>& results() {
  static std::map<std::string, Best> all;
  return all;
}

// CPU time of the calling thread: what else runs on the machine takes caches, but no time.
inline double cpu_seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

inline double seconds_of(auto& act) {
  const double start = cpu_seconds();
  act();
  return cpu_seconds() - start;
}

// One repetition. Floor and subject are called without arguments and do `per_chunk` operations.
inline void measure(benchmark::State& state, const char* name, Terms terms, auto floor,
                    auto subject) {
  double floor_s = 0;
  double subject_s = 0;
  size_t operations = 0;
  for ([[maybe_unused]] auto chunk : state) {
    floor_s += seconds_of(floor);
    const double elapsed = seconds_of(subject);
    state.SetIterationTime(elapsed);
    subject_s += elapsed;
    operations += terms.per_chunk;
  }
  const auto count = static_cast<double>(operations);
  Best& best = results()[name];
  best.goal = terms.goal;
  best.subject_ns = std::min(best.subject_ns, subject_s * 1e9 / count);
  best.floor_ns = std::min(best.floor_ns, floor_s * 1e9 / count);
  state.counters["ns"] = subject_s * 1e9 / count;
  state.counters["floor_ns"] = floor_s * 1e9 / count;
  state.counters["ratio"] = subject_s / floor_s;
}

inline void paired(benchmark::internal::Benchmark* benchmark) {
  benchmark->Iterations(48)->Repetitions(9)->ReportAggregatesOnly()->UseManualTime()->Unit(
      benchmark::kMillisecond);
}

// 1 when a goal was missed.
inline int print_results() {
  int status = 0;
  std::printf("\nbest of 9 repetitions       ns   M/s  floor ns  ratio\n");
  for (const auto& [name, best] : results()) {
    const double ratio = best.subject_ns / best.floor_ns;
    std::printf("%-22s %7.1f %5.1f   %7.1f  %5.2f", name.c_str(), best.subject_ns,
                1e3 / best.subject_ns, best.floor_ns, ratio);
    const bool is_missed = best.goal != 0 && ratio > best.goal;
    if (best.goal != 0) std::printf("  goal %.2f, %s", best.goal, is_missed ? "MISSED" : "met");
    std::printf("\n");
    if (is_missed) status = 1;
  }
  return status;
}

inline int run(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::RunSpecifiedBenchmarks();
  return print_results();
}

}  // namespace pelikan::bench
