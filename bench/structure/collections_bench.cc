// Collections alone, without store and protocol: what a command costs in the packed form, where a
// write makes the whole next value, and in the large one; and what an element costs in memory.
//
// The packed ones have 8 and 64 elements, the large ones 100,000. Names are 6 to 10 bytes long,
// values 16; what takes memory is measured with names of 16 bytes.
//
//   build/bench/structure.collections_bench --benchmark_repetitions=3
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "structure/big_hash.h"
#include "structure/big_list.h"
#include "structure/big_set.h"
#include "structure/big_sorted_set.h"

namespace {

using namespace pelikan::structure;

constexpr pelikan::KeyedHash kHash(1);
constexpr size_t kLarge = 100'000;
constexpr std::string_view kValue = "sixteen bytes...";

Element element(std::string_view text) { return Element(text); }

// Names; next() gives them in random order, so that no two neighbours in memory follow each other.
class Names {
 public:
  explicit Names(size_t count) {
    for (size_t i = 0; i < count; ++i) names_.push_back("name:" + std::to_string(i));
    std::shuffle(names_.begin(), names_.end(), std::mt19937_64(1));
  }
  [[nodiscard]] const std::vector<std::string>& all() const { return names_; }
  Element next() {
    if (++at_ == names_.size()) at_ = 0;
    return element(names_[at_]);
  }
  double next_score() { return static_cast<double>(random_() % kLarge); }

