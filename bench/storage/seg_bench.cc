// The seg store against memory's own speed: 10 M items of 64 bytes (8 header, 16 key, 40 value),
// one thread, uniform keys.
//
// The floor is what no store that keeps items behind a hash table can go below: two dependent
// random cache-line loads per key (bucket, then item), one by one or in batches of 16 with
// prefetch, without comparing or copying.
//
//   build/bench/storage.seg_bench [--benchmark_filter=get]
#include <sys/mman.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <memory>
#include <random>
#include <span>
#include <string_view>
#include <vector>

#include "base/assertion.h"
#include "base/bytes.h"
#include "base/clock.h"
#include "metric/registry.h"
#include "paired.h"
#include "storage/seg/maintenance.h"
#include "storage/seg/seg_access.h"
#include "storage/seg/seg_options.h"
#include "storage/seg/seg_store.h"

namespace {

using namespace pelikan;

constexpr size_t kItems = 10'000'000;
constexpr size_t kLine = 64;
constexpr size_t kChunk = 65'536;

// ---- the queries: the same for floor and store

// Which items are asked for: uniform, in an order that no prefetcher knows, long enough that the
// caches cannot hold what one round touches.
class Queries {
 public:
  Queries() : numbers_(size_t{4} << 20U) {
    std::mt19937_64 random(42);
    for (uint32_t& number : numbers_) number = static_cast<uint32_t>(random() % kItems);
  }
  std::span<const uint32_t> next_chunk() {
    at_ = (at_ + kChunk) % numbers_.size();
    return std::span<const uint32_t>(numbers_).subspan(at_, kChunk);
  }

 private:
  std::vector<uint32_t> numbers_;
  size_t at_ = 0;
};

// ---- the floor

// Zeroed memory in huge pages where they are to be had, as the store's own.
template <class T>
class HugeArray {
 public:
  explicit HugeArray(size_t count) : bytes_(count * sizeof(T)) {
    void* memory =
        ::mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(memory != MAP_FAILED);
    ::madvise(memory, bytes_, MADV_HUGEPAGE);
    items_ = static_cast<T*>(memory);
  }
  ~HugeArray() { ::munmap(items_, bytes_); }
  HugeArray(const HugeArray&) = delete;
  HugeArray& operator=(const HugeArray&) = delete;
  T& operator[](size_t i) { return items_[i]; }

 private:
  size_t bytes_;
  T* items_;
};

struct Line {
  std::array<uint64_t, 8> words;
};

// As many bucket lines and item lines as the store has; a bucket's word says which item.
class Floor {
 public:
  Floor() {
    std::mt19937_64 random(7);
    for (size_t i = 0; i < kItems; ++i) {
      buckets_[bucket_of(i)].words[i % 8] = random() % kItems;
      items_[i].words[0] = i;  // words[1] stays 0: what a chained look-up adds to the next key
    }
  }

  // One look-up after the other. Chained, each waits for the one before, as a request does that a
  // client sends when it has read the last reply; otherwise the processor overlaps them.
  template <bool kChained>
  uint64_t single(std::span<const uint32_t> numbers) {
    uint64_t found = 0;
    for (const uint32_t number : numbers) {
      const uint64_t at = number + (kChained ? found : 0);
      found += items_[buckets_[bucket_of(at)].words[at % 8]].words[1];
    }
    return found;
  }

  uint64_t batched(std::span<const uint32_t> numbers) {
    uint64_t sum = 0;
    std::array<uint64_t, kBatch> item{};
    for (; !numbers.empty(); numbers = numbers.subspan(kBatch)) {
      for (size_t i = 0; i < kBatch; ++i) __builtin_prefetch(&buckets_[bucket_of(numbers[i])]);
      for (size_t i = 0; i < kBatch; ++i) {
        item[i] = buckets_[bucket_of(numbers[i])].words[numbers[i] % 8];
        __builtin_prefetch(&items_[item[i]]);
      }
      for (const uint64_t at : item) sum += items_[at].words[0];
    }
    return sum;
  }

 private:
  static constexpr size_t kBuckets = kItems * 10 / 49;  // 7 slots each, 7 of 10 taken

  static size_t bucket_of(uint64_t number) {
    const uint64_t hash = number * 0x9E3779B97F4A7C15U;
    return (hash >> 32U) * kBuckets >> 32U;
  }

  HugeArray<Line> buckets_{kBuckets};
  HugeArray<Line> items_{kItems};
};

// ---- the store

// A key of 16 bytes that is made of a number.
struct Key {
  uint64_t number;
  uint64_t rest = 0x7965'6b20'6120'7369;
  [[nodiscard]] std::string_view bytes() const { return {reinterpret_cast<const char*>(this), 16}; }
};

// Full of items 0..kItems-1 and not much larger.
class FullStore {
 public:
  FullStore() {
    set_new(kItems, [this](const Batch& batch) { CHECK(set(batch)); });
  }

  // As Floor's.
  template <bool kChained>
  uint64_t single(std::span<const uint32_t> numbers) {
    uint64_t found = 0;
    for (const uint32_t number : numbers) {
      const auto epoch = access_.enter();
      const Key key{number + (kChained ? found : 0)};
      Lookup lookup{key.bytes()};
      access_.prepare({&lookup, 1});
      const auto item = access_.get(lookup);
      CHECK(item.has_value());
      found += static_cast<uint64_t>(item->value_part(0)[8]);
    }
    return found;
  }

  uint64_t batched(std::span<const uint32_t> numbers) {
    uint64_t found = 0;
    const auto key_at = [&](size_t i) { return Key{numbers[i]}; };
    in_batches(numbers.size(), key_at, [&](const Batch& batch) {
      const auto epoch = access_.enter();
      for (const Lookup& lookup : batch.lookups) {
        const auto item = access_.get(lookup);
        CHECK(item.has_value());
        found += static_cast<uint64_t>(item->value_part(0)[0]);
      }
    });
    return found;
  }

