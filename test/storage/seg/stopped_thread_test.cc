// One thread is stopped at a named step of the engine while two others use up all memory. If it
// stands inside an epoch, what is freed cannot be reused: the others are told that memory is short,
// without a deadlock, go on reading, and write again once it is let go. At the other steps they do
// not notice.
#include "storage/seg/gate.h"

#ifdef NDEBUG

#include <cstdio>

int main() {
  std::puts("storage/seg/stopped_thread: a build with NDEBUG has no steps to stop at");
  return 0;
}

#else

#include <array>
#include <atomic>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "storage/record.h"
#include "storage/seg/seg_fixture.h"

#include "check.h"

namespace {

using namespace pelikan;
using namespace pelikan::test;

constexpr size_t kWriters = 2;
constexpr uint64_t kWrites = 4'000;  // several times what fits
constexpr uint64_t kHotKeys = 8;     // the stopped thread's

struct World {
  std::atomic<bool> is_wrong{false};
  std::atomic<uint64_t> refused{0};
  const SmallSegOptions options{Bytes{256 * kKiB}, Bytes{2 * kKiB}, Bytes{8 * kKiB}};
  FakeTime time;
  MetricRegistry registry;
  SegStore segments{options, kWriters + 3, time, registry};
};

// A thread's way to the store, with values that describe themselves.
class Client {
  // Acts on a look-up of the key, in an epoch.
  template <class Act>
  auto with(uint64_t key, Act act) {
    const std::string name = "key:" + std::to_string(key);
    const auto epoch = store_.enter();
    Lookup lookup{name};
    store_.prepare({&lookup, 1});
    return act(lookup);
  }

 public:
  explicit Client(World& world)
      : world_(world), clock_(world.time), store_(world.segments.access(clock_)) {}

  // kNoMemory when waiting for it did not help.
  PutStatus put(uint64_t key, Expiry expiry = {}, int patience = 3) {
    std::array<char, 3 * kRecordBytes> bytes;
    write_records(bytes.data(), {key, ++version_, expiry.at_ms}, 3);
    for (int tries = 0; tries < patience; ++tries) {
      const PutStatus status = with(key, [&](const Lookup& lookup) {
        return store_.put(lookup, {{bytes.data(), bytes.size()}, 0, expiry}, PutMode::kSet);
      });
      if (status != PutStatus::kNoMemory) return status;
      (void)store_.make_room();
    }
    return PutStatus::kNoMemory;
  }
  void get(uint64_t key) {
    with(key, [&](const Lookup& lookup) {
      const auto item = store_.get(lookup);
      Reading reading;
      if (item && !read_records(item->value_part(0), key, reading)) world_.is_wrong = true;
      return 0;
    });
  }
  void touch(uint64_t key, Expiry expiry) {
    with(key, [&](const Lookup& lookup) { return store_.touch(lookup, expiry); });
  }
  void flush() { store_.flush({clock_.now_ms()}); }
  [[nodiscard]] int64_t now_ms() const { return clock_.now_ms(); }

