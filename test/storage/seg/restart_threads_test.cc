// Four threads meet what came with the pool at once, while maintenance empties segments of it.
#include <atomic>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "storage/seg/restart_stage.h"

#include "check.h"

namespace {

using namespace pelikan;
using namespace pelikan::test;

constexpr size_t kThreads = 4;
constexpr int kKeys = 400;
constexpr int kSteps = 1'500;

std::string key_of(int i) { return "key " + std::to_string(i); }
// Any value that is ever written under a key begins with it.
std::string value_of(int i, size_t more) { return key_of(i) + "=" + std::string(more, 'x'); }

// Gets, overwrites and deletes at random; false: a value was another key's.
bool play(SegStore::Access& store, unsigned seed) {
  std::mt19937 random(seed);
  for (int step = 0; step < kSteps; ++step) {
    const int i = static_cast<int>(random() % kKeys);
    const std::string key = key_of(i);
    const std::string bytes = value_of(i, random() % 300);
    const auto epoch = store.enter();
    Lookup lookup{key};
    store.prepare({&lookup, 1});
    switch (random() % 8) {
      case 0:
        (void)store.erase(lookup);
        break;
      case 1:
      case 2:
        (void)store.put(lookup, {bytes}, PutMode::kSet);
        break;
      default:
        const auto item = store.get(lookup);
        if (item && !item->value_part(0).starts_with(key + "=")) return false;
    }
  }
  return true;
}

START_TEST(threads_that_meet_the_same_items_agree) {
  RestartStage stage;
  for (int i = 0; i < kKeys; ++i) ck_assert(stage.put(key_of(i), {value_of(i, i % 200)}));
  for (unsigned round = 0; round < 10; ++round) {
    stage.restart();
    ck_assert_int_gt(stage.metric("seg_item_kept"), 0);
    std::atomic<bool> is_right{true};
    {
      std::vector<std::jthread> threads;
      for (size_t t = 0; t < kThreads; ++t) {
        threads.emplace_back([&, seed = round * 10 + static_cast<unsigned>(t)] {
          const Clock clock(stage.time());
          auto store = stage.segments().access(clock);
          if (!play(store, seed)) is_right = false;
        });
      }
      for (int i = 0; i < 50; ++i) stage.maintain();
    }
    ck_assert(is_right);
    ck_assert_int_eq(stage.metric("seg_item_corrupt"), 0);
    stage.check();
  }
}
END_TEST

}  // namespace

PELIKAN_TESTS("storage/seg/restart_threads", threads_that_meet_the_same_items_agree)