  // New keys; eviction keeps pace in the same thread.
  void set_new_alone(size_t count) {
    set_new(count, [this](const Batch& batch) {
      CHECK(set(batch));
      if (batch.keys[0].number % kMaintainEvery == 0) maintenance_.run_once();
    });
  }

  // New keys, as a worker of a server stores them: a MaintenanceThread evicts, on a processor of
  // its own. Where it falls behind, the worker makes room itself.
  void set_new_beside(size_t count) {
    set_new(count, [this](const Batch& batch) {
      while (!set(batch)) (void)access_.make_room();
    });
  }
  [[nodiscard]] std::unique_ptr<MaintenanceThread> start_maintenance() {
    return std::make_unique<MaintenanceThread>(segments_, time_);
  }

 private:
  static constexpr size_t kMaintainEvery = 8'192;  // items: half a segment
  static constexpr std::array<char, 40> kValue{};

  struct Batch {
    std::array<Key, kBatch> keys{};
    std::array<Lookup, kBatch> lookups;
  };

  // As a worker takes the requests of a long pipeline: a batch is executed when the items of the
  // next are on their way, and the buckets of the one behind that.
  void in_batches(size_t count, const auto& key_at, const auto& execute) {
    std::array<Batch, 3> ring;
    const size_t batches = count / kBatch;
    for (size_t i = 0; i < batches + 2; ++i) {
      if (i < batches) locate(ring[i % 3], [&](size_t at) { return key_at(i * kBatch + at); });
      const bool leads_on = i >= 1 && i <= batches && access_.approach(ring[(i - 1) % 3].lookups);
      if (i >= 2) execute(ring[(i - 2) % 3]);
      if (leads_on) access_.reach(ring[(i - 1) % 3].lookups);
    }
  }
  void locate(Batch& batch, const auto& key_at) const {
    for (size_t i = 0; i < kBatch; ++i) {
      batch.lookups[i].key = (batch.keys[i] = key_at(i)).bytes();
    }
    access_.locate(batch.lookups);
  }

  void set_new(size_t count, const auto& execute) {
    in_batches(
        count, [this](size_t i) { return Key{next_ + i}; }, execute);
    next_ += count;
  }
  // False: no memory; what was stored is stored anew by the next try.
  [[nodiscard]] bool set(const Batch& batch) {
    const auto epoch = access_.enter();
    for (const Lookup& lookup : batch.lookups) {
      const PutStatus status = access_.put(lookup, {{kValue.data(), kValue.size()}}, PutMode::kSet);
      if (status == PutStatus::kNoMemory) return false;
      CHECK(status == PutStatus::kStored);
    }
    return true;
  }

  struct Options : SegOptions {
    Options() {
      memory.set(Bytes{kMemory});
      item_mean.set(Bytes{kLine});
    }
  };
  static constexpr uint64_t kMemory = 800 * kMiB;

  const Options options_;
  SystemTime time_;
  MetricRegistry registry_;
  SegStore segments_{options_, 3, time_, registry_};
  Clock clock_{time_};
  Maintenance maintenance_{segments_, time_};
  SegStore::Access access_{segments_.access(clock_)};
  uint64_t next_ = 0;
};

// ---- the benchmarks

Floor& the_floor() {
  static Floor floor;
  return floor;
}
FullStore& the_store() {
  static FullStore store;
  return store;
}

void get_batched(benchmark::State& state) {
  static Queries queries;
  Floor& floor = the_floor();
  FullStore& store = the_store();
  bench::measure(
      state, "get, batches of 16", {1.6, kChunk},
      [&] { benchmark::DoNotOptimize(floor.batched(queries.next_chunk())); },
      [&] { benchmark::DoNotOptimize(store.batched(queries.next_chunk())); });
}

template <bool kChained>
void get_single(benchmark::State& state, const char* name, double goal) {
  static Queries queries;
  Floor& floor = the_floor();
  FullStore& store = the_store();
  bench::measure(
      state, name, {goal, kChunk},
      [&] { benchmark::DoNotOptimize(floor.single<kChained>(queries.next_chunk())); },
      [&] { benchmark::DoNotOptimize(store.single<kChained>(queries.next_chunk())); });
}

void get_chained(benchmark::State& state) { get_single<true>(state, "get, one by one", 1.6); }
void get_overlapping(benchmark::State& state) { get_single<false>(state, "get, overlapping", 0); }

template <class SetNew>
void measure_set(benchmark::State& state, const char* name, const SetNew& set_new) {
  static Queries queries;
  Floor& floor = the_floor();
  FullStore& store = the_store();
  bench::measure(
      state, name, {3.0, kChunk},
      [&] { benchmark::DoNotOptimize(floor.batched(queries.next_chunk())); },
      [&] { set_new(store); });
}

void set_new_alone(benchmark::State& state) {
  measure_set(state, "set new, evicting", [](FullStore& store) { store.set_new_alone(kChunk); });
}
void set_new_beside(benchmark::State& state) {
  const auto maintenance = the_store().start_maintenance();
  measure_set(state, "the same, beside", [](FullStore& store) { store.set_new_beside(kChunk); });
}

BENCHMARK(get_batched)->Apply(bench::paired);
BENCHMARK(get_chained)->Apply(bench::paired);
BENCHMARK(get_overlapping)->Apply(bench::paired);
BENCHMARK(set_new_alone)->Apply(bench::paired);
BENCHMARK(set_new_beside)->Apply(bench::paired);

}  // namespace

int main(int argc, char** argv) { return pelikan::bench::run(argc, argv); }
