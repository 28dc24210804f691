// Four threads on the same few keys, with memory to spare: nothing may be lost. Maintenance moves
// the counters meanwhile, for they are touched again and again before their segments' deadlines.
#include <array>
#include <atomic>
#include <charconv>
#include <string>
#include <thread>
#include <vector>

#include "storage/seg/seg_fixture.h"
#include "storage/seg/turning_time.h"

#include "check.h"

namespace {

using namespace pelikan;
using namespace pelikan::test;

constexpr size_t kThreads = 4;
#ifdef PELIKAN_SANITIZE
constexpr uint64_t kRounds = 5'000;
#else
constexpr uint64_t kRounds = 50'000;
#endif
constexpr uint64_t kHotKeys = 8;
constexpr uint64_t kKeys =
    64;  // the others are counted with now and then, and so stay behind in old segments
constexpr int64_t kLifeMs = 3'000;

struct World {
  const SmallSegOptions options{Bytes{64 * kMiB}, Bytes{16 * kKiB}, Bytes{8 * kKiB}};
  TurningTime time;
  MetricRegistry registry;
  SegStore segments{options, kThreads + 2, time, registry};
  Maintenance maintenance{segments, time};
};

class Client {
 public:
  explicit Client(World& world) : clock_(world.time), store_(world.segments.access(clock_)) {}

  PutStatus put(const std::string& key, std::string_view bytes, PutMode mode, Expiry expiry = {}) {
    const auto epoch = store_.enter();
    return store_.put(prepared(key), {bytes, 0, expiry}, mode);
  }
  bool erase(const std::string& key) {
    const auto epoch = store_.enter();
    return store_.erase(prepared(key));
  }
  ArithmeticResult incr(const std::string& key) {
    const auto epoch = store_.enter();
    return store_.arithmetic(prepared(key), 1, ArithmeticMode::kIncrement);
  }
  // gets, then cas with one more.
  PutStatus increment_by_cas(const std::string& key) {
    const auto epoch = store_.enter();
    const Lookup lookup = prepared(key);
    const auto item = store_.get(lookup);
    if (!item) return PutStatus::kNotFound;
    const std::string next = std::to_string(number_in(item->value_part(0)) + 1);
    return store_.compare_and_put(lookup, {next}, item->cas());
  }
  uint64_t number(const std::string& key) {
    const auto epoch = store_.enter();
    const auto item = store_.get(prepared(key));
    return item ? number_in(item->value_part(0)) : UINT64_MAX;
  }
  bool touch_until(const std::string& key, int64_t at_ms) {
    const auto epoch = store_.enter();
    return store_.touch(prepared(key), {at_ms});
  }
  // Looks at the item as a client does, touches it, and tells whether it won it.
  bool win(const std::string& key) {
    const auto epoch = store_.enter();
    const Lookup lookup = prepared(key);
    const auto item = store_.get(lookup);
    (void)store_.touch(lookup, {now_ms() + kLifeMs});
    return item && store_.claim(lookup, *item);
  }
  int64_t now_ms() {
    clock_.refresh();
    return clock_.now_ms();
  }

 private:
  Lookup prepared(const std::string& key) {
    Lookup lookup{key};
    store_.prepare({&lookup, 1});
    return lookup;
  }
  static uint64_t number_in(std::string_view text) {
    uint64_t number = UINT64_MAX;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
  }

