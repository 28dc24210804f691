// Walks over a table whose chains grow and shrink under other threads: overflow buckets change
// hands all the time.
#include <atomic>
#include <map>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "storage/seg/gate.h"
#include "storage/seg/seg_fixture.h"

#include "check.h"

namespace {

using namespace pelikan;
using namespace pelikan::test;

// Some 1,650 home buckets for up to 9,000 items: every fourth chain has an overflow bucket.
struct CrowdedOptions : SmallSegOptions {
  CrowdedOptions() : SmallSegOptions(Bytes{16 * kMiB}, Bytes{64 * kKiB}, Bytes{8 * kKiB}) {
    item_mean.set({2 * kKiB});
  }
};

constexpr int kSteady = 4'000;
constexpr int kFleeting = 5'000;
#ifdef PELIKAN_SANITIZE
constexpr int kWalks = 20;
#else
constexpr int kWalks = 200;
#endif

class Client {
 public:
  Client(SegStore& segments, const TimeSource& time)
      : clock_(time), store_(segments.access(clock_)) {}

  void put(const std::string& key, std::string_view bytes) {
    const auto epoch = store_.enter();
    ck_assert(store_.put(prepared(key), {bytes}, PutMode::kSet) == PutStatus::kStored);
  }
  void erase(const std::string& key) {
    const auto epoch = store_.enter();
    (void)store_.erase(prepared(key));
  }
  [[nodiscard]] uint64_t hash(const std::string& key) { return prepared(key).hash; }
  // Shows visit(key) all that a walk finds.
  template <class Visit>
  void walk_all(Visit visit) {
    uint64_t cursor = 0;
    do {
      const auto epoch = store_.enter();
      cursor = store_.scan(cursor, 8, [&](const ItemView& item, int64_t /*used_ms*/) {
        visit(std::string(item.key()));
        return true;
      });
    } while (cursor != 0);
  }
  // How often each steady key was seen; steps of a few buckets, broken off within chains.
  std::vector<int> walk() {
    std::vector<int> seen(kSteady);
    uint64_t cursor = 0;
    do {
      const auto epoch = store_.enter();
      int left = 10;
      cursor = store_.scan(cursor, 8, [&](const ItemView& item, int64_t /*used_ms*/) {
        if (item.key().starts_with("steady:"))
          ++seen[std::stoul(std::string(item.key().substr(7)))];
        return --left > 0;
      });
    } while (cursor != 0);
    return seen;
  }

 private:
  Lookup prepared(const std::string& key) {
    Lookup lookup{key};
    store_.prepare({&lookup, 1});
    return lookup;
  }

  Clock clock_;
  SegStore::Access store_;
};

std::string steady(int i) { return "steady:" + std::to_string(i); }
std::string fleeting(int i) { return "fleeting:" + std::to_string(i); }

START_TEST(steady_items_are_seen_once_while_chains_come_and_go) {
  FakeTime time;
  MetricRegistry registry;
  const CrowdedOptions options;
  SegStore segments{options, 4, time, registry};
  Maintenance maintenance{segments, time};
  std::atomic<bool> stop{false};
  Client client(segments, time);
  for (int i = 0; i < kFleeting; ++i) client.put(fleeting(i), "v");
  for (int i = 0; i < kSteady; ++i) client.put(steady(i), "v");
  std::thread crowd([&] {
    Client other(segments, time);
    for (int round = 0; !stop; ++round) {
      for (int i = 0; i < kFleeting && !stop; ++i) {
        round % 2 == 0 ? other.erase(fleeting(i)) : other.put(fleeting(i), "v");
        if (i % 8 == 0) other.put(steady(i % kSteady), "another value");
      }
      maintenance.run_once();
    }
  });
  int missed = 0;
  int repeated = 0;
  for (int i = 0; i < kWalks; ++i) {
    for (const int times : client.walk()) {
      missed += times == 0 ? 1 : 0;
      repeated += times > 1 ? 1 : 0;
    }
  }
  stop = true;
  crowd.join();
  const auto metrics = registry.read();
  ck_assert_int_eq(metrics.value("seg_evict_item"), 0);
  ck_assert_int_eq(metrics.value("seg_chain_full"), 0);
  ck_assert_int_eq(missed, 0);
  ck_assert_int_eq(repeated, 0);
  segments.check_invariants();
}
END_TEST

#ifndef NDEBUG

// Keys of one home bucket.
std::vector<std::string> keys_at(Client& client, uint64_t homes, uint64_t home, size_t count) {
  std::vector<std::string> keys;
  for (int i = 0; keys.size() < count; ++i) {
    std::string key = std::to_string(home) + ":" + std::to_string(i);
    if ((client.hash(key) >> 32) * homes >> 32 == home) keys.push_back(std::move(key));
  }
  return keys;
}

// The walk stands in the overflow bucket of one chain when the bucket goes over to a chain that is
// still to be walked.
START_TEST(a_bucket_that_changes_chains_under_the_walk_shows_no_item_twice) {
  constexpr size_t kFull = Bucket::kSlots;
  FakeTime time;
  MetricRegistry registry;
  const CrowdedOptions options;
  SegStore segments{options, 4, time, registry};
  Client walker(segments, time);
  Client writer(segments, time);
  const auto value = [&](const char* name) {
    return static_cast<uint64_t>(registry.read().value(name));
  };
  const uint64_t homes = value("seg_table_slot") / kFull;
  const auto here = keys_at(writer, homes, 1, kFull + 1);
  const auto later = keys_at(writer, homes, 2, kFull + 3);
  for (const std::string& key : here) writer.put(key, "v");
  ck_assert_uint_eq(value("seg_overflow_used"), 1);

  Gate gate("scan.slot");
  std::map<std::string, int> seen;
  std::thread walk([&] {
    walker.walk_all([&](const std::string& key) {
      ++seen[key];
      if (seen.size() == kFull) Gate::watch();
    });
  });
  gate.wait_until_stopped();  // behind the last item of `here`, which alone is not at home
  writer.erase(here.back());
  const uint64_t used_between = value("seg_overflow_used");
  for (const std::string& key : later) writer.put(key, "v");
  const uint64_t used_then = value("seg_overflow_used");
  gate.let_go();
  walk.join();

  ck_assert_uint_eq(used_between, 0);
  ck_assert_uint_eq(used_then, 1);
  for (const std::string& key : later) ck_assert_msg(seen[key] == 1, "%s", key.c_str());
  segments.check_invariants();
}
END_TEST

#endif

}  // namespace

#ifdef NDEBUG
PELIKAN_TESTS("storage/seg/scan", steady_items_are_seen_once_while_chains_come_and_go)
#else
PELIKAN_TESTS("storage/seg/scan", steady_items_are_seen_once_while_chains_come_and_go,
              a_bucket_that_changes_chains_under_the_walk_shows_no_item_twice)
#endif
