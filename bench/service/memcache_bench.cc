// The service's whole path in process: bytes in, key operations on a seg store, bytes out. One
// thread, 32-byte keys and 64-byte values, all hits; a readable event holds 32 operations. The time
// shown is that of one operation.
//
//   build/bench/service.memcache_bench
#include <benchmark/benchmark.h>

#include <cstddef>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "base/assertion.h"
#include "buffer/output.h"
#include "core/service.h"
#include "log/klog.h"
#include "log/log.h"
#include "metric/registry.h"
#include "option/option_set.h"
#include "service/memcache.h"
#include "storage/seg/seg_access.h"
#include "storage/seg/seg_store.h"

namespace {

using namespace pelikan;

constexpr size_t kPerEvent = 32;
constexpr size_t kEvents = 4096;  // different ones, so that keys do not stay in the cache

std::string key_of(size_t number) {
  std::string key = "user:profile:" + std::to_string(number) + ":";
  key.resize(32, 'x');
  return key;
}

// Everything around a conversation but sockets.
class Bench {
 public:
  // klog_sample 0: no command log.
  explicit Bench(size_t keys, uint64_t klog_sample = 0)
      : keys_(keys), klog_(sampled(klog_options_, klog_sample), registry_, time_, log_) {
    for (size_t i = 0; i < keys_; ++i) send(set_of(key_of(i)));
  }

  static std::string set_of(const std::string& key) {
    return "set " + key + " 0 3600 64\r\n" + std::string(64, 'v') + "\r\n";
  }
  [[nodiscard]] std::string random_key() { return key_of(random_() % keys_); }

  void send(const std::string& request) {
    std::memcpy(in_.data(), request.data(), request.size());
    serve({in_.data(), request.size()});
  }
  // REQUIRES: kReadSlack bytes behind it
  void serve(std::string_view request) {
    const Progress progress = conversation_->process(request, out_);
    CHECK(progress.consumed == request.size());
    replied_ += out_.size();
    out_.clear();
    if (++events_ % kEventsPerFlush == 0) klog_.flush();
  }
  [[nodiscard]] size_t replied() const { return replied_; }

 private:
  struct Alone final : Service {
    std::unique_ptr<Processor> processor(const Clock& /*clock*/) override { return {}; }
  };

  static const SegOptions& sized(SegOptions& options) {
    options.memory.set({512 * kMiB});
    options.item_mean.set({112});
    return options;
  }

  static const KlogOptions& sampled(KlogOptions& options, uint64_t sample) {
    if (sample == 0) return options;
    options.file.set("/dev/null");
    options.sample.set(sample);
    return options;
  }

  static constexpr size_t kEventsPerFlush = 1024;

  size_t keys_;
  size_t events_ = 0;
  std::mt19937_64 random_{1};
  SystemTime time_;
  Clock clock_{time_};
  MetricRegistry registry_;
  LogOptions log_options_;
  LogMetrics log_metrics_{registry_};
  Log log_{log_options_, log_metrics_, time_};
  MemcacheOptions options_;
  OptionSet all_options_{{&options_}};
  NoConnections connections_;
  Alone service_;
  ServerContext context_{.options = all_options_,
                         .metrics = registry_,
                         .time = time_,
                         .log = log_,
                         .connections = connections_,
                         .version = "0",
                         .start_boot_ms = 0,
                         .start_unix_ms = 0,
                         .workers = 1};
  MemcacheControl control_{options_, context_, service_};
  KlogOptions klog_options_;
  Klog klog_;
  SegOptions seg_options_;
  SegStore store_{sized(seg_options_), 2, time_, registry_};
  MemcacheProcessor<SegStore::Access> processor_{[this] { return store_.access(clock_); }, clock_,
                                                 control_, klog_.writer(clock_), registry_};
  BufferMetrics buffer_metrics_{registry_};
  BufferPool pool_{16 * kMiB, buffer_metrics_};
  Output out_{pool_};
  std::unique_ptr<Conversation> conversation_ = processor_.open("tcp:127.0.0.1:53920", 7);
  std::vector<char> in_ = std::vector<char>(64 * kKiB + kReadSlack);
  size_t replied_ = 0;
};

enum class Shape { kGets, kMultiGet, kSets };

std::string event_of(Bench& bench, Shape shape) {
  std::string text;
  for (size_t i = 0; i < kPerEvent; ++i) {
    const std::string key = bench.random_key();
    if (shape == Shape::kGets) text += "get " + key + "\r\n";
    if (shape == Shape::kSets) text += Bench::set_of(key);
    if (shape == Shape::kMultiGet) text += (i == 0 ? "get " : " ") + key;
  }
  if (shape == Shape::kMultiGet) text += "\r\n";
  text.reserve(text.size() + kReadSlack);
  return text;
}

void serve(benchmark::State& state, Shape shape, uint64_t klog_sample = 0) {
  Bench bench(static_cast<size_t>(state.range(0)), klog_sample);
  std::vector<std::string> events;
  for (size_t i = 0; i < kEvents; ++i) events.push_back(event_of(bench, shape));
  size_t next = 0;
  for ([[maybe_unused]] auto round : state) {
    bench.serve(events[next]);
    next = (next + 1) % kEvents;
  }
  CHECK(shape != Shape::kGets || bench.replied() > 100 * kPerEvent * state.iterations());
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations() * kPerEvent));
}

BENCHMARK_CAPTURE(serve, gets, Shape::kGets)->Arg(5'000)->Arg(1'000'000);
BENCHMARK_CAPTURE(serve, gets_logged, Shape::kGets, 100)->Arg(5'000)->Arg(1'000'000);
BENCHMARK_CAPTURE(serve, multi_get, Shape::kMultiGet)->Arg(5'000)->Arg(1'000'000);
BENCHMARK_CAPTURE(serve, sets, Shape::kSets)->Arg(5'000)->Arg(1'000'000);

}  // namespace

BENCHMARK_MAIN();