 private:
  std::vector<std::string> names_;
  size_t at_ = 0;
  std::mt19937_64 random_{2};
};

void put(auto& collection, Names& names, const Element& name) {
  if constexpr (requires { collection.put(name, 1.0); }) {
    collection.put(name, names.next_score());
  } else if constexpr (requires { collection.set(name, name); }) {
    collection.set(name, element(kValue));
  } else if constexpr (requires { collection.add(name); }) {
    collection.add(name);
  } else {
    collection.push_back(element(kValue));
  }
}

void fill(auto& collection, Names& names) {
  for (const std::string& name : names.all()) put(collection, names, element(name));
}

// Bytes per element: of a collection of as many as the argument says.
void note_memory(benchmark::State& state, auto&& large) {
  Names names(0);
  for ([[maybe_unused]] auto round : state) {
    for (int64_t i = 0; i < state.range(0); ++i) {
      const std::string digits = std::to_string(i);
      put(large, names, element("name:" + std::string(11 - digits.size(), '0') + digits));
    }
  }
  state.counters["bytes_each"] =
      static_cast<double>(large.memory()) / static_cast<double>(state.range(0));
}
void hash_memory(benchmark::State& state) { note_memory(state, BigHash(kHash)); }
void list_memory(benchmark::State& state) { note_memory(state, BigList()); }
void set_memory(benchmark::State& state) { note_memory(state, BigSet(kHash)); }
void sorted_set_memory(benchmark::State& state) { note_memory(state, BigSortedSet(kHash)); }
BENCHMARK(hash_memory)->Arg(1'000'000)->Iterations(1);
BENCHMARK(list_memory)->Arg(1'000'000)->Iterations(1);
BENCHMARK(set_memory)->Arg(1'000'000)->Iterations(1);
BENCHMARK(sorted_set_memory)->Arg(100'000)->Iterations(1);

// What evicting a large collection costs: freeing all of it.
void destroy_large(benchmark::State& state) {
  BigHash hash(kHash);
  Names names(static_cast<size_t>(state.range(0)));
  fill(hash, names);
  for ([[maybe_unused]] auto round : state) hash.destroy_some(SIZE_MAX);
}
BENCHMARK(destroy_large)->Arg(1'000'000)->Iterations(1)->Unit(benchmark::kMillisecond);

// A packed collection and what a store does with its next value: it copies that once.
template <class Draft>
class Packed {
 public:
  explicit Packed(Names& names) {
    draft_.clear();
    fill(draft_, names);
    publish();
  }
  void change(const auto& act) {
    draft_.load(bytes());
    act(draft_);
    publish();
  }
  [[nodiscard]] std::string_view bytes() const { return {published_.data(), published_.size()}; }

 private:
  void publish() {
    published_.resize(draft_.bytes().size());
    std::memcpy(published_.data(), draft_.bytes().data(), published_.size());
    benchmark::DoNotOptimize(published_.data());
  }

  Draft draft_;
  std::vector<char> published_;
};

// What of every packed change is copying the value, into the draft and out of it.
void copy_packed(benchmark::State& state) {
  Names names(static_cast<size_t>(state.range(0)));
  Packed<HashDraft> hash(names);
  for ([[maybe_unused]] auto round : state) {
    hash.change([](HashDraft& draft) { benchmark::DoNotOptimize(draft.bytes().data()); });
  }
  state.counters["value_bytes"] = static_cast<double>(hash.bytes().size());
}
BENCHMARK(copy_packed)->Arg(8)->Arg(64);

void hset_packed(benchmark::State& state) {
  Names names(static_cast<size_t>(state.range(0)));
  Packed<HashDraft> hash(names);
  for ([[maybe_unused]] auto round : state) {
    hash.change([&](HashDraft& draft) { draft.set(names.next(), element(kValue)); });
  }
}
BENCHMARK(hset_packed)->Arg(8)->Arg(64);

void hget_packed(benchmark::State& state) {
  Names names(static_cast<size_t>(state.range(0)));
  const Packed<HashDraft> hash(names);
  for ([[maybe_unused]] auto round : state) {
    benchmark::DoNotOptimize(PackedHash(hash.bytes()).find(names.next())->value.data());
  }
}
BENCHMARK(hget_packed)->Arg(8)->Arg(64);

// Every second value is as long as the argument says, the others 16 bytes.
void hset_large(benchmark::State& state) {
  Names names(kLarge);
  BigHash hash(kHash);
  fill(hash, names);
  const std::string_view values[] = {kValue, kValue.substr(0, static_cast<size_t>(state.range(0)))};
  size_t rounds = 0;
  for ([[maybe_unused]] auto round : state) hash.set(names.next(), element(values[rounds++ % 2]));
}
BENCHMARK(hset_large)->Arg(16)->Arg(11);

void hget_large(benchmark::State& state) {
  Names names(kLarge);
  BigHash hash(kHash);
  fill(hash, names);
  for ([[maybe_unused]] auto round : state) {
    benchmark::DoNotOptimize(hash.find(names.next())->value.data());
  }
}
BENCHMARK(hget_large);

void lpush_lpop_packed(benchmark::State& state) {
  Names names(static_cast<size_t>(state.range(0)));
  Packed<ListDraft> list(names);
  for ([[maybe_unused]] auto round : state) {
    list.change([](ListDraft& draft) { draft.push_front(element(kValue)); });
    list.change([](ListDraft& draft) { draft.erase(0, 1); });
  }
}
BENCHMARK(lpush_lpop_packed)->Arg(8)->Arg(64);

void lpush_lpop_large(benchmark::State& state) {
  Names names(kLarge);
  BigList list;
  fill(list, names);
  for ([[maybe_unused]] auto round : state) {
    list.push_front(element(kValue));
    list.erase(0, 1);
  }
}
BENCHMARK(lpush_lpop_large);

void lpush_rpop_large(benchmark::State& state) {
  Names names(kLarge);
  BigList list;
  fill(list, names);
  for ([[maybe_unused]] auto round : state) {
    list.push_front(element(kValue));
    list.erase(list.size() - 1, 1);
  }
}
BENCHMARK(lpush_rpop_large);

void lindex_middle_large(benchmark::State& state) {
  Names names(kLarge);
  BigList list;
  fill(list, names);
  for ([[maybe_unused]] auto round : state) {
    benchmark::DoNotOptimize(list.at(kLarge / 2).data());
  }
}
BENCHMARK(lindex_middle_large);

// The bytes of 100 elements from the front.
void read_hundred(benchmark::State& state, const auto& collection, const auto& text_of) {
  for ([[maybe_unused]] auto round : state) {
    size_t bytes = 0;
    collection.visit_range(0, 100, Direction::kForward,
                           [&](const auto& each) { bytes += text_of(each).view().size(); });
    benchmark::DoNotOptimize(bytes);
  }
}

void lrange_100_large(benchmark::State& state) {
  Names names(kLarge);
  BigList list;
  fill(list, names);
  read_hundred(state, list, [](Cell cell) { return cell.text(); });
}
BENCHMARK(lrange_100_large);

void sadd_srem_packed(benchmark::State& state) {
  Names names(static_cast<size_t>(state.range(0)));
  Packed<SetDraft> set(names);
  for ([[maybe_unused]] auto round : state) {
    set.change([](SetDraft& draft) { draft.add(element("new member")); });
    set.change([](SetDraft& draft) { draft.erase(element("new member")); });
  }
}
BENCHMARK(sadd_srem_packed)->Arg(8)->Arg(64);

void sismember_packed(benchmark::State& state) {
  Names names(static_cast<size_t>(state.range(0)));
  const Packed<SetDraft> set(names);
  for ([[maybe_unused]] auto round : state) {
    benchmark::DoNotOptimize(PackedSet(set.bytes()).contains(names.next()));
  }
}
BENCHMARK(sismember_packed)->Arg(8)->Arg(64);

void sadd_srem_large(benchmark::State& state) {
  Names names(kLarge);
  BigSet set(kHash);
  fill(set, names);
  for ([[maybe_unused]] auto round : state) {
    const Element member = names.next();
    set.erase(member);
    set.add(member);
  }
}
BENCHMARK(sadd_srem_large);

void sismember_large(benchmark::State& state) {
  Names names(kLarge);
  BigSet set(kHash);
  fill(set, names);
  for ([[maybe_unused]] auto round : state) benchmark::DoNotOptimize(set.contains(names.next()));
}
BENCHMARK(sismember_large);

void zadd_packed(benchmark::State& state) {
  Names names(static_cast<size_t>(state.range(0)));
  Packed<SortedSetDraft> set(names);
  for ([[maybe_unused]] auto round : state) {
    set.change([&](SortedSetDraft& draft) { put(draft, names, names.next()); });
  }
}
BENCHMARK(zadd_packed)->Arg(8)->Arg(64);

void zrank_packed(benchmark::State& state) {
  Names names(static_cast<size_t>(state.range(0)));
  const Packed<SortedSetDraft> set(names);
  for ([[maybe_unused]] auto round : state) {
    benchmark::DoNotOptimize(PackedSortedSet(set.bytes()).rank(names.next()));
  }
}
BENCHMARK(zrank_packed)->Arg(8)->Arg(64);

void zadd_large(benchmark::State& state) {
  Names names(kLarge);
  BigSortedSet set(kHash);
  fill(set, names);
  for ([[maybe_unused]] auto round : state) put(set, names, names.next());
}
BENCHMARK(zadd_large);

void zrank_large(benchmark::State& state) {
  Names names(kLarge);
  BigSortedSet set(kHash);
  fill(set, names);
  for ([[maybe_unused]] auto round : state) benchmark::DoNotOptimize(set.rank(names.next()));
}
BENCHMARK(zrank_large);

void zrange_100_large(benchmark::State& state) {
  Names names(kLarge);
  BigSortedSet set(kHash);
  fill(set, names);
  read_hundred(state, set, [](const Scored& each) { return each.member.text(); });
}
BENCHMARK(zrange_100_large);

}  // namespace

BENCHMARK_MAIN();