  Clock clock_;
  SegStore::Access store_;
};

std::string counter(uint64_t number) { return "counter " + std::to_string(number % kKeys); }

// Runs act(client, thread number) on every thread.
template <class Act>
void on_all_threads(World& world, Act act) {
  std::vector<std::thread> threads;
  for (size_t i = 0; i < kThreads; ++i) {
    threads.emplace_back([&world, &act, i] {
      Client client(world);
      act(client, i);
    });
  }
  for (std::thread& thread : threads) thread.join();
}

// Keeps the counters alive and lets their segments' deadlines come, until `stop` and for some turns
// more, in which no thread stands in an epoch and holds back what is due; counts those that died.
void turn_time(World& world, const std::atomic<bool>& stop, std::atomic<uint64_t>& dead) {
  Client client(world);
  for (int turns_left = 50; turns_left > 0; turns_left -= stop.load() ? 1 : 0) {
    const int64_t now_ms = client.now_ms();
    for (uint64_t key = 0; key < kKeys; ++key) {
      if (!client.touch_until(counter(key), now_ms + kLifeMs)) ++dead;
    }
    world.time.advance_ms(kLifeMs / 6);
    world.maintenance.run_once();
  }
}

START_TEST(no_increment_is_lost_while_items_are_touched_and_moved) {
  World world;
  {
    Client client(world);
    for (uint64_t key = 0; key < kKeys; ++key) {
      const Expiry expiry{client.now_ms() + kLifeMs};
      ck_assert(client.put(counter(key), "0", PutMode::kSet, expiry) == PutStatus::kStored);
    }
  }
  std::atomic<bool> stop{false};
  std::atomic<uint64_t> dead{0};
  std::atomic<uint64_t> refused{0};
  std::thread turner([&] { turn_time(world, stop, dead); });
  on_all_threads(world, [&](Client& client, size_t thread) {
    for (uint64_t i = 0; i < kRounds; ++i) {
      client.now_ms();
      const uint64_t key = i % 64 == 0 ? i / 64 : (thread + i) % kHotKeys;
      if (client.incr(counter(key)).status != ArithmeticStatus::kDone) ++refused;
    }
  });
  stop = true;
  turner.join();

  Client client(world);
  uint64_t sum = 0;
  for (uint64_t key = 0; key < kKeys; ++key) sum += client.number(counter(key));
  ck_assert_uint_eq(dead.load(), 0);
  ck_assert_uint_eq(refused.load(), 0);
  ck_assert_uint_eq(sum, kThreads * kRounds);
  const auto metrics = world.registry.read();
  ck_assert_int_eq(metrics.value("seg_evict"), 0);
  ck_assert_int_gt(metrics.value("seg_relocate"), 0);
}
END_TEST

START_TEST(of_several_cas_with_one_token_a_single_one_is_stored) {
  World world;
  ck_assert(Client(world).put(counter(0), "0", PutMode::kSet) == PutStatus::kStored);
  std::atomic<uint64_t> stored{0};
  std::atomic<uint64_t> odd{0};
  on_all_threads(world, [&](Client& client, size_t) {
    for (uint64_t i = 0; i < kRounds; ++i) {
      const PutStatus status = client.increment_by_cas(counter(0));
      if (status == PutStatus::kStored) ++stored;
      if (status != PutStatus::kStored && status != PutStatus::kExists) ++odd;
    }
  });
  ck_assert_uint_eq(odd.load(), 0);
  ck_assert_uint_gt(stored.load(), 0);
  ck_assert_uint_eq(Client(world).number(counter(0)), stored.load());
}
END_TEST

START_TEST(of_several_adds_and_deletes_a_single_one_succeeds) {
  constexpr uint64_t kNames = kRounds / 5;
  World world;
  std::vector<std::atomic<int>> added(kNames);
  std::vector<std::atomic<int>> erased(kNames);
  const auto name = [](uint64_t number) { return "name " + std::to_string(number); };
  on_all_threads(world, [&](Client& client, size_t) {
    for (uint64_t i = 0; i < kNames; ++i) {
      if (client.put(name(i), "v", PutMode::kAdd) == PutStatus::kStored) ++added[i];
    }
  });
  on_all_threads(world, [&](Client& client, size_t) {
    for (uint64_t i = 0; i < kNames; ++i) erased[i] += client.erase(name(i)) ? 1 : 0;
  });
  for (uint64_t i = 0; i < kNames; ++i) {
    ck_assert_int_eq(added[i].load(), 1);
    ck_assert_int_eq(erased[i].load(), 1);
  }
  ck_assert_int_eq(world.registry.read().value("seg_item_live"), 0);
}
END_TEST

START_TEST(each_item_has_one_winner) {
  World world;
  Client client(world);
  for (uint64_t round = 0; round < kRounds / 1'000; ++round) {
    const Expiry expiry{client.now_ms() + kLifeMs};
    for (uint64_t key = 0; key < kKeys; ++key) {
      ck_assert(client.put(counter(key), "1", PutMode::kSet, expiry) == PutStatus::kStored);
    }
    std::atomic<uint64_t> wins{0};
    std::atomic<size_t> left{kThreads};
    std::thread mover([&] {
      while (left.load() > 0) world.maintenance.run_once();
    });
    on_all_threads(world, [&](Client& own, size_t /*thread*/) {
      for (uint64_t key = 0; key < kKeys; ++key) wins += own.win(counter(key)) ? 1 : 0;
      --left;
    });
    mover.join();
    ck_assert_uint_eq(wins.load(), kKeys);
  }
  world.segments.check_invariants();
}
END_TEST

}  // namespace

PELIKAN_TESTS("storage/seg/contention", no_increment_is_lost_while_items_are_touched_and_moved,
              of_several_cas_with_one_token_a_single_one_is_stored,
              of_several_adds_and_deletes_a_single_one_succeeds, each_item_has_one_winner)
