#include "service/memcache_metrics.h"

#include <initializer_list>

namespace pelikan {
namespace {

constexpr bool table_is_in_order() noexcept {
  for (size_t i = 0; i < kMemcacheCounts.size(); ++i) {
    if (static_cast<size_t>(kMemcacheCounts[i].count) != i) return false;
  }
  return true;
}
static_assert(table_is_in_order());

void record(Distribution& latency, uint64_t elapsed_ns, const MemcacheTally& tally,
            std::initializer_list<MemcacheCount> counts) noexcept {
  uint64_t requests = 0;
  for (const MemcacheCount count : counts) requests += tally[count];
  if (requests != 0) latency.record(elapsed_ns, requests);
}

}  // namespace

void MemcacheMetrics::add_up(const MemcacheTally& tally, uint64_t elapsed_ns) noexcept {
  // Most are 0, and a test costs less than a visit to the counter's cache line.
  for (const MemcacheCountRow& row : kMemcacheCounts) {
    if (const uint64_t n = tally[row.count]; n != 0) {
      counters_[static_cast<size_t>(row.count)].add(n);
    }
  }
  using enum MemcacheCount;
  record(get_, elapsed_ns, tally, {kGetHit, kGetMiss});
  record(store_, elapsed_ns, tally, {kSet, kAdd, kReplace, kAppend, kPrepend, kCas});
  record(delete_, elapsed_ns, tally, {kDeleteHit, kDeleteMiss});
  record(arithmetic_, elapsed_ns, tally, {kIncrHit, kIncrMiss, kDecrHit, kDecrMiss, kNotNumber});
  record(touch_, elapsed_ns, tally, {kTouchHit, kTouchMiss});
}

}  // namespace pelikan
