// What an item costs all in: a budget is filled and more, as by a server, and the items that are
// there are counted.
#include <cstdint>
#include <cstdio>
#include <string>

#include "storage/seg/seg_fixture.h"

#include "check.h"

namespace {

using namespace pelikan;
using namespace pelikan::test;

// Bytes of the budget for each of the items that it holds: keys of 16 bytes, values of 64.
double cost_of_items(uint64_t item_mean, Expiry (*expiry)(const Clock&), const WriteTerms& terms) {
  constexpr uint64_t kBudget = 32 * kMiB;
  SmallSegOptions options(Bytes{kBudget}, Bytes{0}, Bytes{kMiB});
  options.item_mean.set({item_mean});
  FakeTime time;
  MetricRegistry registry;
  SegStore segments(options, 2, time, registry);
  Maintenance maintenance(segments, time);
  Clock clock(time);
  SegStore::Access store = segments.access(clock);

  const std::string value(64, 'v');
  constexpr int kItems = kBudget / 64;
  for (int i = 0; i < kItems; ++i) {
    char key[17];
    std::snprintf(key, sizeof key, "key:%012d", i);
    const auto epoch = store.enter();
    Lookup lookup{key};
    store.prepare({&lookup, 1});
    const Written written = store.put(lookup, {.bytes = value, .expiry = expiry(clock)}, terms);
    ck_assert(written.status == PutStatus::kStored);
    if (i % 50 == 0) maintenance.run_once();
  }
  ck_assert_int_gt(registry.read().value("seg_evict"), 0);
  return static_cast<double>(kBudget) / static_cast<double>(store.size().items);
}

START_TEST(an_item_with_a_lifetime_to_the_millisecond_costs_115_bytes) {
  const auto in_an_hour = [](const Clock& clock) { return Expiry{clock.now_ms() + 3'600'123}; };
  const double cost = cost_of_items(96, in_an_hour, {.exact_expiry = true});
  ck_assert_double_le(cost, 115);
  ck_assert_double_ge(cost, 96 + 8);  // the item and its slot
}
END_TEST

START_TEST(an_item_without_costs_8_less) {
  const auto in_an_hour = [](const Clock& clock) { return Expiry{clock.now_ms() + 3'600'123}; };
  ck_assert_double_le(cost_of_items(88, in_an_hour, {}), 107);
}
END_TEST

}  // namespace

PELIKAN_TESTS("storage/seg/memory_cost", an_item_with_a_lifetime_to_the_millisecond_costs_115_bytes,
              an_item_without_costs_8_less)
