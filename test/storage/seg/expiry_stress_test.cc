// Threads that write the same few keys and change when they die, while a clock turns and segments
// are evicted. All expiries of a key have the same remainder, so one that is made of two is seen;
// so is an item that is there at or after its expiry. At the end the counts are right.
#include <atomic>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "storage/seg/seg_fixture.h"
#include "storage/seg/turning_time.h"

#include "check.h"

namespace {

using namespace pelikan;
using namespace pelikan::test;

#if defined(PELIKAN_SANITIZE)
constexpr uint64_t kRoundsPerThread = 5'000;
#else
constexpr uint64_t kRoundsPerThread = 20'000;
#endif
constexpr size_t kThreads = 4;
constexpr size_t kKeys = 12;
constexpr uint64_t kRoundsPerMs = 8;  // the clock turns so fast
constexpr int64_t kStride = 101;      // ms between two expiries of a key that follow one another

struct World {
  const SmallSegOptions options{Bytes{256 * kKiB}, Bytes{2 * kKiB}, Bytes{8 * kKiB}};
  TurningTime time;
  MetricRegistry registry;
  SegStore segments{options, kThreads + 1, time, registry};
  std::optional<MaintenanceThread> maintenance{std::in_place, segments, time};
  std::atomic<const char*> flaw{nullptr};
  std::atomic<uint64_t> rounds{0};
  std::atomic<uint64_t> hits{0};
  std::atomic<uint64_t> expired{0};
};

class Client {
 public:
  Client(World& world, size_t number)
      : world_(world), random_(number), clock_(world.time), store_(world.segments.access(clock_)) {}

  void run() {
    for (uint64_t i = 0; i < kRoundsPerThread && world_.flaw.load() == nullptr; ++i) {
      clock_.refresh();
      round();
      if ((world_.rounds.fetch_add(1) + 1) % kRoundsPerMs == 0) world_.time.advance_ms(1);
    }
  }

 private:
  void round() {
    const uint64_t key = random_() % kKeys;
    // Some have a second header word for another reason as well.
    const std::string name =
        key % 4 == 3 ? std::string(300, static_cast<char>('a' + key)) : "k" + std::to_string(key);
    {
      const auto epoch = store_.enter();
      Lookup lookup{name};
      store_.prepare({&lookup, 1});
      if (change(key, lookup)) return;
    }
    (void)store_.make_room();
  }

  // Within half a second, at one of the moments that are the key's.
  Expiry expiry_of(uint64_t key) {
    const int64_t step = clock_.now_ms() / kStride + 1 + static_cast<int64_t>(random_() % 5);
    return {step * kStride + static_cast<int64_t>(key)};
  }

  // False: no memory.
  bool change(uint64_t key, const Lookup& lookup) {
    const Expiry expiry = expiry_of(key);
    const std::string bytes((random_() % 16 == 0 ? 3'000 : 10) + random_() % 90, 'v');
    const Value value{.bytes = bytes, .expiry = expiry};
    switch (random_() % 8) {
      case 0:
        return is_done(store_.put(lookup, value, {.exact_expiry = true}));
      case 1:
        return is_done(store_.put(lookup, {.bytes = bytes}, WriteTerms{}));
      case 2:
        return is_done(store_.put(lookup, value, {.keep_expiry = true}));
      case 3:
        return is_done(store_.overlay(lookup, random_() % 100, bytes, {}));
      case 4:
        return store_.expire(lookup, expiry, {.only_later = true}) != ExpireStatus::kNoMemory;
      case 5:
        return store_.expire(lookup, random_() % 4 == 0 ? Expiry{} : expiry, {}) !=
               ExpireStatus::kNoMemory;
      default:
        look(key, lookup);
        return true;
    }
  }

  static bool is_done(const Written& written) { return written.status != PutStatus::kNoMemory; }

  void look(uint64_t key, const Lookup& lookup) {
    const auto item = store_.get(lookup);
    if (!item) {
      ++world_.expired;
      return;
    }
    ++world_.hits;
    const int64_t at_ms = store_.expiry(*item).at_ms;
    if (at_ms == Expiry::kNever) return;
    if (at_ms % kStride != static_cast<int64_t>(key)) world_.flaw = "an expiry that nobody set";
    if (at_ms <= clock_.now_ms()) world_.flaw = "an item after its end";
  }

  World& world_;
  std::mt19937_64 random_;
  Clock clock_;
  SegStore::Access store_;
};

START_TEST(no_thread_sees_an_expiry_that_nobody_set) {
  World world;
  std::vector<std::thread> threads;
  for (size_t i = 0; i < kThreads; ++i) {
    threads.emplace_back([&world, i] { Client(world, i).run(); });
  }
  for (std::thread& thread : threads) thread.join();
  ck_assert_msg(world.flaw.load() == nullptr, "%s", world.flaw.load());
  ck_assert_uint_gt(world.hits.load(), kRoundsPerThread / 10);
  ck_assert_uint_gt(world.expired.load(), 0);
  world.maintenance.reset();
  world.segments.check_invariants();
}
END_TEST

}  // namespace

PELIKAN_TESTS("storage/seg/expiry_stress", no_thread_sees_an_expiry_that_nobody_set)