 private:
  World& world_;
  Clock clock_;
  SegStore::Access store_;
  uint64_t version_ = 0;
};

// ---- what the stopped thread does, over and over until it comes to the step

void act_get(World& world) {
  Client client(world);
  while (!Gate::was_stopped()) client.get(1);
}

void act_put(World& world) {
  Client client(world);
  for (uint64_t i = 0; !Gate::was_stopped(); ++i) (void)client.put(i % kHotKeys);
}

void act_maintain(World& world) {
  Client client(world);
  Maintenance maintenance(world.segments, world.time);
  for (uint64_t i = 0; !Gate::was_stopped(); ++i) {
    (void)client.put(1'000'000 + i);
    maintenance.run_once();
  }
}

// Some items of a segment whose deadline has come live on, and move.
void act_relocate(World& world) {
  Client client(world);
  Maintenance maintenance(world.segments, world.time);
  for (uint64_t key = 0; key < 200; ++key) (void)client.put(key, {client.now_ms() + 1'000});
  client.touch(7, {});
  world.time.advance_ms(2'000);
  while (!Gate::was_stopped()) maintenance.run_once();
}

void act_flush(World& world) {
  Client client(world);
  Maintenance maintenance(world.segments, world.time);
  while (!Gate::was_stopped()) {
    client.flush();
    maintenance.run_once();
  }
}

enum class Holds : uint8_t {
  kNothing,
  kMemory,  // inside an epoch: nothing freed meanwhile can be reused
  kBucket,  // and a bucket lock: who writes there waits, gets do not
};

struct Case {
  const char* step;
  void (*act)(World&);
  Holds holds;
};

constexpr std::array kCases{
    Case{"epoch.enter", act_get, Holds::kNothing},
    Case{"get.slot", act_get, Holds::kMemory},
    Case{"put.found", act_put, Holds::kMemory},
    Case{"reserve.done", act_put, Holds::kMemory},
    Case{"put.written", act_put, Holds::kMemory},
    Case{"put.locked", act_put, Holds::kBucket},
    Case{"put.unlinked", act_put, Holds::kMemory},
    Case{"seal.marked", act_put, Holds::kMemory},
    Case{"drain.taken", act_maintain, Holds::kNothing},
    Case{"drain.batch", act_maintain, Holds::kMemory},
    Case{"drain.done", act_maintain, Holds::kNothing},
    Case{"relocate.copied", act_relocate, Holds::kMemory},
    Case{"flush.done", act_flush, Holds::kNothing},
    Case{"sweep.clean", act_flush, Holds::kNothing},
};

// Writes more than fits, until it is refused often enough; reads on the way.
void use_up_memory(World& world, uint64_t number, int patience) {
  Client client(world);
  for (uint64_t i = 0; i < kWrites && world.refused.load() < 20; ++i) {
    const uint64_t key = 10'000 * number + i;
    if (client.put(key, {}, patience) == PutStatus::kNoMemory) ++world.refused;
    client.get(i % kHotKeys);
    client.get(key - i / 2);
  }
}

void work_beside(World& world, uint64_t number, Holds holds) {
  // Where nothing is held back, only the other writer can be in the way, and it goes on soon.
  constexpr int kPatience = 5'000;
  switch (holds) {
    case Holds::kNothing:
      return use_up_memory(world, number, kPatience);
    case Holds::kMemory:
      return use_up_memory(world, number, 3);
    case Holds::kBucket:
      for (uint64_t i = 0; i < kWrites; ++i) Client(world).get(i % kHotKeys);
  }
}

void run(const Case& test) {
  World world;
  {
    Client client(world);
    for (uint64_t key = 0; key < kHotKeys; ++key) ck_assert(client.put(key) == PutStatus::kStored);
  }
  {
    Gate gate(test.step);
    std::thread stopped([&] {
      Gate::watch();
      test.act(world);
    });
    gate.wait_until_stopped();
    std::vector<std::thread> others;
    for (uint64_t i = 1; i <= kWriters; ++i)
      others.emplace_back([&, i] { work_beside(world, i, test.holds); });
    for (std::thread& other : others) other.join();
    gate.let_go();
    stopped.join();
  }
  ck_assert(!world.is_wrong);
  ck_assert_int_eq(world.refused.load() > 0, test.holds == Holds::kMemory);

  // Everything goes on.
  Client client(world);
  for (uint64_t key = 0; key < kWrites; ++key) ck_assert(client.put(key) == PutStatus::kStored);
  world.segments.check_invariants();
}

template <size_t kIndex>
void stopped_at(int) {
  run(kCases[kIndex]);
}

template <size_t... kIndexes>
constexpr auto tests_of(std::index_sequence<kIndexes...>) {
  return std::array{TTest{kCases[kIndexes].step, &stopped_at<kIndexes>, __FILE__, __LINE__}...};
}

}  // namespace

int main() {
  static constexpr auto kTests = tests_of(std::make_index_sequence<kCases.size()>{});
  std::vector<const TTest*> tests;
  for (const TTest& test : kTests) tests.push_back(&test);
  return run_suite("storage/seg/stopped_thread", tests);
}

#endif
