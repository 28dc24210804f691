// What the load generator pays before it sends: drawing a request, its key, its value, its time.
//
//   build/bench/load.workload_bench
#include <benchmark/benchmark.h>

#include <cstring>
#include <string>

#include "load/workload/arrivals.h"
#include "load/workload/workload.h"

namespace {

using namespace pelikan::load;

constexpr uint64_t kKeys = 10'000'000;

void draw_key(benchmark::State& state, const char* text) {
  Popularity popularity({.popularity = Setting("popularity", text), .keys = kKeys}, {});
  Random random(1);
  for ([[maybe_unused]] auto round : state) benchmark::DoNotOptimize(popularity.read(random));
}
BENCHMARK_CAPTURE(draw_key, uniform, "uniform");
BENCHMARK_CAPTURE(draw_key, zipf_0_99, "zipf 0.99");
BENCHMARK_CAPTURE(draw_key, zipf_1, "zipf 1");
BENCHMARK_CAPTURE(draw_key, zipf_1_5, "zipf 1.5");
BENCHMARK_CAPTURE(draw_key, hotset, "hotset 10 90");
BENCHMARK_CAPTURE(draw_key, sequential, "sequential");
BENCHMARK_CAPTURE(draw_key, latest, "latest");
BENCHMARK_CAPTURE(draw_key, exponential, "exponential");

void draw_size(benchmark::State& state, const char* text) {
  const Distribution sizes(Setting("value_size", text), Quantity::kValueBytes);
  uint64_t key = 0;
  for ([[maybe_unused]] auto round : state) benchmark::DoNotOptimize(sizes.draw_for(1, ++key));
}
BENCHMARK_CAPTURE(draw_size, constant, "64");
BENCHMARK_CAPTURE(draw_size, list, "list 32:50,1k:40,64k:10");
BENCHMARK_CAPTURE(draw_size, lognormal, "lognormal 5 0.7");
BENCHMARK_CAPTURE(draw_size, fb_etc, "fb_etc");

void draw_time(benchmark::State& state, const char* text) {
  const Schedule schedule(Setting("schedule", text), 1);
  Arrivals arrivals(schedule, ArrivalKind::kPoisson, {}, Random(1));
  for ([[maybe_unused]] auto round : state) benchmark::DoNotOptimize(arrivals.next());
}
BENCHMARK_CAPTURE(draw_time, constant, "const 100k 300d");
BENCHMARK_CAPTURE(draw_time, ramp, "ramp 100k 200k 300d");
BENCHMARK_CAPTURE(draw_time, sine, "sine 100k 50k 1m 300d");

// A request as it is planned, with the bytes of its key.
void plan_request(benchmark::State& state) {
  KeyspaceGroups groups;
  groups.group("default").keys.set(kKeys);
  const Workload workload(groups, 1);
  RequestStream stream(workload, {}, Random(1));
  char key[KeyText::kMaxBytes];
  for ([[maybe_unused]] auto round : state) {
    const PlannedRequest request = stream.next();
    benchmark::DoNotOptimize(request.keyspace->write_key(request.key, key));
  }
}
BENCHMARK(plan_request);

void make_value(benchmark::State& state) {
  const ValueMaker values(1, 65'536, 1);
  const auto size = static_cast<uint32_t>(state.range(0));
  std::string out(size, '\0');
  ValueName name{.key = 0, .size = size, .stored_ms = 0};
  for ([[maybe_unused]] auto round : state) {
    ++name.key;
    char* end = out.data();
    values.make(name, [&end](std::string_view piece) {
      std::memcpy(end, piece.data(), piece.size());
      end += piece.size();
    });
    benchmark::DoNotOptimize(out.data());
  }
}
BENCHMARK(make_value)->Arg(8)->Arg(64)->Arg(1024)->Arg(16384);

void verify_value(benchmark::State& state) {
  const ValueMaker values(1, 65'536, 1);
  const auto size = static_cast<uint32_t>(state.range(0));
  std::string bytes;
  values.make({.key = 7, .size = size, .stored_ms = 0},
              [&bytes](std::string_view piece) { bytes.append(piece); });
  for ([[maybe_unused]] auto round : state)
    benchmark::DoNotOptimize(values.verify(7, bytes, 60, 1000));
}
BENCHMARK(verify_value)->Arg(64)->Arg(16384);

}  // namespace

BENCHMARK_MAIN();
