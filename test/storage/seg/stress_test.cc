// Four threads, a maintenance thread and a turning clock on a small store of 2 KiB segments: sets,
// appends, large values, deletes, touches, flushes and batched gets of keys that live a second or
// for ever. Every value describes itself, and the oracle knows what may be read. (A slot that
// points into reused memory is no data race: only the oracle sees it.)
#include <array>
#include <atomic>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "storage/oracle.h"
#include "storage/record.h"
#include "storage/seg/seg_fixture.h"
#include "storage/seg/turning_time.h"

#include "check.h"

namespace {

using namespace pelikan;
using namespace pelikan::test;

#if defined(PELIKAN_SANITIZE)
constexpr uint64_t kRoundsPerThread = 5'000;
#elif defined(NDEBUG)
constexpr uint64_t kRoundsPerThread = 100'000;
#else
constexpr uint64_t kRoundsPerThread = 10'000;
#endif
constexpr size_t kThreads = 4;
constexpr size_t kKeys = 3'000;
// How fast the clock turns: twenty seconds pass.
constexpr uint64_t kRoundsPerMs = kThreads * kRoundsPerThread / 20'000;
// How far it turns until whoever turns it waits for maintenance: on a crowded machine that has the
// processor late, and what should have expired was evicted before.
constexpr int64_t kTurnMs = 100;

// A maintenance thread whose turns are waited for.
class CountedMaintenance {
 public:
  CountedMaintenance(SegStore& segments, const TimeSource& time)
      : maintenance_(segments, time), thread_([this] { run(); }) {}
  ~CountedMaintenance() {
    stops_ = true;
    maintenance_.notify();
    thread_.join();
  }
  // Returns when all was done that there was to do.
  void await_turn() {
    const uint64_t enough = turns_ + 2;  // one may be half done
    while (turns_ < enough) {
      maintenance_.notify();
      std::this_thread::yield();
    }
  }

 private:
  void run() {
    for (; !stops_; ++turns_) {
      maintenance_.run_once();
      maintenance_.wait();
    }
  }

  Maintenance maintenance_;
  std::atomic<bool> stops_{false};
  std::atomic<uint64_t> turns_{0};
  std::thread thread_;
};

// What threads share.
struct World {
  const SmallSegOptions options{Bytes{kMiB}, Bytes{2 * kKiB}, Bytes{8 * kKiB}};
  TurningTime time;
  MetricRegistry registry;
  SegStore segments{options, kThreads + 1, time, registry};
  CountedMaintenance maintenance{segments, time};
  Oracle oracle{kKeys};
  std::atomic<const char*> flaw{nullptr};
  std::atomic<uint64_t> rounds{0};
  std::atomic<uint64_t> gets{0};
  std::atomic<uint64_t> hits{0};
};

class Client {
 public:
  Client(World& world, size_t number)
      : world_(world),
        number_(number),
        random_(number),
        clock_(world.time),
        store_(world.segments.access(clock_)) {}

  void run() {
    for (uint64_t i = 0; i < kRoundsPerThread && world_.flaw.load() == nullptr; ++i) {
      clock_.refresh();
      read_batch();
      if (random_() % 3 == 0) change(own_key());
      if (number_ == 0 && i % 5'000 == 4'999)
        world_.oracle.flush([this] { store_.flush({clock_.now_ms()}); });
      if ((world_.rounds.fetch_add(1) + 1) % kRoundsPerMs == 0) turn_clock();
    }
    world_.gets += gets_;
    world_.hits += hits_;
  }

 private:
  void turn_clock() {
    world_.time.advance_ms(1);
    if (world_.time.boot_ms() % kTurnMs == 0) world_.maintenance.await_turn();
  }

  struct Asked {
    uint64_t key;
    std::string name;
    Oracle::Expectation expected{};
    std::optional<SegStore::Access::ItemView> item{};
    Reading reading{};
  };

  static std::string name_of(uint64_t key) { return "key:" + std::to_string(key); }
  // A quarter of the keys live for a second or two; some begin like these, but are touched to
  // live for ever, so that they must survive their segment's deadline. A sixteenth are large.
  static bool is_mortal(uint64_t key) { return key % 4 == 1; }
  static bool is_survivor(uint64_t key) { return key % 32 == 4; }
  static bool is_large(uint64_t key) { return key % 16 == 2; }

  // Only its owner changes a key.
  [[nodiscard]] bool is_own(uint64_t key) const { return key % kThreads == number_; }

  // Low numbers are asked for more often.
  uint64_t some_key() {
    const double uniform = std::uniform_real_distribution<>(0, 1)(random_);
    return static_cast<uint64_t>(uniform * uniform * uniform * kKeys);
  }
  uint64_t own_key() { return some_key() / kThreads * kThreads % kKeys + number_ % kThreads; }

  // ---- reading

  void read_batch() {
    std::array<Asked, kBatch> asked;
    std::array<Lookup, kBatch> batch;
    {
      const auto epoch = store_.enter();
      for (size_t i = 0; i < kBatch; ++i) {
        asked[i] = {some_key(), {}};
        asked[i].name = name_of(asked[i].key);
        asked[i].expected = world_.oracle.begin_read(asked[i].key);
        batch[i].key = asked[i].name;
      }
      store_.prepare(batch);
      for (size_t i = 0; i < kBatch; ++i) asked[i].item = store_.get(batch[i]);
      // All views at the end of the epoch: none may have been reused meanwhile.
      for (Asked& one : asked) judge(one);
    }
    for (const Asked& one : asked) {
      if (!one.item && is_own(one.key)) set(one.key);
    }
  }

  void judge(Asked& one) {
    // Another's key that is gone comes back when that thread has the processor again: no miss.
    const bool is_counted = is_own(one.key);
    gets_ += is_counted ? 1 : 0;
    if (!one.item) return;
    hits_ += is_counted ? 1 : 0;
    if (one.item->key() != one.name) return note("another key's item");
    for (size_t at = 0; at < one.item->value_size();) {
      const std::string_view part = one.item->value_part(at);
      carry_.append(part);
      at += part.size();
    }
    const bool is_sound = read_records(carry_, one.key, one.reading);
    carry_.clear();
    if (!is_sound) return note("a torn value");
    if (one.reading.dies_at_ms <= clock_.now_ms()) return note("an expired value");
    if (const char* flaw = world_.oracle.end_read(one.key, one.expected, one.reading)) note(flaw);
  }

  // ---- changing keys of one's own

  void change(uint64_t key) {
    switch (random_() % 8) {
      case 0:
        return erase(key);
      case 1:
      case 2:
        return is_mortal(key) || is_survivor(key) ? set(key) : append(key);
      default:
        return set(key);
    }
  }

  void set(uint64_t key) {
    const uint64_t version = world_.oracle.begin_change(key);
    const int64_t dies_at =
        (clock_.now_ms() / 1'000 + 1 + static_cast<int64_t>(random_() % 2)) * 1'000;
    const Expiry expiry{is_mortal(key) || is_survivor(key) ? dies_at : Expiry::kNever};
    std::string bytes((is_large(key) ? 40 + random_() % 100 : 1 + random_() % 12) * kRecordBytes,
                      '\0');
    write_records(bytes.data(), {key, version, is_mortal(key) ? dies_at : Expiry::kNever},
                  bytes.size() / kRecordBytes);
    const Value value{bytes, static_cast<uint32_t>(version), expiry};
    const auto act = [&](const Lookup& lookup) {
      return store_.is_large(lookup.key.size(), bytes.size())
                 ? publish(lookup, value)
                 : store_.put(lookup, value, PutMode::kSet);
    };
    finish(key, version, write(key, act));
    if (is_survivor(key)) touch(key, {});
  }

  PutStatus publish(const Lookup& lookup, const Value& value) {
    auto room = store_.reserve(lookup.key, value.bytes.size());
    if (!room) return PutStatus::kNoMemory;
    for (std::string_view left = value.bytes; !left.empty();) {
      const std::span<char> into = room->next();
      const size_t n = left.copy(into.data(), into.size());
      room->advance(n);
      left.remove_prefix(n);
    }
    return store_.publish(lookup, std::move(*room), value, PutMode::kSet);
  }

  void append(uint64_t key) {
    const uint64_t version = world_.oracle.begin_change(key);
    std::array<char, kRecordBytes> bytes;
    write_records(bytes.data(), {key, version, Expiry::kNever}, 1);
    finish(key, version, write(key, [&](const Lookup& lookup) {
             return store_.join(lookup, {bytes.data(), bytes.size()}, JoinMode::kAppend);
           }));
  }

  void touch(uint64_t key, Expiry expiry) {
    (void)write(key, [&](const Lookup& lookup) {
      return store_.touch(lookup, expiry) ? PutStatus::kStored : PutStatus::kNotFound;
    });
  }

  void erase(uint64_t key) {
    const uint64_t version = world_.oracle.begin_change(key);
    (void)write(key, [&](const Lookup& lookup) {
      return store_.erase(lookup) ? PutStatus::kStored : PutStatus::kNotFound;
    });
    world_.oracle.complete(key, version);
  }

  // As a worker does: out of memory it waits outside its epoch and begins anew.
  template <class Act>
  PutStatus write(uint64_t key, Act act) {
    const std::string name = name_of(key);
    for (int tries = 0;; ++tries) {
      {
        const auto epoch = store_.enter();
        Lookup lookup{name};
        store_.prepare({&lookup, 1});
        const PutStatus status = act(lookup);
        if (status != PutStatus::kNoMemory) return status;
      }
      if (tries == 3 || !store_.make_room()) return PutStatus::kNoMemory;
    }
  }

  // When there was no memory the old value goes.
  void finish(uint64_t key, uint64_t version, PutStatus status) {
    if (status == PutStatus::kStored) return world_.oracle.complete(key, version);
    if (status == PutStatus::kNoMemory) erase(key);
  }

  void note(const char* flaw) { world_.flaw.store(flaw); }

  World& world_;
  const size_t number_;
  std::mt19937_64 random_;
  Clock clock_;
  SegStore::Access store_;
  std::string carry_;
  uint64_t gets_ = 0;
  uint64_t hits_ = 0;
};

START_TEST(no_thread_reads_a_wrong_torn_expired_or_resurrected_value) {
  World world;
  std::vector<std::thread> threads;
  for (size_t i = 0; i < kThreads; ++i) {
    threads.emplace_back([&world, i] { Client(world, i).run(); });
  }
  for (std::thread& thread : threads) thread.join();
  ck_assert_msg(world.flaw.load() == nullptr, "%s", world.flaw.load());

  const double hit_ratio =
      static_cast<double>(world.hits.load()) / static_cast<double>(world.gets.load());
  const auto metrics = world.registry.read();
  ck_assert_double_ge(hit_ratio, 0.5);
  ck_assert_int_ge(metrics.value("seg_evict"), static_cast<int64_t>(kRoundsPerThread / 10));
  ck_assert_int_ge(metrics.value("seg_expire"), static_cast<int64_t>(kRoundsPerThread / 500));
  ck_assert_int_gt(metrics.value("seg_relocate"), 0);
}
END_TEST

}  // namespace

PELIKAN_TESTS("storage/seg/stress", no_thread_reads_a_wrong_torn_expired_or_resurrected_value)
